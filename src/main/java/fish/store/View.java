package fish.store;

import com.sleepycat.je.Cursor;
import com.sleepycat.je.CursorConfig;
import com.sleepycat.je.DatabaseEntry;
import com.sleepycat.je.Get;
import com.sleepycat.je.LockMode;
import com.sleepycat.je.OperationResult;
import com.sleepycat.je.Transaction;
import fish.json.JsonEquality;
import fish.kv.Condition;
import fish.kv.Key;
import fish.kv.OpResult;
import fish.kv.Operation;
import fish.kv.Query;
import fish.kv.Record;
import fish.kv.TxnResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads of the records: conditions, gets and ranges. It promises no snapshot by itself; who uses it sees
 * to that.
 */
final class View {
    private final Databases databases;
    private final @Nullable Transaction txn;
    private final LockMode mode;

    View(Databases databases, @Nullable Transaction txn, LockMode mode) {
        this.databases = databases;
        this.txn = txn;
        this.mode = mode;
    }

    /**
     * @param more whether a range stopped at a limit
     */
    record Page(TxnResult result, boolean more) {}

    /**
     * @param revision of the state that is seen
     */
    Page run(Query query, long revision) {
        if (query instanceof Query.Get get) {
            OpResult result = get(new Operation.Get(get.key(), get.withValue()));
            return new Page(new TxnResult(true, revision, List.of(result)), false);
        }
        if (query instanceof Query.Range range) {
            return range(range, revision);
        }
        Query.Reads reads = (Query.Reads) query;
        boolean held = holds(reads.txn().conditions());
        List<OpResult> results = new ArrayList<>();
        for (Operation operation : held ? reads.txn().then() : reads.txn().otherwise()) {
            results.add(get((Operation.Get) operation));
        }
        return new Page(new TxnResult(held, revision, results), false);
    }

    OpResult get(Operation.Get get) {
        Key key = get.key();
        byte[] stored = load(key);
        return stored.length == 0
                ? new OpResult.Absent(key)
                : new OpResult.Got(RecordCodec.decode(key, stored, get.withValue()));
    }

    boolean holds(List<Condition> conditions) {
        for (Condition condition : conditions) {
            if (!holds(condition)) {
                return false;
            }
        }
        return true;
    }

    private boolean holds(Condition condition) {
        if (condition instanceof Condition.Exists exists) {
            return (header(exists.key()).length > 0) == exists.expected();
        }
        if (condition instanceof Condition.RevisionIn revisions) {
            byte[] stored = header(revisions.key());
            boolean among = stored.length > 0
                    && revisions.revisions().contains(RecordCodec.header(stored).revision());
            return among == revisions.expected();
        }
        byte[] stored = load(condition.key());
        if (stored.length == 0) {
            return false;
        }
        Record record = RecordCodec.decode(condition.key(), stored, true);
        byte[] bytes = record.value().bytes();
        if (condition instanceof Condition.BytesAre same) {
            return Arrays.equals(bytes, same.bytes());
        }
        return record.value().contentEncoding().isEmpty()
                && JsonEquality.same(bytes, ((Condition.JsonIs) condition).json());
    }

    private byte[] load(Key key) {
        return Tables.get(databases.records, txn, key.bytes(), mode);
    }

    private byte[] header(Key key) {
        return Tables.getStart(databases.records, txn, key.bytes(), mode, RecordCodec.HEADER_BYTES);
    }

    private Page range(Query.Range range, long revision) {
        List<OpResult> results = new ArrayList<>();
        long bytes = 0;
        boolean more = false;
        DatabaseEntry key = new DatabaseEntry();
        DatabaseEntry data = new DatabaseEntry();
        try (Cursor cursor = databases.records.openCursor(txn, cursorConfig())) {
            OperationResult found = first(cursor, range, key, data);
            while (found != null && within(range, key.getData())) {
                if (results.size() == range.limit() || bytes >= range.bytesMax()) {
                    more = true;
                    break;
                }
                Record record = RecordCodec.decode(Key.of(key.getData()), data.getData(), range.withValues());
                bytes += record.key().bytes().length + record.value().bytes().length;
                results.add(new OpResult.Got(record));
                found = cursor.get(key, data, range.reverse() ? Get.PREV : Get.NEXT, null);
            }
        }
        return new Page(new TxnResult(true, revision, results), more);
    }

    private CursorConfig cursorConfig() {
        return mode == LockMode.READ_UNCOMMITTED ? CursorConfig.READ_UNCOMMITTED : CursorConfig.READ_COMMITTED;
    }

    /** Puts the cursor on the first record in the direction of the range, within it or not. */
    private static @Nullable OperationResult first(
            Cursor cursor, Query.Range range, DatabaseEntry key, DatabaseEntry data) {
        if (!range.reverse()) {
            key.setData(range.low());
            return cursor.get(key, data, Get.SEARCH_GTE, null);
        }
        if (range.high().length == 0) {
            return cursor.get(key, data, Get.LAST, null);
        }
        key.setData(range.high());
        return cursor.get(key, data, Get.SEARCH_GTE, null) == null
                ? cursor.get(key, data, Get.LAST, null)
                : cursor.get(key, data, Get.PREV, null);
    }

    private static boolean within(Query.Range range, byte[] key) {
        return range.reverse()
                ? Arrays.compareUnsigned(key, range.low()) >= 0
                : range.high().length == 0 || Arrays.compareUnsigned(key, range.high()) < 0;
    }
}
