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
    public StoredCommit {
        changes = List.copyOf(changes);
    }
}
