package fish.http;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What all requests together may hold. Thread-safe; never blocks. */
final class Limits {
    private final int requestsMax;
    private final long bytesMax;
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger left = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();

    Limits(int requestsMax, long bytesMax) {
        this.requestsMax = requestsMax;
        this.bytesMax = bytesMax;
    }

    /** Counts a request in, also one too many, which is to be refused; {@link #giveBack} counts it out. */
    boolean enter() {
        return requests.incrementAndGet() <= requestsMax;
    }

    boolean takeBytes(long count) {
        if (bytes.addAndGet(count) <= bytesMax) {
            return true;
        }
        bytes.addAndGet(-count);
        return false;
    }

    void giveBack(long byteCount) {
        bytes.addAndGet(-byteCount);
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

    long bytes() {
        return bytes.get();
    }
}
