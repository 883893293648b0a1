package fish.http;

import java.util.Arrays;

/**
 * Percent-decoding of raw request targets, whose characters are the bytes that came (0 to 255).
 * Decodes exactly once, and keeps all else as it is.
 */
public final class Percent {
    private Percent() {}

    /**
     * The bytes meant.
     *
     * @throws IllegalArgumentException at a percent sign without two hex digits after it
     */
    public static byte[] decode(String raw, boolean plusIsSpace) {
        byte[] bytes = new byte[raw.length()];
        int length = 0;
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '%') {
                bytes[length++] = (byte) (hex(raw, i + 1) << 4 | hex(raw, i + 2));
                i += 2;
            } else {
                bytes[length++] = (byte) (c == '+' && plusIsSpace ? ' ' : c);
            }
        }
        return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
    }

    private static int hex(String raw, int at) {
        int digit = at < raw.length() && raw.charAt(at) < 128 ? Character.digit(raw.charAt(at), 16) : -1;
        if (digit < 0) {
            throw new IllegalArgumentException("a percent sign is followed by two hex digits");
        }
        return digit;
    }
}
