package fish.store.master;

import fish.kv.Failure;
import fish.kv.Reason;

/** A transaction that may not be done as things are; it has written nothing. */
final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Failure failure;

    RefusedException(Reason reason, String detail) {
        super(detail, null, false, false);
        this.failure = new Failure(reason, detail);
    }

    Failure failure() {
        return failure;
    }
}
