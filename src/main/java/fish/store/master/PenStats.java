package fish.store.master;

import java.util.concurrent.atomic.LongAdder;

/** Counts of what a pen did since it was made. Thread-safe. */
public final class PenStats {
    final LongAdder batches = new LongAdder();
    final LongAdder writes = new LongAdder();
    final LongAdder readIndex = new LongAdder();
    final LongAdder expired = new LongAdder();

    /** JE commits that carried writes. */
    public long batches() {
        return batches.sum();
    }

    /** Requests that those commits carried. */
    public long writes() {
        return writes.sum();
    }

    /** Strong reads that a commit confirmed. */
    public long readIndex() {
        return readIndex.sum();
    }

    /** Records whose TTL ended. */
    public long expired() {
        return expired.sum();
    }
}
