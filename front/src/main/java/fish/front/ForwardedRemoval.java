package fish.front;

import fish.api.NodesRoute;
import fish.contract.Code;
import fish.http.Call;
import fish.http.Problem;
import fish.node.Peers;
import java.time.Duration;

/** Asks the master to take a back-end out of the group, and passes its answer on. */
final class ForwardedRemoval implements NodesRoute.Removal {
    private static final long ANSWER_MILLIS = 500;

    private final Gateway gateway;
    private final Peers peers;

    ForwardedRemoval(Gateway gateway, Peers peers) {
        this.gateway = gateway;
        this.peers = peers;
    }

    @Override
    public void remove(String node, boolean force, Call call, long deadlineNanos) {
        String master = gateway.masterHttp();
        if (master.isEmpty()) {
            call.answer(() -> call.problem(new Problem(Code.NO_MASTER, "there is no master to ask")));
            return;
        }
        long millis = Math.max(1, (deadlineNanos - System.nanoTime()) / 1_000_000);
        var unused = peers.delete(
                        master,
                        NodesRoute.request(node, force, millis),
                        Duration.ofMillis(millis + ANSWER_MILLIS),
                        call.grant().asker())
                .whenComplete((answer, failure) -> ForwardedMasterTransfer.passOn(call, answer, failure));
    }
}
