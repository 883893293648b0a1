package fish.link;

import fish.kv.Key;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Writes one message and makes it a frame. Numbers are big-endian. Long byte arrays are referred to, not
 * copied. Refuses with an {@link IllegalArgumentException} what a {@link MessageReader} would: the peer
 * would end the connection for it, and with it everybody's requests. Not thread-safe.
 */
final class MessageWriter {
    /** Arrays shorter than this are copied: cheaper than one more buffer. */
    static final int REFERRED_BYTES_MIN = 8 << 10;

    private static final int FIRST_BYTES = 256;

    /** What is longer goes on in an array of its own: large ones are dear to double and to find room for. */
    private static final int SEGMENT_BYTES = 64 << 10;

    private final List<ByteBuffer> parts = new ArrayList<>(1);
    private byte[] bytes = new byte[FIRST_BYTES];
    private int from;
    private int to = Frame.HEADER_BYTES;

    void u8(int value) {
        ensure(1);
        bytes[to++] = (byte) value;
    }

    void flag(boolean value) {
        u8(value ? 1 : 0);
    }

    private void u16(int value) {
        ensure(2);
        bytes[to++] = (byte) (value >>> 8);
        bytes[to++] = (byte) value;
    }

    void i32(int value) {
        ensure(4);
        putInt(bytes, to, value);
        to += 4;
    }

    void i64(long value) {
        ensure(8);
        putLong(bytes, to, value);
        to += 8;
    }

    void i32(int value, int min, int max) {
        i32((int) inRange(value, min, max));
    }

    void i64(long value, long min, long max) {
        i64(inRange(value, min, max));
    }

    void key(Key key) {
        shortBytes(key.bytes(), Key.BYTES_MAX);
    }

    /** At most 65,535 bytes. */
    void shortBytes(byte[] value, int max) {
        u16((int) inRange(value.length, 0, max));
        append(value);
    }

    void longBytes(byte[] value) {
        i32(value.length);
        if (value.length < REFERRED_BYTES_MIN) {
            append(value);
            return;
        }
        endPart();
        parts.add(ByteBuffer.wrap(value));
    }

    /** Characters below 256 alone, at most 65,535 of them. */
    void latin1(String value, int max) {
        shortBytes(value.getBytes(StandardCharsets.ISO_8859_1), max);
    }

    /** Any text, unpaired surrogates too: those have no UTF-8, so such a text goes as UTF-16. */
    void text(String value) {
        boolean wellFormed = wellFormed(value);
        flag(wellFormed);
        longBytes(wellFormed ? value.getBytes(StandardCharsets.UTF_8) : utf16(value));
    }

    /** The frame of what was written; nothing can be written afterwards. */
    Frame frame(FrameKind kind, long id) {
        byte[] first = parts.isEmpty() ? bytes : parts.get(0).array();
        endPart();
        Frame frame = new Frame(kind, id, parts.toArray(ByteBuffer[]::new));
        putInt(first, 0, frame.size() - Frame.LENGTH_BYTES);
        first[Frame.LENGTH_BYTES] = (byte) kind.code();
        putLong(first, Frame.LENGTH_BYTES + 1, id);
        return frame;
    }

    // not with the charset's own encoder, which replaces what has no partner
    private static byte[] utf16(String text) {
        byte[] coded = new byte[text.length() * 2];
        for (int i = 0; i < text.length(); i++) {
            coded[2 * i] = (byte) (text.charAt(i) >>> 8);
            coded[2 * i + 1] = (byte) text.charAt(i);
        }
        return coded;
    }

    private static boolean wellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                boolean pair = i + 1 < text.length() && Character.isSurrogatePair(c, text.charAt(i + 1));
                if (!pair) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }

    private void append(byte[] value) {
        ensure(value.length);
        System.arraycopy(value, 0, bytes, to, value.length);
        to += value.length;
    }

    private void endPart() {
        if (to > from) {
            parts.add(ByteBuffer.wrap(bytes, from, to - from));
            from = to;
        }
    }

    private void ensure(int more) {
        if (bytes.length - to < more && to >= SEGMENT_BYTES) {
            endPart();
            bytes = new byte[Math.max(SEGMENT_BYTES, more)];
            from = 0;
            to = 0;
        }
        if (bytes.length - to < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, to + more));
        }
    }

    private static long inRange(long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(value + " is not in " + min + ".." + max);
        }
        return value;
    }

    private static void putInt(byte[] target, int at, int value) {
        for (int i = 0; i < 4; i++) {
            target[at + i] = (byte) (value >>> (24 - 8 * i));
        }
    }

    private static void putLong(byte[] target, int at, long value) {
        putInt(target, at, (int) (value >>> 32));
        putInt(target, at + 4, (int) value);
    }
}
