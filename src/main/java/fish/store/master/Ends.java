package fish.store.master;

import com.sleepycat.je.Cursor;
import com.sleepycat.je.CursorConfig;
import com.sleepycat.je.DatabaseEntry;
import com.sleepycat.je.Get;
import com.sleepycat.je.LockMode;
import com.sleepycat.je.OperationResult;
import com.sleepycat.je.Transaction;
import fish.kv.Key;
import fish.store.Databases;
import fish.store.RecordCodec;
import fish.store.Tables;
import fish.store.ToldEnds;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

/**
 * The records whose time ends, in the order of {@code expiries}. A time that is over is told at once, in {@code changes},
 * which costs little however many there are; what was told is deleted afterwards, a little at a time, since that costs
 * every node as much as a write for each. What was told and lies there still is kept with the store ({@link ToldEnds}).
 *
 * <p>It also remembers where the next one stands: what was deleted before it JE has to step over until it tidies up, so
 * looking from the first again and again takes ever longer. For the pen's thread alone.
 */
final class Ends {
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    /** On a full disk. */
    private static final long DISK_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** A clock that was set back may have put something before the place that is remembered. */
    private static final long FROM_FIRST_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** About what the changes of one batch's ends may take. */
    private static final int TOLD_BYTES_MAX = 1 << 20;

    private static final int TOLD_BYTES_EACH = 40;
    /** Of telling, in a batch that others wait for, and in one of their own. */
    static final long TELL_BESIDE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    static final long TELL_ALONE_NANOS = TimeUnit.MILLISECONDS.toNanos(40);

    /** A slice of deleting what was told, */
    private static final long DELETE_NANOS = TimeUnit.MILLISECONDS.toNanos(3);
    /** and how many times as long there is none after it: others have most of the time. */
    private static final int DELETE_PAUSES = 4;
    /** There are no pauses once some has waited for so long. */
    private static final long HURRY_NANOS = TimeUnit.SECONDS.toNanos(20);
    /** What was told is to be gone by then: else there is too much, and more is told only once it is. */
    private static final long BEHIND_NANOS_MAX = TimeUnit.SECONDS.toNanos(60);
    /** Where clocks are set back. */
    private static final int PARTS_MAX = 8;

    private final Databases databases;
    private ToldEnds told;
    private ToldEnds written;
    private byte[] from = Tables.NOTHING;
    private long fromFirstAt;
    /** Of what was told all before this place has been deleted. */
    private byte[] deleted;

    /** Something was put among what was told: it ends once more. */
    private boolean putAmong = true;

    /** And lies there still. */
    private boolean putAmongLies;

    private boolean stale;
    private long emptyAt = System.nanoTime();
    private long lookedAt;
    private long nextMillis;
    private boolean tellDue;
    private long deleteAt = System.nanoTime();

    Ends(Databases databases) {
        this.databases = databases;
        this.written = ToldEnds.read(databases, null, LockMode.READ_UNCOMMITTED);
        this.told = written;
        this.deleted = written.from();
    }

    /** What was told, of what lies there still. */
    ToldEnds told() {
        if (stale) {
            written = ToldEnds.read(databases, null, LockMode.READ_UNCOMMITTED);
            told = written;
            deleted = told.from();
            stale = false;
        }
        return told;
    }

    /** Another end was written. */
    void wrote(long endMillis) {
        putAmong |= endMillis <= told().lastMillis();
        nextMillis = Math.min(nextMillis, endMillis);
    }

    /** What was done about ends was taken back, or may have been. */
    void forget() {
        stale = true;
        from = Tables.NOTHING;
        putAmong = true;
        nextMillis = Long.MAX_VALUE;
    }

    /** Whether the next commit has to do with ends: they are looked for now and then, and when the next is known to be. */
    boolean due(long nowMillis, boolean diskFull) {
        long now = System.nanoTime();
        long pause = diskFull ? DISK_PAUSE_NANOS : nextMillis <= nowMillis ? 0 : LOOK_NANOS;
        tellDue = false;
        boolean look = now - lookedAt >= pause;
        if (look) {
            lookedAt = now;
            if (from.length > 0 && now - fromFirstAt >= FROM_FIRST_NANOS) {
                fromFirstAt = now;
                from = Tables.NOTHING;
            }
            nextMillis = nextMillis();
            tellDue = nextMillis <= nowMillis;
        }
        return tellDue || (deleteDue() && (look || !diskFull));
    }

    /** Whether there are some to be told, as {@link #due} saw it. */
    boolean tellDue() {
        return tellDue;
    }

    /** Whether it is time to delete some of what was told. */
    boolean deleteDue() {
        return !told().isEmpty() && System.nanoTime() - deleteAt >= 0;
    }

    /** When something will be {@link #due}, as far as is known; for a disk that is not full. */
    long nanosToNext(long nowMillis) {
        long tell = TimeUnit.MILLISECONDS.toNanos(Math.max(0, nextMillis - nowMillis));
        return told().isEmpty() ? tell : Math.max(0, Math.min(tell, deleteAt - System.nanoTime()));
    }

