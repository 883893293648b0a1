package fish.group;

import fish.kv.Failure;

/** The environment is not open, now or for good. */
public final class NotOpenException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Failure failure;

    NotOpenException(Failure failure) {
        super(failure.detail());
        this.failure = failure;
    }

    public Failure failure() {
        return failure;
    }
}
