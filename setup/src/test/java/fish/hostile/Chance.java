package fish.hostile;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/** All that is drawn, from one seed. Not thread-safe. */
final class Chance {
    private static final int KEYS = 200;
    private static final int KEY_BYTES_MAX = 1024;
    private static final int VALUE_BYTES_MAX = 1 << 20;

    private final Random random;

    Chance(long seed) {
        this.random = new Random(seed);
    }

    /** True once in {@code n} times. */
    boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }

    /** From 0 to {@code n - 1}. */
    int below(int n) {
        return random.nextInt(n);
    }

    <T> T pick(List<T> among) {
        return among.get(random.nextInt(among.size()));
    }

    @SafeVarargs
    final <T> T of(T... among) {
        return among[random.nextInt(among.length)];
    }

    byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Characters of all kinds: NULs, controls, halves of pairs, letters beyond the first plane. */
    String text(int chars) {
        StringBuilder text = new StringBuilder();
        while (text.length() < chars) {
            switch (random.nextInt(6)) {
                case 0 -> text.append((char) random.nextInt(32));
                case 1 -> text.append((char) (0xd800 + random.nextInt(0x800)));
                case 2 -> text.appendCodePoint(0x1f300 + random.nextInt(200));
                case 3 -> text.append((char) random.nextInt(0x10000));
                default -> text.append((char) (' ' + random.nextInt(95)));
            }
        }
        return text.toString();
    }

    /** One of a few hundred keys that all hostile writes share, so that the store stays small. */
    String key() {
        return "hostile/k" + random.nextInt(KEYS);
    }

    /** A key in a path, percent-encoded: most are good, some are odd, too long or none. */
    String pathKey() {
        return switch (random.nextInt(14)) {
            case 0 -> "hostile/" + "a".repeat(KEY_BYTES_MAX - "hostile/".length());
            case 1 -> "hostile/" + "a".repeat(KEY_BYTES_MAX + 1 - "hostile/".length());
            case 2 -> "hostile/" + "%61".repeat(below(3 * KEY_BYTES_MAX));
            case 3 -> "hostile/" + encoded(text(1 + below(40)).replace("\0", ""));
            case 4 -> "hostile/" + of("%00", "%", "%z", "%ff", "%ED%A0%80", "..", "../..", "//", ";a=b,c", "%2f%2F");
            case 5 -> of("", "%00", "%C0%80", ".", "/", "%");
            default -> key();
        };
    }

    /** Small mostly, and at, below and above the limit now and then. */
    int valueSize() {
        return switch (random.nextInt(40)) {
            case 0 -> VALUE_BYTES_MAX - 1;
            case 1 -> VALUE_BYTES_MAX;
            case 2 -> VALUE_BYTES_MAX + 1;
            case 3 -> (64 << 10) - 1 + random.nextInt(3);
            case 4 -> random.nextInt(VALUE_BYTES_MAX);
            default -> random.nextInt(300);
        };
    }

    byte[] value() {
        int size = valueSize();
        return switch (random.nextInt(5)) {
            case 0 -> new byte[size];
            case 1 -> "\"".repeat(size).getBytes(StandardCharsets.US_ASCII);
            case 2 -> "[".repeat(size).getBytes(StandardCharsets.US_ASCII);
            case 3 -> json().getBytes(StandardCharsets.UTF_8);
            default -> bytes(size);
        };
    }

    /** A JSON value, of which a parser may think what it likes. */
    String json() {
        return switch (random.nextInt(11)) {
            case 0 -> "[".repeat(999) + "]".repeat(999);
            case 1 -> "[".repeat(1001) + "]".repeat(1001);
            case 2 -> "{\"a\":".repeat(20_000) + "1" + "}".repeat(20_000);
            case 3 -> "1" + "0".repeat(2_000);
            case 4 -> of("1e999999999", "-1e-999999999", "1E2147483648", "0.1e400", "1e99999", "-0.0");
            case 5 -> of("\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\u0000\"", "\"a\0b\"", "NaN", "Infinity", "'a'");
            case 6 -> "{\"" + "n".repeat(60_000) + "\":1}";
            case 7 -> "{\"a\":1,\"a\":2}";
            case 8 -> of("", " ", "{", "[1,", "nul", "\ufeff1", "1 2", "{}}", "/*c*/1", "01", "+1", ".5");
            default -> of("1", "null", "true", "{\"n\":1}", "[1,2.5,\"x\"]", "\"text\"");
        };
    }

    String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
