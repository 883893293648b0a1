package fish.kv;

import java.util.function.Function;

/** How a write ended: one of three ways, never two. */
public sealed interface Outcome {
    /**
     * It ran, as durably as was asked. A transaction whose conditions did not hold ran too.
     *
     * @param replayed whether this is the answer of an earlier request with the same idempotency key
     */
    record Committed(TxnResult result, boolean replayed) implements Outcome {}

    /** Nothing happened, here or anywhere, and nothing will. */
    record Refused(Failure failure) implements Outcome {}

    /** It may have happened, or may yet. */
    record Unknown(Failure failure) implements Outcome {}

    default <R> R match(
            Function<? super Committed, ? extends R> committed,
            Function<? super Refused, ? extends R> refused,
            Function<? super Unknown, ? extends R> unknown) {
        if (this instanceof Committed c) {
            return committed.apply(c);
        }
        if (this instanceof Refused r) {
            return refused.apply(r);
        }
        return unknown.apply((Unknown) this);
    }

    static Outcome refused(Reason reason, String detail) {
        return new Refused(new Failure(reason, detail));
    }

    static Outcome unknown(Reason reason, String detail) {
        return new Unknown(new Failure(reason, detail));
    }
}
