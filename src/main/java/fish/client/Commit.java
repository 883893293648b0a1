package fish.client;

import java.util.List;

/**
 * What one commit changed, as far as it was watched.
 *
 * @param changes one per key
 */
public record Commit(long revision, List<Change> changes) {
    public Commit {
        changes = List.copyOf(changes);
    }
}
