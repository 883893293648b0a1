package fish.store;

import com.sleepycat.je.Cursor;
import com.sleepycat.je.CursorConfig;
import com.sleepycat.je.DatabaseEntry;
import com.sleepycat.je.Get;
import com.sleepycat.je.LockMode;
import com.sleepycat.je.OperationResult;
import com.sleepycat.je.Transaction;
import fish.kv.Key;
import fish.kv.Query;
import java.util.Arrays;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The {@code records} database as one transaction, or none, reads it. */
public final class Records implements View.Lookup {
    private final Databases databases;
    private final @Nullable Transaction txn;
    private final LockMode mode;

    public Records(Databases databases, @Nullable Transaction txn, LockMode mode) {
        this.databases = databases;
        this.txn = txn;
        this.mode = mode;
    }

    @Override
    public byte[] find(Key key, boolean headerIsEnough) {
        return headerIsEnough
                ? Tables.getStart(databases.records, txn, key.bytes(), mode, RecordCodec.HEADER_BYTES)
                : Tables.get(databases.records, txn, key.bytes(), mode);
    }

    /** Shows the records of a range in its order, whatever its limits, until {@code each} says no. */
    void scan(Query.Range range, BiPredicate<Key, byte[]> each) {
        DatabaseEntry key = new DatabaseEntry();
        DatabaseEntry data = new DatabaseEntry();
        try (Cursor cursor = databases.records.openCursor(txn, cursorConfig())) {
            OperationResult found = first(cursor, range, key, data);
            while (found != null && within(range, key.getData()) && each.test(Key.of(key.getData()), data.getData())) {
                found = cursor.get(key, data, range.reverse() ? Get.PREV : Get.NEXT, null);
            }
        }
    }

    /** Shows the keys of a range in order, without what is stored under them, until {@code each} says no. */
    public void keys(byte[] low, byte[] high, Predicate<byte[]> each) {
        DatabaseEntry key = new DatabaseEntry(low);
        DatabaseEntry nothing = new DatabaseEntry();
        nothing.setPartial(0, 0, true);
        try (Cursor cursor = databases.records.openCursor(txn, cursorConfig())) {
            OperationResult found = cursor.get(key, nothing, Get.SEARCH_GTE, null);
            while (found != null
                    && (high.length == 0 || Arrays.compareUnsigned(key.getData(), high) < 0)
                    && each.test(key.getData())) {
                found = cursor.get(key, nothing, Get.NEXT, null);
            }
        }
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

    static boolean within(Query.Range range, byte[] key) {
        return range.reverse()
                ? Arrays.compareUnsigned(key, range.low()) >= 0
                : range.high().length == 0 || Arrays.compareUnsigned(key, range.high()) < 0;
    }
}
