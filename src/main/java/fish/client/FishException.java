package fish.client;

/**
 * A request that failed for good: after every retry that was safe, allowed and in time.
 *
 * <p>{@link #code} is one of the HTTP contract, or one of the client's own: {@code no-connection}, {@code timeout},
 * {@code busy} (too many requests under way in this client), {@code bad-answer}, {@code interrupted}, {@code closed},
 * {@code conflict} ({@link FishClient#transact}), {@code listener-failed} (a watch).
 */
public abstract class FishException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String code;

    FishException(String code, String detail) {
        super(code + ": " + detail);
        this.code = code;
    }

    /** Why, for a program to switch on. */
    public String code() {
        return code;
    }
}
