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
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The records of a range of keys as hashes, of one state: two nodes with the same digest of a range hold the same there, to the byte, revisions
 * included. Records whose time has ended count until watchers are told so: when they are deleted is each node's affair.
 *
 * @param revision of that state
 * @param entries in the order of their keys
 * @param next the first key that is not covered, where the range was too large; else empty
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record RangeDigest(long revision, List<Entry> entries, byte[] next) {
    /** Of one record. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Entry(Key key, long revision, byte[] hash) {}

    /**
     * What is asked for; it stops at whichever limit comes first, and after one record at least.
     *
     * @param low inclusive
     * @param high exclusive; empty: to the last
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Ask(byte[] low, byte[] high, int recordsMax, long bytesMax, long nanosMax) {}

    /** SHA-256 over the hashes, in order. */
    public byte[] digest() {
        MessageDigest digest = sha256();
        entries.forEach(entry -> digest.update(entry.hash));
        return digest.digest();
    }

    /**
     * @return empty: it changes too fast
     */
    static Optional<RangeDigest> read(Databases databases, Transaction txn, Snapshot.Writer writer, Ask ask) {
        Records records = new Records(databases, txn, LockMode.READ_COMMITTED);
        Snapshot state = new Snapshot(databases, records, writer);
        state.begin();
        NavigableMap<Key, Entry> found = new TreeMap<>();
        byte[] next = scan(databases, txn, ask, records, found);
        byte[] end = next.length > 0 ? next : ask.high;
        boolean settled = state.settle(key -> Snapshot.within(ask.low, end, key), keys -> {
            for (Key key : keys) {
                byte[] stored = records.find(key, Part.WHOLE);
                if (stored.length == 0) {
                    found.remove(key);
                } else {
                    found.put(key, entry(key, stored));
                }
            }
            return found.size() <= 2 * ask.recordsMax;
        });
        return settled
                ? Optional.of(new RangeDigest(state.revision(), new ArrayList<>(found.values()), next))
                : Optional.empty();
    }

    /** Returns where it stopped, if at a limit. */
    private static byte[] scan(
            Databases databases, Transaction txn, Ask ask, Records records, NavigableMap<Key, Entry> found) {
        long start = System.nanoTime();
        long bytes = 0;
        DatabaseEntry key = new DatabaseEntry(ask.low);
        DatabaseEntry data = new DatabaseEntry();
        try (Cursor cursor = databases.records.openCursor(txn, CursorConfig.READ_COMMITTED)) {
            // What is looked at once is not wanted in the cache.
            cursor.setCacheMode(CacheMode.UNCHANGED);
            OperationResult at = cursor.get(key, data, Get.SEARCH_GTE, null);
            while (at != null && (ask.high.length == 0 || Arrays.compareUnsigned(key.getData(), ask.high) < 0)) {
                boolean room = found.size() < ask.recordsMax
                        && bytes < ask.bytesMax
                        && System.nanoTime() - start < ask.nanosMax;
                if (!found.isEmpty() && !room) {
                    return key.getData();
                }
                if (!records.hasEnded(key.getData(), data.getData())) {
                    bytes += data.getSize();
                    Key one = Key.of(key.getData());
                    found.put(one, entry(one, data.getData()));
                }
                at = cursor.get(key, data, Get.NEXT, null);
            }
        }
        return Tables.NOTHING;
    }

    private static Entry entry(Key key, byte[] stored) {
        MessageDigest digest = sha256();
        digest.update(
                ByteBuffer.allocate(Integer.BYTES).putInt(key.bytes().length).flip());
        digest.update(key.bytes());
        digest.update(stored);
        return new Entry(key, RecordCodec.header(stored).revision(), digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