    /**
     * When the next record ends of which nobody was told, since the epoch; {@link Long#MAX_VALUE} where none does, or
     * where too much waits to be deleted.
     */
    long nextMillis() {
        boolean full = !told().isEmpty()
                && (System.nanoTime() - emptyAt > BEHIND_NANOS_MAX || (putAmong && told.parts() >= PARTS_MAX));
        return full ? Long.MAX_VALUE : Tables.nextEndMillis(databases, untold());
    }

    /** Where to look from for what nobody was told of. */
    private byte[] untold() {
        if (told().isEmpty()) {
            return from;
        }
        byte[] to = told.to();
        return Arrays.copyOf(to, to.length + 1);
    }

    /**
     * Tells of those whose time has ended, the longest ended first.
     *
     * @param nanosMax about how long it may take
     * @param tell gives the last revision
     * @return when the next one ends, as {@link #nextMillis}
     */
    long tell(Transaction txn, long nowMillis, long nanosMax, ToLongFunction<Key> tell) {
        long start = System.nanoTime();
        long revision = 0;
        long bytes = 0;
        byte[] last = Tables.NOTHING;
        DatabaseEntry place = new DatabaseEntry(untold());
        DatabaseEntry noData = noData();
        nextMillis = Long.MAX_VALUE;
        try (Cursor cursor = databases.expiries.openCursor(txn, CursorConfig.READ_UNCOMMITTED)) {
            OperationResult found = cursor.get(place, noData, Get.SEARCH_GTE, null);
            while (found != null) {
                long millis = ToldEnds.millis(place.getData());
                if (millis > nowMillis || bytes >= TOLD_BYTES_MAX || System.nanoTime() - start > nanosMax) {
                    nextMillis = millis;
                    break;
                }
                last = place.getData();
                bytes += TOLD_BYTES_EACH + last.length;
                revision = tell.applyAsLong(Key.of(ToldEnds.key(last)));
                found = cursor.get(place, noData, Get.NEXT, null);
            }
        }
        if (last.length > 0) {
            toldUpTo(last, revision);
        }
        return nextMillis;
    }

    private void toldUpTo(byte[] place, long revision) {
        if (told.isEmpty()) {
            told = ToldEnds.startingAt(from);
            deleted = from;
            emptyAt = System.nanoTime();
        }
        told = told.upTo(place, revision, !putAmong);
        putAmong = false;
    }

    /** Deletes some of what was told, the longest ended first; not to be called where there is none. */
    void delete(Transaction txn) {
        long start = System.nanoTime();
        byte[] to = told.to();
        boolean over = true;
        int count = 0;
        DatabaseEntry place = new DatabaseEntry(deleted);
        DatabaseEntry noData = noData();
        try (Cursor ends = databases.expiries.openCursor(txn, null);
                Cursor records = databases.records.openCursor(txn, null)) {
            OperationResult found = ends.get(place, noData, Get.SEARCH_GTE, null);
            while (found != null && Arrays.compareUnsigned(place.getData(), to) <= 0) {
                if (System.nanoTime() - start > DELETE_NANOS) {
                    over = false;
                    break;
                }
                if (delete(ends, records, place.getData())) {
                    count++;
                } else {
                    putAmongLies = true;
                }
                deleted = place.getData();
                found = ends.get(place, noData, Get.NEXT, null);
            }
        }
        // Never with the last of them, unless nobody else knows of them yet: who reads asks for what was told first.
        if (over && (count == 0 || written.isEmpty())) {
            told = ToldEnds.NONE;
            from = putAmongLies ? Tables.NOTHING : deleted;
            putAmongLies = false;
        }
        long now = System.nanoTime();
        deleteAt = now - emptyAt > HURRY_NANOS ? now : now + DELETE_PAUSES * (now - start);
    }

    /** False: it is not what was told. */
    private boolean delete(Cursor ends, Cursor records, byte[] place) {
        DatabaseEntry header = new DatabaseEntry();
        header.setPartial(0, RecordCodec.HEADER_BYTES, true);
        byte[] key = ToldEnds.key(place);
        if (records.get(new DatabaseEntry(key), header, Get.SEARCH, null) != null) {
            RecordCodec.Header stored = RecordCodec.header(header.getData());
            if (stored.expiresAtMillis() == ToldEnds.millis(place)) {
                if (!told.include(key, stored.expiresAtMillis(), stored.revision())) {
                    return false;
                }
                records.delete(null);
            }
        }
        ends.delete(null);
        return true;
    }

    private static DatabaseEntry noData() {
        DatabaseEntry noData = new DatabaseEntry();
        noData.setPartial(0, 0, true);
        return noData;
    }

    /** Writes down what was told, and has not been deleted, in the transaction that told and deleted. */
    void write(Transaction txn) {
        if (told() != written) {
            told.write(databases, txn);
            written = told;
        }
    }
}
