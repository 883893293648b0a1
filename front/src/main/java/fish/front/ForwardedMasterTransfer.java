package fish.front;

import fish.api.MasterRoute;
import fish.contract.Code;
import fish.http.Call;
import fish.http.Problem;
import fish.node.Peers;
import io.undertow.util.Headers;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Asks the master to transfer the mastership, and passes its answer on. */
final class ForwardedMasterTransfer implements MasterRoute.MasterTransfer {
    private final Gateway gateway;
    private final Peers peers;

    ForwardedMasterTransfer(Gateway gateway, Peers peers) {
        this.gateway = gateway;
        this.peers = peers;
    }

    @Override
    public void to(String node, Call call, long deadlineNanos) {
        String master = gateway.masterHttp();
        if (master.isEmpty()) {
            call.answer(() -> call.problem(new Problem(Code.NO_MASTER, "there is no master to hand over from")));
            return;
        }
        long millis = Math.max(1, (deadlineNanos - System.nanoTime()) / 1_000_000);
        var unused = peers.post(
                        master,
                        MasterRoute.PATH + "?timeout=" + millis + "ms",
                        MasterRoute.request(node),
                        Duration.ofMillis(millis + 500),
                        call.grant().asker())
                .whenComplete((answer, failure) -> passOn(call, answer, failure));
    }

    /** Gives the master's answer, or says that there is none. */
    static void passOn(Call call, @Nullable HttpResponse<byte[]> answer, @Nullable Throwable failure) {
        call.answer(() -> {
            if (answer != null) {
                String type = answer.headers().firstValue("content-type").orElse("application/json");
                call.exchange().getResponseHeaders().put(Headers.CONTENT_TYPE, type);
                call.send(answer.statusCode(), answer.body());
            } else {
                call.problem(new Problem(Code.NO_MASTER, "the master did not answer: " + failure));
            }
        });
    }
}
