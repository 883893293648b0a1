package fish.store.master;

import java.util.concurrent.TimeUnit;

/**
 * How long the pen waits before it begins a batch. Those whom the last batch answered come again one by one: if the first
 * of them had a commit by itself, all others would wait for the end of it, and half of all commits carried one. Where the
 * last batch had few, and so for one connection alone, nothing is waited for. For one thread.
 */
final class Company {
    /** After a batch of so many there is a wait, unless three quarters of as many are there already. */
    static final int MANY = 8;

    /** So long at most, and half of what the last one took. */
    static final long NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(1);

    private int lastSize;
    private long lastNanos;

    /** @param size requests that it answered, which took {@code nanos} together; none: it was for the pen's own ends */
    void committed(int size, long nanos) {
        if (size > 0) {
            lastSize = size;
            lastNanos = nanos;
        }
    }

    /** @param waiting requests that the next batch would have if it began now */
    long nanosFor(int waiting) {
        boolean alone = waiting > 0 && lastSize >= MANY && 4L * waiting < 3L * lastSize;
        return alone ? Math.min(lastNanos / 2, NANOS_MAX) : 0;
    }
}
