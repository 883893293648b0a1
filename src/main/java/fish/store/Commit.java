package fish.store;

import fish.kv.RequestId;
import java.util.List;

/**
 * One transaction that changed something, as {@code changes} remembers it.
 *
 * @param changes of several to one key only the last
 * @param conditionsHeld which branch made them
 */
public record Commit(long revision, RequestId request, boolean conditionsHeld, List<Change> changes) {
    public Commit {
        changes = List.copyOf(changes);
    }
}
