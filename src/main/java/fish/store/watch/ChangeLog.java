package fish.store.watch;

import com.sleepycat.je.Cursor;
import com.sleepycat.je.CursorConfig;
import com.sleepycat.je.DatabaseEntry;
import com.sleepycat.je.Get;
import com.sleepycat.je.LockMode;
import com.sleepycat.je.OperationResult;
import fish.contract.JsonSize;
import fish.kv.ChangeEvent;
import fish.kv.Key;
import fish.store.CommitBatch;
import fish.store.Databases;
import fish.store.MasterRecord;
import fish.store.NewBeginning;
import fish.store.RecordCodec;
import fish.store.Revisions;
import fish.store.StoredChange;
import fish.store.StoredCommit;
import fish.store.Tables;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Reads the history in a replica: what is durable, and pieces of it with the values that the records
 * still have. What makes it right while replay, the pen or a rollback goes on:
 *
 * <ul>
 *   <li>What is durable is read first. Its batches lie before that word in the log, so they are all here,
 *       committed, and stay; so they can be read without locks.
 *   <li>A value that is no longer there was overwritten by something that may not be durable yet, and
 *       could vanish again: the older change would then be the last, and must be told with its value. So
 *       it is called superseded only once the whole log, as it was after the look, has become durable.
 *       Revisions are never given twice: the log's last batch is durable if it is still there when
 *       its revision is. So is, by then, all else that was read behind what was durable.
 * </ul>
 */
final class ChangeLog {
    /** How often a chunk is read, each time farther, for the values that were overwritten behind its end. */
    private static final int LOOKS_MAX = 3;

    private static final int FIRST_COMMIT_BYTES = CommitBatch.HEADER_BYTES + Integer.BYTES + Long.BYTES;

    /** How the log looked before a chunk of it had settled. */
    enum Settling {
        SETTLED,
        WAITING,
        /** Some of it was rolled back: to be read again. */
        VANISHED
    }

    /**
     * How big a chunk gets.
     *
     * @param commits that have something to tell
     * @param valueBytes of what is told of them; a single larger commit still goes
     * @param scannedBytes of the history, whether there is something to tell or not
     */
    record Limits(int commits, int valueBytes, int scannedBytes) {
        static final Limits DEFAULT = new Limits(500, 512 << 10, 1 << 20);
    }

    private record Found(List<StoredCommit> commits, long first, long to) {}

    private ChangeLog() {}

    /** Every commit up to this one is durable. */
    static long durable(Databases databases) {
        return Tables.durableRevision(databases);
    }

    /**
     * What comes after {@code after}, up to {@code durable} or a limit. Where a value in it was overwritten by something
     * later it goes on to the end of the log, durable or not: else a chunk that is read while a record is written all
     * the time would never end in a state of which all is known.
     *
     * @param durable as {@link #durable} said before
     * @param wanted the keys of which is told
     */
    static ChangeChunk read(
            Databases databases, long after, long durable, Limits limits, Predicate<? super Key> wanted) {
        long upTo = durable;
        for (int looks = 1; ; looks++) {
            ChangeChunk chunk = readTo(databases, after, upTo, limits, wanted);
            if (chunk.settlesAt() <= durable) {
                return chunk.settled();
            }
            if (chunk.settlesAt() == upTo || looks == LOOKS_MAX) {
                return chunk;
            }
            upTo = chunk.settlesAt();
        }
    }

    private static ChangeChunk readTo(
            Databases databases, long after, long upTo, Limits limits, Predicate<? super Key> wanted) {
        Found found = find(databases, after, upTo, limits, wanted);
        // Only where a revision is missing can something have been let go, and after the read alone it shows.
        if (found.first != after + 1) {
            long next = NewBeginning.nextAfter(databases, after);
            if (next > 0) {
                return ChangeChunk.compacted(next);
            }
            long oldest = oldest(databases);
            if (after < oldest) {
                return ChangeChunk.compacted(oldest);
            }
        }
        return tell(databases, found, upTo, limits);
    }

    private static Found find(
            Databases databases, long after, long upTo, Limits limits, Predicate<? super Key> wanted) {
        Finding finding = new Finding(wanted, limits.commits);
        long scanned = 0;
        DatabaseEntry key = new DatabaseEntry(Tables.revisionKey(after + 1));
        DatabaseEntry data = new DatabaseEntry();
        try (Cursor cursor = databases.changes.openCursor(null, CursorConfig.READ_UNCOMMITTED)) {
            OperationResult next = cursor.get(key, data, Get.SEARCH_GTE, null);
            while (next != null && revision(key) <= upTo) {
                if (!CommitBatch.after(after, data.getData(), finding::take)) {
                    return finding.upTo(finding.last);
                }
                scanned += data.getData().length;
                if (scanned >= limits.scannedBytes) {
                    return finding.upTo(revision(key));
                }
                next = cursor.get(key, data, Get.NEXT, null);
            }
        }
        return finding.upTo(upTo);
    }

    /** What is found of what is wanted, until there is enough. */
    private static final class Finding {
        private final Predicate<? super Key> wanted;
        private final int commitsMax;
        private final List<StoredCommit> commits = new ArrayList<>();
        private long first;
        private long last;

