package fish.store;

import fish.kv.Failure;
import fish.kv.Reason;
import fish.kv.Txn;

/** A transaction's gets would answer, or its touches write, more than one may hold. Nothing was written. */
public final class TooLargeException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public TooLargeException() {
        super("what the gets of a transaction answer is at most " + Txn.ANSWER_BYTES_MAX
                + " bytes of values, and so is what its touches write anew");
    }

    public Failure failure() {
        return new Failure(Reason.TOO_LARGE, String.valueOf(getMessage()));
    }
}
