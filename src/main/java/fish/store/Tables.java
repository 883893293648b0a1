package fish.store;

import com.sleepycat.je.Cursor;
import com.sleepycat.je.CursorConfig;
import com.sleepycat.je.Database;
import com.sleepycat.je.DatabaseEntry;
import com.sleepycat.je.Get;
import com.sleepycat.je.LockMode;
import com.sleepycat.je.OperationResult;
import com.sleepycat.je.OperationStatus;
import com.sleepycat.je.Transaction;
import fish.kv.Key;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Small reads over {@link Databases}. An empty array stands for nothing there. */
public final class Tables {
    public static final byte[] NOTHING = new byte[0];
    public static final byte[] MASTER = "office".getBytes(StandardCharsets.UTF_8);
    public static final byte[] PROGRESS = "progress".getBytes(StandardCharsets.UTF_8);

    private static final String MEMBER = "member/";
    private static final String REMOVED = "removed/";
    private static final String PROOF = "proof/";

    private Tables() {}

    public static byte[] get(Database database, @Nullable Transaction txn, byte[] key, LockMode mode) {
        DatabaseEntry data = new DatabaseEntry();
        return database.get(txn, new DatabaseEntry(key), data, mode) == OperationStatus.SUCCESS
                ? data.getData()
                : NOTHING;
    }

    /** The first {@code bytes} of what is stored. */
    public static byte[] getStart(Database database, @Nullable Transaction txn, byte[] key, LockMode mode, int bytes) {
        DatabaseEntry data = new DatabaseEntry();
        data.setPartial(0, bytes, true);
        return database.get(txn, new DatabaseEntry(key), data, mode) == OperationStatus.SUCCESS
                ? data.getData()
                : NOTHING;
    }

    public static MasterRecord masterRecord(Databases databases, LockMode mode) {
        byte[] stored = get(databases.group, null, MASTER, mode);
        return stored.length == 0 ? MasterRecord.NONE : MasterRecord.decode(stored);
    }

    public static Progress progress(Databases databases, LockMode mode) {
        byte[] stored = get(databases.group, null, PROGRESS, mode);
        return stored.length == 0 ? Progress.NONE : Progress.decode(stored);
    }

    /** Of a record that proves something by being committed; after all others, so that no reader meets it. */
    public static byte[] proofKey(String name) {
        return (PROOF + name).getBytes(StandardCharsets.UTF_8);
    }

    public static byte[] memberKey(String name) {
        return (MEMBER + name).getBytes(StandardCharsets.UTF_8);
    }

    public static byte[] removedKey(String name) {
        return (REMOVED + name).getBytes(StandardCharsets.UTF_8);
    }

    /** The last member of this name that was removed. */
    static Optional<RemovedRecord> removed(Databases databases, String name) {
        byte[] stored = get(databases.group, null, removedKey(name), LockMode.READ_UNCOMMITTED);
        return stored.length == 0 ? Optional.empty() : Optional.of(RemovedRecord.decode(stored));
    }

    /**
     * @param isolation whether it waits for those that are being written
     * @param unreadable told of each that is none, which is left out
     */
    static List<MemberRecord> members(
            Databases databases, CursorConfig isolation, Consumer<StoreFormatException> unreadable) {
        List<MemberRecord> members = new ArrayList<>();
        byte[] prefix = MEMBER.getBytes(StandardCharsets.UTF_8);
        DatabaseEntry key = new DatabaseEntry(prefix);
        DatabaseEntry data = new DatabaseEntry();
        try (Cursor cursor = databases.group.openCursor(null, isolation)) {
            OperationResult found = cursor.get(key, data, Get.SEARCH_GTE, null);
            while (found != null && new String(key.getData(), StandardCharsets.UTF_8).startsWith(MEMBER)) {
                try {
                    members.add(MemberRecord.decode(data.getData()));
                } catch (StoreFormatException e) {
                    unreadable.accept(e);
                }
                found = cursor.get(key, data, Get.NEXT, null);
            }
        }
        return members;
    }

    /** Every commit up to this one is known to be durable. */
    public static long durableRevision(Databases databases) {
        long told = progress(databases, LockMode.READ_UNCOMMITTED).durableRevision();
        DatabaseEntry data = new DatabaseEntry();
        data.setPartial(0, CommitBatch.HEADER_BYTES, true);
        try (Cursor cursor = databases.changes.openCursor(null, CursorConfig.READ_UNCOMMITTED)) {
            return cursor.get(new DatabaseEntry(), data, Get.LAST, null) == null
                    ? told
                    : Math.max(told, CommitBatch.durableRevision(data.getData()));
        }
    }

    /** The last batch of changes; its revision is 0 where there is none. */
    public static LastBatch lastBatch(Databases databases) {
        return lastBatch(databases, CursorConfig.READ_UNCOMMITTED);
    }

    static LastBatch lastBatch(Databases databases, CursorConfig config) {
        DatabaseEntry key = new DatabaseEntry();
        DatabaseEntry data = new DatabaseEntry();
        data.setPartial(0, CommitBatch.HEADER_BYTES, true);
        try (Cursor cursor = databases.changes.openCursor(null, config)) {
            return cursor.get(key, data, Get.LAST, null) == null
                    ? new LastBatch(0, 0)
                    : new LastBatch(ByteBuffer.wrap(key.getData()).getLong(), CommitBatch.timeMillis(data.getData()));
        }
    }

    /**
     * @param timeMillis the master's clock when the batch began
     */
    public record LastBatch(long revision, long timeMillis) {}

