package fish.client;

/**
 * It may have been written, or may be yet. Sending the same write again with the same {@link
 * WriteOptions#idempotencyKey} finds out, and is never applied twice.
 */
public final class UnknownOutcomeException extends WriteFailedException {
    private static final long serialVersionUID = 1;

    private final String idempotencyKey;

    UnknownOutcomeException(String code, String detail, String idempotencyKey) {
        super(code, detail);
        this.idempotencyKey = idempotencyKey;
    }

    /** The key that the write was sent with. */
    public String idempotencyKey() {
        return idempotencyKey;
    }
}
