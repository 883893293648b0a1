package fish.store.watch;

import fish.kv.ChangeEvent;
import java.util.List;

/**
 * A piece of the history, read for one or more watchers.
 *
 * @param commits those in it of which there is something to tell
 * @param to everything up to this revision is in it
 * @param settlesAt it may be told once the batch of this revision is durable; 0: at once
 * @param bytes about how many it takes once it is told
 * @param compactedTo 0, or the chunk is of no use: from this revision (exclusive) on there is history
 */
record ChangeChunk(List<CommitEvents> commits, long to, long settlesAt, long compactedTo, long bytes) {
    /** A commit with what is told of it. */
    record CommitEvents(long revision, List<ChangeEvent> changes) {}

    static ChangeChunk compacted(long oldest) {
        return new ChangeChunk(List.of(), 0, 0, oldest, 0);
    }

    /** The same, to be told at once. */
    ChangeChunk settled() {
        return settlesAt == 0 ? this : new ChangeChunk(commits, to, 0, compactedTo, bytes);
    }

    boolean isCompacted() {
        return compactedTo > 0;
    }
}
