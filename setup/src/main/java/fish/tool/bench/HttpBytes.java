package fish.tool.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A request as it is put together. One thread; used again and again. */
final class HttpBytes {
    private static final int KEY_DIGITS = 8;

    private byte[] bytes = new byte[4096];
    private int length;

    void clear() {
        length = 0;
    }

    HttpBytes ascii(String text) {
        return add(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    HttpBytes add(byte[] more) {
        room(more.length);
        System.arraycopy(more, 0, bytes, length, more.length);
        length += more.length;
        return this;
    }

    HttpBytes number(long number) {
        return ascii(Long.toString(number));
    }

    /** The last part of a key: as many digits for each, so that keys sort as numbers do. */
    HttpBytes key(long number) {
        room(KEY_DIGITS);
        long rest = number;
        for (int i = KEY_DIGITS - 1; i >= 0; i--) {
            bytes[length + i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length += KEY_DIGITS;
        return this;
    }

    /** The body, of this length, comes next. */
    HttpBytes bodyOf(int bodyLength) {
        return ascii("Content-Length: ").number(bodyLength).ascii("\r\n\r\n");
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    /** Copies as much as fits. Returns where the rest begins. */
    int into(ByteBuffer buffer, int from) {
        int count = Math.min(buffer.remaining(), length - from);
        buffer.put(bytes, from, count);
        return from + count;
    }

    int length() {
        return length;
    }

    private void room(int count) {
        if (length + count > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(length + count, 2 * bytes.length));
        }
    }
}
