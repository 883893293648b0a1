package fish.kv;

import java.util.Arrays;

/**
 * What a client's {@code Idempotency-Key} stands for.
 *
 * @param key 1 to {@value #KEY_CHARS_MAX} visible ASCII characters; empty: none was given
 * @param digest of everything that makes the request what it is; {@value #DIGEST_BYTES} bytes, or none
 */
@SuppressWarnings("ArrayRecordComponent") // equality below looks into it
public record Idempotency(String key, byte[] digest) {
    public static final int KEY_CHARS_MAX = 255;
    public static final int DIGEST_BYTES = 32;

    /** No key was given. */
    public static final Idempotency NONE = new Idempotency("", new byte[0]);

    public boolean given() {
        return !key.isEmpty();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Idempotency that && key.equals(that.key) && Arrays.equals(digest, that.digest);
    }

    @Override
    public int hashCode() {
        return key.hashCode() * 31 + Arrays.hashCode(digest);
    }
}
