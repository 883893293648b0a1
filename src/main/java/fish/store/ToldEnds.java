package fish.store;

import com.sleepycat.je.DatabaseEntry;
import com.sleepycat.je.LockMode;
import com.sleepycat.je.Transaction;
import fish.kv.StoredRecord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Ends of records that watchers were told of, each in a commit with a revision, where what was told of still lies in
 * {@code records} and {@code expiries}: telling of many is quick, deleting them on every node is not, and comes after. To
 * everybody a record that is meant here is one that is not there. It is a record of the {@code group} database, written
 * with the commits that told, and gone some time after the last of what is meant.
 *
 * <p>What is meant is a range of places in {@code expiries}, in parts, and each of them means what was written before it
 * was told alone: where a clock was set back, a record may be put later and end earlier than one that was told of.
 *
 * <p>Immutable.
 */
public final class ToldEnds {
    /** None is meant. */
    public static final ToldEnds NONE = new ToldEnds(Tables.NOTHING, List.of());

    private static final byte[] KEY = "ends".getBytes(StandardCharsets.UTF_8);
    private static final byte FORMAT = 1;
    private static final int PER_PART = Long.BYTES + Short.BYTES;

    /**
     * @param to the last place that is meant
     * @param revision no record that was written after it is meant
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Part(byte[] to, long revision) {}

    private final byte[] from;
    private final List<Part> parts;

    private ToldEnds(byte[] from, List<Part> parts) {
        this.from = from;
        this.parts = parts;
    }

    /** Where an end stands in {@code expiries}: they are told, and deleted, in the order of these bytes. */
    public static byte[] place(long expiresAtMillis, byte[] key) {
        return ByteBuffer.allocate(Long.BYTES + key.length)
                .putLong(expiresAtMillis)
                .put(key)
                .array();
    }

    public static long millis(byte[] place) {
        return ByteBuffer.wrap(place).getLong();
    }

    /** The key of what ends there. */
    public static byte[] key(byte[] place) {
        return Arrays.copyOfRange(place, Long.BYTES, place.length);
    }

    public boolean isEmpty() {
        return parts.isEmpty();
    }

    /** How many parts it has. */
    public int parts() {
        return parts.size();
    }

    /** The first place that may be meant. */
    public byte[] from() {
        return from.clone();
    }

    /** The last place that is meant; of none there is none. */
    public byte[] to() {
        return last().to.clone();
    }

    /** When the last of them ended. */
    public long lastMillis() {
        return isEmpty() ? Long.MIN_VALUE : millis(last().to);
    }

    private Part last() {
        return parts.get(parts.size() - 1);
    }

    /** Whether this record is meant. */
    public boolean include(byte[] key, long expiresAtMillis, long revision) {
        if (expiresAtMillis == StoredRecord.NEVER || expiresAtMillis > lastMillis()) {
            return false;
        }
        byte[] place = place(expiresAtMillis, key);
        if (Arrays.compareUnsigned(place, from) < 0) {
            return false;
        }
        for (Part part : parts) {
            if (Arrays.compareUnsigned(place, part.to) <= 0) {
                return revision <= part.revision;
            }
        }
        return false;
    }

    /** The first of a range of places, of which none is told yet. */
    public static ToldEnds startingAt(byte[] from) {
        return new ToldEnds(from.clone(), List.of());
    }

    /**
     * The same with all that stands behind it, up to this place.
     *
     * @param revision no record there was written after it
     * @param joined with the last part, in whose range nothing was written since
     */
    public ToldEnds upTo(byte[] to, long revision, boolean joined) {
        List<Part> more = new ArrayList<>(joined && !isEmpty() ? parts.subList(0, parts.size() - 1) : parts);
        more.add(new Part(to.clone(), revision));
        return new ToldEnds(from, List.copyOf(more));
    }

    /** As they are written down; none where they are not. */
    public static ToldEnds read(Databases databases, @Nullable Transaction txn, LockMode mode) {
        byte[] stored = Tables.get(databases.group, txn, KEY, mode);
        return stored.length == 0 ? NONE : decode(stored);
    }

    public void write(Databases databases, Transaction txn) {
        if (isEmpty()) {
            databases.group.delete(txn, new DatabaseEntry(KEY));
        } else {
            databases.group.put(txn, new DatabaseEntry(KEY), new DatabaseEntry(encode()));
        }
    }

    byte[] encode() {
        int size = 1 + 2 * Short.BYTES + from.length;
        for (Part part : parts) {
            size += PER_PART + part.to.length;
        }
        ByteBuffer out = ByteBuffer.allocate(size);
        out.put(FORMAT).putShort((short) from.length).put(from).putShort((short) parts.size());
        for (Part part : parts) {
            out.putLong(part.revision).putShort((short) part.to.length).put(part.to);
        }
        return out.array();
    }

    static ToldEnds decode(byte[] stored) {
        ByteBuffer in = ByteBuffer.wrap(stored);
        byte format = in.get();
        if (format != FORMAT) {
            throw new StoreFormatException("ends of format " + format + "; this program knows " + FORMAT);
        }
        byte[] from = bytes(in);
        int count = in.getShort();
        List<Part> parts = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long revision = in.getLong();
            parts.add(new Part(bytes(in), revision));
        }
        return new ToldEnds(from, List.copyOf(parts));
    }

    private static byte[] bytes(ByteBuffer in) {
        byte[] bytes = new byte[in.getShort()];
        in.get(bytes);
        return bytes;
    }
}
