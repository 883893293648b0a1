package fish.http;

import fish.budget.ByteBudget;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What all requests together may hold. Thread-safe; never blocks. */
final class Limits {
    private static final int WAITING_PART = 8;

    private final int requestsMax;
    private final ByteBudget bodies;
    private final ByteBudget answers;
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger left = new AtomicInteger();
    private final AtomicLong heldWaiting = new AtomicLong();

    Limits(int requestsMax, ByteBudget bodies, ByteBudget answers) {
        this.requestsMax = requestsMax;
        this.bodies = bodies;
        this.answers = answers;
    }

    /** Counts a request in, also one too many, which is to be refused; {@link #exit} counts it out. */
    boolean enter() {
        return requests.incrementAndGet() <= requestsMax;
    }

    void exit() {
        requests.decrementAndGet();
    }

    /** Somebody answers by himself, until {@link #comeBack}. */
    void leave() {
        left.incrementAndGet();
    }

    void comeBack() {
        left.decrementAndGet();
    }

    int left() {
        return left.get();
    }

    int requests() {
        return requests.get();
    }

    /** For bodies, and what is made of them. */
    ByteBudget bodies() {
        return bodies;
    }

    /**
     * Whether a body that holds so much may wait for more: an eighth of the room is for such, since none of it comes back
     * before others give theirs. {@link #endWaiting} gives it back.
     */
    boolean beginWaiting(long holds) {
        long max = Math.max(bodies.bytesMax() / WAITING_PART, ByteBudget.SMALL_BYTES);
        if (heldWaiting.addAndGet(holds) <= max) {
            return true;
        }
        heldWaiting.addAndGet(-holds);
        return false;
    }

    void endWaiting(long holds) {
        heldWaiting.addAndGet(-holds);
    }

    ByteBudget answers() {
        return answers;
    }
}
