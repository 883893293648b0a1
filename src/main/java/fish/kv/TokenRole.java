package fish.kv;

import java.util.Arrays;
import java.util.Optional;

/** What a token is for; each can do what the one before it can. */
public enum TokenRole {
    READ(0),
    WRITE(1),
    ADMIN(2);

    private final int code;

    TokenRole(int code) {
        this.code = code;
    }

    /** As it is stored and sent; never given to another. */
    public int code() {
        return code;
    }

    /** The one of this code; empty where there is none. */
    public static Optional<TokenRole> of(int code) {
        return Arrays.stream(values()).filter(role -> role.code == code).findFirst();
    }

    /** Whether it can do what that one can. */
    public boolean can(TokenRole other) {
        return code >= other.code;
    }
}
