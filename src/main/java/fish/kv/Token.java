package fish.kv;

import java.util.Arrays;

/**
 * What is known of a token; the token itself is not.
 *
 * @param scope the keys that it is for
 * @param expiresAtMillis since the epoch, or {@link StoredRecord#NEVER}; of a token to be made: how long it lives, in milliseconds
 * @param hash SHA-256 of it; {@value #HASH_BYTES} bytes
 */
@SuppressWarnings("ArrayRecordComponent") // equality below looks into it
public record Token(String name, TokenRole role, Scope scope, long expiresAtMillis, byte[] hash) {
    public static final int HASH_BYTES = 32;

    /** Of a name. */
    public static final int NAME_CHARS_MAX = 64;

    /** Tokens that there can be. */
    public static final int TOKENS_MAX = 1_000;

    public Token {
        if (!isName(name) || hash.length != HASH_BYTES || expiresAtMillis < 0) {
            throw new IllegalArgumentException("no token");
        }
    }

    /** 1 to {@value #NAME_CHARS_MAX} letters, digits, {@code .}, {@code _} and {@code -}, the first a letter or a digit. */
    public static boolean isName(String text) {
        return text.length() <= NAME_CHARS_MAX && text.matches("[A-Za-z0-9][A-Za-z0-9._-]*");
    }

    /** Whether it ends some time. */
    public boolean ends() {
        return expiresAtMillis != StoredRecord.NEVER;
    }

    public boolean hasEnded(long nowMillis) {
        return ends() && expiresAtMillis <= nowMillis;
    }

    /** Whether it can do everything, for ever. */
    public boolean isLastingAdmin() {
        return role == TokenRole.ADMIN && !ends();
    }

    /** The same, with this end. */
    public Token endingAt(long millis) {
        return new Token(name, role, scope, millis, hash);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Token that
                && name.equals(that.name)
                && role == that.role
                && scope.equals(that.scope)
                && expiresAtMillis == that.expiresAtMillis
                && Arrays.equals(hash, that.hash);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(hash);
    }

    /** Without the hash. */
    @Override
    public String toString() {
        return "Token[" + name + ", " + role + ", " + scope + "]";
    }
}