    /**
     * The last batch but one: the commit that wrote it was over, and its locks gone, before the last began;
     * 0 where there is none.
     */
    static LastBatch lastButOne(Databases databases) {
        DatabaseEntry key = new DatabaseEntry();
        DatabaseEntry data = new DatabaseEntry();
        data.setPartial(0, CommitBatch.HEADER_BYTES, true);
        try (Cursor cursor = databases.changes.openCursor(null, CursorConfig.READ_UNCOMMITTED)) {
            boolean found =
                    cursor.get(key, data, Get.LAST, null) != null && cursor.get(key, data, Get.PREV, null) != null;
            return found
                    ? new LastBatch(ByteBuffer.wrap(key.getData()).getLong(), CommitBatch.timeMillis(data.getData()))
                    : new LastBatch(0, 0);
        }
    }

    /**
     * The batches after a revision in their order, of which only the last may not be committed yet.
     *
     * @param each false: no more
     */
    static void batchesAfter(Databases databases, long revision, Predicate<CommitBatch> each) {
        DatabaseEntry key = new DatabaseEntry(revisionKey(revision + 1));
        DatabaseEntry data = new DatabaseEntry();
        try (Cursor cursor = databases.changes.openCursor(null, CursorConfig.READ_UNCOMMITTED)) {
            OperationResult found = cursor.get(key, data, Get.SEARCH_GTE, null);
            while (found != null && each.test(CommitBatch.decode(data.getData()))) {
                found = cursor.get(key, data, Get.NEXT, null);
            }
        }
    }

    /** The master's clock, since the epoch, when the batch began that this revision was given in. */
    public static long timeOf(Databases databases, long revision) {
        DatabaseEntry key = new DatabaseEntry(revisionKey(revision));
        DatabaseEntry data = new DatabaseEntry();
        data.setPartial(0, CommitBatch.HEADER_BYTES, true);
        try (Cursor cursor = databases.changes.openCursor(null, CursorConfig.READ_UNCOMMITTED)) {
            return cursor.get(key, data, Get.SEARCH_GTE, null) == null
                    ? lastBatch(databases).timeMillis()
                    : CommitBatch.timeMillis(data.getData());
        }
    }

    public static byte[] revisionKey(long revision) {
        return ByteBuffer.allocate(Long.BYTES).putLong(revision).array();
    }

    /**
     * When the next record ends, since the epoch; {@link Long#MAX_VALUE} where none does.
     *
     * @param from the place in {@code expiries} to look from; empty: the first
     */
    public static long nextEndMillis(Databases databases, byte[] from) {
        DatabaseEntry entry = new DatabaseEntry(from);
        DatabaseEntry noData = new DatabaseEntry();
        noData.setPartial(0, 0, true);
        try (Cursor cursor = databases.expiries.openCursor(null, CursorConfig.READ_UNCOMMITTED)) {
            return cursor.get(entry, noData, Get.SEARCH_GTE, null) == null
                    ? Long.MAX_VALUE
                    : ByteBuffer.wrap(entry.getData()).getLong();
        }
    }

    /** The keys whose TTL has ended, the longest ended first. */
    public static List<Key> due(Databases databases, long nowMillis, int limit, LockMode mode) {
        List<Key> due = new ArrayList<>();
        DatabaseEntry entry = new DatabaseEntry();
        DatabaseEntry noData = new DatabaseEntry();
        noData.setPartial(0, 0, true);
        CursorConfig config =
                mode == LockMode.READ_UNCOMMITTED ? CursorConfig.READ_UNCOMMITTED : CursorConfig.READ_COMMITTED;
        try (Cursor cursor = databases.expiries.openCursor(null, config)) {
            OperationResult found = cursor.get(entry, noData, Get.FIRST, null);
            while (found != null && due.size() < limit) {
                ByteBuffer in = ByteBuffer.wrap(entry.getData());
                if (in.getLong() > nowMillis) {
                    break;
                }
                byte[] key = new byte[in.remaining()];
                in.get(key);
                due.add(Key.of(key));
                found = cursor.get(entry, noData, Get.NEXT, null);
            }
        }
        return due;
    }

    /** The commit of that revision. */
    public static Optional<StoredCommit> commit(Databases databases, long revision) {
        DatabaseEntry data = new DatabaseEntry();
        try (Cursor cursor = databases.changes.openCursor(null, CursorConfig.READ_UNCOMMITTED)) {
            return cursor.get(new DatabaseEntry(revisionKey(revision)), data, Get.SEARCH_GTE, null) == null
                    ? Optional.empty()
                    : CommitBatch.decode(data.getData()).commits().stream()
                            .filter(commit -> commit.revision() == revision)
                            .findFirst();
        }
    }

    /**
     * Shows every commit with a higher revision, in order, until {@code each} says no.
     *
     * @return false: it did
     */
    public static boolean commitsAfter(Databases databases, long revision, Predicate<StoredCommit> each) {
        DatabaseEntry key = new DatabaseEntry(revisionKey(revision + 1));
        DatabaseEntry data = new DatabaseEntry();
        try (Cursor cursor = databases.changes.openCursor(null, CursorConfig.READ_UNCOMMITTED)) {
            OperationResult found = cursor.get(key, data, Get.SEARCH_GTE, null);
            while (found != null) {
                if (!CommitBatch.after(revision, data.getData(), each)) {
                    return false;
                }
                found = cursor.get(key, data, Get.NEXT, null);
            }
        }
        return true;
    }
}
