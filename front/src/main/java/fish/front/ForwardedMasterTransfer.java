package fish.front;

import fish.api.MasterRoute;
import fish.contract.Code;
import fish.http.Call;
import fish.http.Problem;
import fish.node.Peers;
import io.undertow.util.Headers;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
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

    /** Gives the master's answer, or says that there is none; then nobody knows what became of what was sent to it. */
    static void passOn(Call call, @Nullable HttpResponse<byte[]> answer, @Nullable Throwable failure) {
        call.answer(() -> {
            if (answer != null) {
                String type = answer.headers().firstValue("content-type").orElse("application/json");
                call.exchange().getResponseHeaders().put(Headers.CONTENT_TYPE, type);
                call.send(answer.statusCode(), answer.body());
            } else {
                Code code = wasSent(failure) ? Code.UNKNOWN_OUTCOME : Code.NO_MASTER;
                call.problem(new Problem(code, "the master did not answer: " + failure));
            }
        });
    }

    private static boolean wasSent(@Nullable Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException) {
                return false;
            }
        }
        return true;
    }
}