        Finding(Predicate<? super Key> wanted, int commitsMax) {
            this.wanted = wanted;
            this.commitsMax = commitsMax;
        }

        /** Whether it takes more. */
        boolean take(StoredCommit commit) {
            first = first == 0 ? commit.revision() : first;
            last = commit.revision();
            List<StoredChange> changes = commit.changes().stream()
                    .filter(change -> wanted.test(change.key()))
                    .toList();
            if (!changes.isEmpty()) {
                commits.add(new StoredCommit(commit.revision(), commit.request(), commit.conditionsHeld(), changes));
            }
            return commits.size() < commitsMax;
        }

        Found upTo(long revision) {
            return new Found(commits, first, revision);
        }
    }

    private static ChangeChunk tell(Databases databases, Found found, long upTo, Limits limits) {
        Map<Key, Long> newest = new HashMap<>();
        for (StoredCommit commit : found.commits) {
            commit.changes().forEach(change -> newest.put(change.key(), commit.revision()));
        }
        List<ChangeChunk.CommitEvents> told = new ArrayList<>(found.commits.size());
        boolean overwritten = false;
        long bytes = 0;
        long to = found.to;
        for (StoredCommit commit : found.commits) {
            List<ChangeEvent> changes = new ArrayList<>(commit.changes().size());
            long size = 0;
            boolean gone = false;
            for (StoredChange change : commit.changes()) {
                boolean last = newest.getOrDefault(change.key(), 0L) == commit.revision();
                ChangeEvent tells = tell(databases, change, commit.revision(), last);
                gone |= last && tells instanceof ChangeEvent.Superseded;
                size += tells instanceof ChangeEvent.Put put
                        ? JsonSize.about(put.record(), true)
                        : change.key().bytes().length;
                changes.add(tells);
            }
            if (!told.isEmpty() && bytes + size > limits.valueBytes) {
                to = commit.revision() - 1;
                break;
            }
            bytes += size;
            overwritten |= gone;
            told.add(new ChangeChunk.CommitEvents(commit.revision(), changes));
        }
        long end = overwritten ? Tables.lastBatch(databases).revision() : 0;
        return new ChangeChunk(told, to, Math.max(end, upTo), 0, bytes);
    }

    private static ChangeEvent tell(Databases databases, StoredChange change, long revision, boolean last) {
        if (change.deleted()) {
            return new ChangeEvent.Deleted(change.key());
        }
        if (last) {
            // Without locks first: nearly always the record is as it was put.
            for (LockMode mode : List.of(LockMode.READ_UNCOMMITTED, LockMode.READ_COMMITTED)) {
                byte[] stored = Tables.get(databases.records, null, change.key().bytes(), mode);
                if (stored.length > 0 && RecordCodec.header(stored).revision() == revision) {
                    return new ChangeEvent.Put(RecordCodec.decode(change.key(), stored, true));
                }
            }
        }
        return new ChangeEvent.Superseded(change.key(), revision);
    }

    /** Whether what made a chunk wait has become durable. */
    static Settling settling(Databases databases, ChangeChunk chunk, long durable) {
        if (chunk.settlesAt() == 0) {
            return Settling.SETTLED;
        }
        if (durable < chunk.settlesAt()) {
            return Settling.WAITING;
        }
        byte[] batch = Tables.getStart(
                databases.changes,
                null,
                Tables.revisionKey(chunk.settlesAt()),
                LockMode.READ_UNCOMMITTED,
                CommitBatch.HEADER_BYTES);
        return batch.length == 0 ? Settling.VANISHED : Settling.SETTLED;
    }

    /**
     * The least revision after which nothing can have been let go. A term's revisions begin a block beyond
     * the last before it, so between the two there was nothing.
     */
    static long oldest(Databases databases) {
        MasterRecord masterRecord = Tables.masterRecord(databases, LockMode.READ_UNCOMMITTED);
        long before = firstCommit(databases) - 1;
        if (before < 0) {
            before = Math.max(
                    masterRecord.lastRevision(),
                    Tables.progress(databases, LockMode.READ_UNCOMMITTED).lastRevision());
        }
        // While nobody has written anything, every term begins at its number of blocks.
        if (before % Revisions.TERM_BLOCK == 0 && before / Revisions.TERM_BLOCK <= masterRecord.term()) {
            return 0;
        }
        return before == masterRecord.firstRevision() ? before - Revisions.TERM_BLOCK : before;
    }

    /** Its revision; 0 where there is none. */
    private static long firstCommit(Databases databases) {
        DatabaseEntry data = new DatabaseEntry();
        data.setPartial(0, FIRST_COMMIT_BYTES, true);
        try (Cursor cursor = databases.changes.openCursor(null, CursorConfig.READ_UNCOMMITTED)) {
            return cursor.get(new DatabaseEntry(), data, Get.FIRST, null) == null
                    ? 0
                    : ByteBuffer.wrap(data.getData()).getLong(CommitBatch.HEADER_BYTES + Integer.BYTES);
        }
    }

    private static long revision(DatabaseEntry key) {
        return ByteBuffer.wrap(key.getData()).getLong();
    }
}
