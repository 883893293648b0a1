package fish.tool.bench;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Random;

/** Some values, drawn once: letters and digits, so that every dialect can carry them. */
final class BenchValues {
    private static final int COUNT = 16;
    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

    private final byte[][] values = new byte[COUNT][];

    BenchValues(int bytes) {
        Random random = new Random(bytes);
        for (int i = 0; i < COUNT; i++) {
            StringBuilder value = new StringBuilder(bytes);
            for (int j = 0; j < bytes; j++) {
                value.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
            }
            values[i] = value.toString().getBytes(StandardCharsets.US_ASCII);
        }
    }

    byte[] plain(int draw) {
        return values[Math.floorMod(draw, COUNT)];
    }

    /** All of them, in the letters of base64. */
    BenchValues base64() {
        BenchValues encoded = new BenchValues(0);
        for (int i = 0; i < COUNT; i++) {
            encoded.values[i] = Base64.getEncoder().encode(values[i]);
        }
        return encoded;
    }
}
