package fish.api;

import fish.contract.Code;
import fish.http.Call;
import fish.http.Params;
import fish.http.Problem;
import fish.json.Json;
import java.util.Set;

/** {@code DELETE /cluster/nodes/NAME}: what takes a back-end out of the group for good. */
public final class NodesRoute {
    public static final String PATH = "/cluster/nodes/";

    private static final String FORCE = "force";

    /** Removes, or has it done; answers the call, on any thread. Neither blocks nor throws. */
    public interface Removal {
        /**
         * @param force even if the group cannot write any more until another of its nodes is back
         */
        void remove(String node, boolean force, Call call, long deadlineNanos);
    }

    private final Removal removal;

    NodesRoute(Removal removal) {
        this.removal = removal;
    }

    void delete(Call call) {
        Params params = call.params(Set.of("timeout", FORCE));
        long deadline = call.deadlineNanos(params);
        boolean force = params.flag(FORCE);
        String node = call.rest();
        call.await(
                deadline,
                () -> new Problem(Code.UNKNOWN_OUTCOME, "the removal did not end in time; it can be asked for again"),
                () -> removal.remove(node, force, call, deadline));
    }

    /**
     * The answer when it is done.
     *
     * @param counted whether it is still counted among the voters, for now
     */
    public static byte[] done(String node, boolean counted) {
        return Json.bytes(g -> {
            g.writeStartObject();
            g.writeStringField("name", node);
            g.writeBooleanField("removed", true);
            g.writeBooleanField("counted", counted);
            g.writeEndObject();
        });
    }

    /** The request, as it is sent on. */
    public static String request(String node, boolean force, long timeoutMillis) {
        return PATH + node + "?timeout=" + timeoutMillis + "ms" + (force ? "&" + FORCE : "");
    }
}
