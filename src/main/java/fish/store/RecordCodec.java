package fish.store;

import fish.kv.Key;
import fish.kv.StoredRecord;
import fish.kv.Value;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A record as it lies in the {@code records} database, under its key's bytes:
 *
 * <pre>
 * byte format (1) | long revision | long created | long expiresAtMillis
 * | short length, content type | short length, content encoding | the value to the end
 * </pre>
 *
 * Big-endian; the texts are Latin-1, as in HTTP. The first {@value #HEADER_BYTES} bytes are enough to
 * decide every condition on revisions, and are read alone where the value is not wanted.
 */
public final class RecordCodec {
    /** Format, revision, created, expiry. */
    public static final int HEADER_BYTES = 1 + 3 * Long.BYTES;

    /** All before the value, at most. */
    public static final int HEAD_BYTES_MAX = HEADER_BYTES + 2 * (Short.BYTES + Value.HEADER_CHARS_MAX);

    private static final byte FORMAT = 1;

    private RecordCodec() {}

    /** What is known of a record without its value. */
    public record Header(long revision, long created, long expiresAtMillis) {}

    public static byte[] encode(Value value, long revision, long created, long expiresAtMillis) {
        byte[] type = value.contentType().getBytes(StandardCharsets.ISO_8859_1);
        byte[] encoding = value.contentEncoding().getBytes(StandardCharsets.ISO_8859_1);
        byte[] bytes = new byte[HEADER_BYTES + 2 * Short.BYTES + type.length + encoding.length + value.bytes().length];
        ByteBuffer.wrap(bytes)
                .put(FORMAT)
                .putLong(revision)
                .putLong(created)
                .putLong(expiresAtMillis)
                .putShort((short) type.length)
                .put(type)
                .putShort((short) encoding.length)
                .put(encoding)
                .put(value.bytes());
        return bytes;
    }

    public static Header header(byte[] stored) {
        ByteBuffer in = open(stored);
        return new Header(in.getLong(), in.getLong(), in.getLong());
    }

    /**
     * @param stored all of it; without the value {@link #HEAD_BYTES_MAX} of it are enough
     * @param withValue whether the value's bytes are copied out; its headers always are
     */
    public static StoredRecord decode(Key key, byte[] stored, boolean withValue) {
        ByteBuffer in = open(stored);
        long revision = in.getLong();
        long created = in.getLong();
        long expires = in.getLong();
        String type = text(in);
        String encoding = text(in);
        byte[] bytes = new byte[withValue ? in.remaining() : 0];
        in.get(bytes);
        return new StoredRecord(key, new Value(bytes, type, encoding), revision, created, expires);
    }

    private static ByteBuffer open(byte[] stored) {
        ByteBuffer in = ByteBuffer.wrap(stored);
        byte format = in.get();
        if (format != FORMAT) {
            throw new StoreFormatException("a record of format " + format + "; this program knows " + FORMAT);
        }
        return in;
    }

    private static String text(ByteBuffer in) {
        byte[] bytes = new byte[in.getShort()];
        in.get(bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
