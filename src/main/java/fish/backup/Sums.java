package fish.backup;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256, and how {@code sha256sum} writes it. */
final class Sums {
    private Sums() {}

    static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Of what the digest was given; the digest begins anew. */
    static String line(String name, MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest()) + "  " + name + "\n";
    }
}
