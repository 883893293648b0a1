package fish.api;

import fish.http.Params;
import fish.http.Problem;
import fish.http.ProblemException;
import fish.kv.BadKeyException;
import fish.kv.Key;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;

/**
 * Where the next page of a list begins: the last key of the page before, bound to the parameters of the
 * list. Base64url of {@code version, 8 bytes of the parameters' digest, key}.
 */
final class Cursor {
    private static final byte VERSION = 1;
    private static final int DIGEST_BYTES = 8;
    private static final int HEAD_BYTES = 1 + DIGEST_BYTES;

    private Cursor() {}

    static String after(byte[] key, Params params) {
        byte[] bytes = new byte[HEAD_BYTES + key.length];
        bytes[0] = VERSION;
        System.arraycopy(digest(params), 0, bytes, 1, DIGEST_BYTES);
        System.arraycopy(key, 0, bytes, HEAD_BYTES, key.length);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /**
     * The last key of the page before.
     *
     * @throws ProblemException for one that was not made for a list with these parameters
     */
    static byte[] lastKey(String cursor, Params params) {
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(cursor);
        } catch (IllegalArgumentException e) {
            throw Problem.badParameter("cursor", "is none that was given out");
        }
        if (bytes.length <= HEAD_BYTES || bytes[0] != VERSION) {
            throw Problem.badParameter("cursor", "is none that was given out");
        }
        if (!Arrays.equals(Arrays.copyOfRange(bytes, 1, HEAD_BYTES), digest(params))) {
            throw Problem.badParameter("cursor", "belongs to a list with other parameters");
        }
        byte[] key = Arrays.copyOfRange(bytes, HEAD_BYTES, bytes.length);
        try {
            return Key.of(key).bytes();
        } catch (BadKeyException e) {
            throw Problem.badParameter("cursor", "is none that was given out");
        }
    }

    private static byte[] digest(Params params) {
        MessageDigest digest = IdempotencyKeys.sha256();
        IdempotencyKeys.add(digest, params.text("prefix"));
        IdempotencyKeys.add(digest, params.text("start"));
        IdempotencyKeys.add(digest, params.text("end"));
        digest.update((byte) (params.flag("reverse") ? 1 : 0));
        digest.update((byte) (params.flag("keys") ? 1 : 0));
        return Arrays.copyOf(digest.digest(), DIGEST_BYTES);
    }
}
