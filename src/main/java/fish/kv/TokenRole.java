package fish.kv;

/** What a token is for; each can do what the one before it can. */
public enum TokenRole {
    READ,
    WRITE,
    ADMIN;

    /** Whether it can do what that one can. */
    public boolean can(TokenRole other) {
        return compareTo(other) >= 0;
    }
}
