package fish.api;

import java.util.concurrent.atomic.AtomicLong;

/** What all watchers together may have waiting for them. Thread-safe. */
final class ChangeBudget {
    /** Of encoded commits, in pages and in streams. */
    static final long BYTES_MAX = 64 << 20;

    private final long bytesMax;
    private final AtomicLong bytes = new AtomicLong();

    ChangeBudget(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    boolean hasRoom() {
        return bytes.get() < bytesMax;
    }

    void take(long count) {
        bytes.addAndGet(count);
    }

    void giveBack(long count) {
        bytes.addAndGet(-count);
    }
}
