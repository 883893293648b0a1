package fish.store;

import fish.kv.Failure;

/** The store cannot be read now. */
public final class UnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Failure failure;

    public UnavailableException(Failure failure) {
        super(failure.detail());
        this.failure = failure;
    }

    public Failure failure() {
        return failure;
    }
}
