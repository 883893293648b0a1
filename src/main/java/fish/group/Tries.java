package fish.group;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** So many times within so long, and no more. Not thread-safe. */
final class Tries {
    private final int most;
    private final long windowNanos;
    private final Deque<Long> made = new ArrayDeque<>();

    Tries(int most, Duration window) {
        this.most = most;
        this.windowNanos = window.toNanos();
    }

    /**
     * Counts one more, if there may be one.
     *
     * @return whether there may
     */
    boolean another(long nowNanos) {
        while (!made.isEmpty() && nowNanos - made.getFirst() > windowNanos) {
            made.removeFirst();
        }
        if (made.size() >= most) {
            return false;
        }
        made.addLast(nowNanos);
        return true;
    }
}
