package fish.http;

import fish.budget.ByteBudget;
import java.util.concurrent.atomic.AtomicInteger;

/** What all requests together may hold. Thread-safe; never blocks. */
final class Limits {
    private final int requestsMax;
    private final ByteBudget bodies;
    private final ByteBudget answers;
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger left = new AtomicInteger();

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

    ByteBudget answers() {
        return answers;
    }
}
