package fish.store;

import fish.kv.RequestId;
import java.util.List;

/**
 * One transaction that changed something, as {@code changes} remembers it.
 *
 * @param changes of several to one key only the last
 * @param conditionsHeld which branch made them
 */
public record StoredCommit(long revision, RequestId request, boolean conditionsHeld, List<StoredChange> changes) {
    /** Of what the master does by itself. */
    public static final RequestId OWN = new RequestId(0, 0);

    public StoredCommit {
        changes = List.copyOf(changes);
    }

    /** Whether nobody asked for it. */
    public boolean isOwn() {
        return request.equals(OWN);
    }
}
