package fish.kv;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;

/** Gives request ids: 64 random bits of its own, and a count. Thread-safe. */
public final class RequestIds {
    private final long high = new SecureRandom().nextLong();
    private final AtomicLong low = new AtomicLong();

    public RequestId next() {
        return new RequestId(high, low.incrementAndGet());
    }
}
