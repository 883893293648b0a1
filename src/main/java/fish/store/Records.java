package fish.store;

import com.sleepycat.je.CacheMode;
import com.sleepycat.je.Cursor;
import com.sleepycat.je.CursorConfig;
import com.sleepycat.je.DatabaseEntry;
import com.sleepycat.je.Get;
import com.sleepycat.je.LockMode;
import com.sleepycat.je.OperationResult;
import com.sleepycat.je.Transaction;
import fish.kv.Key;
import fish.kv.Query;
import fish.kv.Span;
import fish.kv.StoredRecord;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The {@code records} database as one transaction, or none, reads it. */
public final class Records implements View.Lookup {
    private final Databases databases;
    private final @Nullable Transaction txn;
    private final LockMode mode;
    private final LongSupplier clock;

    /** Null: not looked for yet. */
    private @Nullable ToldEnds told;

    /**
     * @param clock since the epoch, and no later than the master's: a record whose time has ended by it is not
     *     shown. Asked for records that have an end only
     */
    Records(Databases databases, @Nullable Transaction txn, LockMode mode, LongSupplier clock) {
        this(databases, txn, mode, clock, null);
    }

    /** Shows all of which watchers were not told that its time has ended. */
    Records(Databases databases, @Nullable Transaction txn, LockMode mode) {
        this(databases, txn, mode, () -> Long.MIN_VALUE);
    }

    /** The same, for who knows what they were told. */
    public Records(Databases databases, Transaction txn, LockMode mode, ToldEnds told) {
        this(databases, txn, mode, () -> Long.MIN_VALUE, told);
    }

    private Records(
            Databases databases,
            @Nullable Transaction txn,
            LockMode mode,
            LongSupplier clock,
            @Nullable ToldEnds told) {
        this.databases = databases;
        this.txn = txn;
        this.mode = mode;
        this.clock = clock;
        this.told = told;
    }

    /**
     * Has what is read from now on be without what watchers were told of by now. Never to be looked at after the record:
     * meanwhile that may have been deleted, and the word of it with it.
     */
    void look() {
        told = ToldEnds.read(databases, txn, mode);
    }

    @Override
    public byte[] find(Key key, Part part) {
        byte[] found = get(key, part);
        if (found.length > 0 && told == null && RecordCodec.header(found).expiresAtMillis() != StoredRecord.NEVER) {
            // Most have no end, and are read once. What was told has to be known before the record is read.
            toldBy();
            found = get(key, part);
        }
        return found.length > 0 && hasEnded(key.bytes(), found) ? Tables.NOTHING : found;
    }

    private byte[] get(Key key, Part part) {
        return part == Part.WHOLE
                ? Tables.get(databases.records, txn, key.bytes(), mode)
                : Tables.getStart(databases.records, txn, key.bytes(), mode, part.bytes());
    }

    /** Whether a record, as it is stored and was read after what was told, is not shown. */
    boolean hasEnded(byte[] key, byte[] stored) {
        RecordCodec.Header header = RecordCodec.header(stored);
        long end = header.expiresAtMillis();
        return end != StoredRecord.NEVER && (end <= clock.getAsLong() || toldBy().include(key, end, header.revision()));
    }

    private ToldEnds toldBy() {
        ToldEnds known = told;
        if (known == null) {
            // Uncommitted: a record of which they are just being told has ended, and that they were told of nothing is
            // written once it is gone.
            known = ToldEnds.read(databases, null, LockMode.READ_UNCOMMITTED);
            told = known;
        }
        return known;
    }

    /**
     * Shows the records of a range in its order, whatever its limits, until {@code each} says that it has
     * no room for another; without values where the range wants none. None is read beyond that.
     *
     * @return whether there is another
     */
    boolean scan(Query.Range range, BiPredicate<Key, byte[]> each) {
        toldBy();
        DatabaseEntry key = new DatabaseEntry();
        DatabaseEntry data = new DatabaseEntry();
        Part part = Part.of(range.withValues());
        if (part != Part.WHOLE) {
            data.setPartial(0, part.bytes(), true);
        }
        try (Cursor cursor = databases.records.openCursor(txn, cursorConfig())) {
            if (part != Part.WHOLE) {
                // JE reads the value all the same, but nobody wants it in the cache.
                cursor.setCacheMode(CacheMode.UNCHANGED);
            }
            List<Span> spans = new ArrayList<>(range.spans());
            if (range.reverse()) {
                Collections.reverse(spans);
            }
            boolean room = true;
            for (Span span : spans) {
                OperationResult found = first(cursor, span, range.reverse(), key, data);
                while (found != null && within(span, range.reverse(), key.getData())) {
                    boolean there = !hasEnded(key.getData(), data.getData());
                    if (there && !room) {
                        return true;
                    }
                    if (there) {
                        room = each.test(Key.of(key.getData()), data.getData());
                        if (!room) {
                            data = new DatabaseEntry();
                            data.setPartial(0, RecordCodec.HEADER_BYTES, true);
                        }
                    }
                    found = cursor.get(key, data, range.reverse() ? Get.PREV : Get.NEXT, null);
                }
            }
        }
        return false;
    }

    /**
     * Shows the keys of these spans in order, without what is stored under them and without those that have ended,
     * until {@code each} says no.
     */
    public void keys(List<Span> spans, Predicate<byte[]> each) {
        toldBy();
        DatabaseEntry header = new DatabaseEntry();
        header.setPartial(0, RecordCodec.HEADER_BYTES, true);
        try (Cursor cursor = databases.records.openCursor(txn, cursorConfig())) {
            for (Span span : spans) {
                DatabaseEntry key = new DatabaseEntry(span.low());
                OperationResult found = cursor.get(key, header, Get.SEARCH_GTE, null);
                while (found != null && span.endsAfter(key.getData())) {
                    if (!hasEnded(key.getData(), header.getData()) && !each.test(key.getData())) {
                        return;
                    }
                    found = cursor.get(key, header, Get.NEXT, null);
                }
            }
        }
    }

    private CursorConfig cursorConfig() {
        return mode == LockMode.READ_UNCOMMITTED ? CursorConfig.READ_UNCOMMITTED : CursorConfig.READ_COMMITTED;
    }

    /** Puts the cursor on the first record in the direction of the scan, within the span or not. */
    private static @Nullable OperationResult first(
            Cursor cursor, Span span, boolean reverse, DatabaseEntry key, DatabaseEntry data) {
        if (!reverse) {
            key.setData(span.low());
            return cursor.get(key, data, Get.SEARCH_GTE, null);
        }
        if (span.high().length == 0) {
            return cursor.get(key, data, Get.LAST, null);
        }
        key.setData(span.high());
        return cursor.get(key, data, Get.SEARCH_GTE, null) == null
                ? cursor.get(key, data, Get.LAST, null)
                : cursor.get(key, data, Get.PREV, null);
    }

    private static boolean within(Span span, boolean reverse, byte[] key) {
        return reverse ? span.beginsBy(key) : span.endsAfter(key);
    }
}
