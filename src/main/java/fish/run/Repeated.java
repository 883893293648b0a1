package fish.run;

import java.util.function.LongSupplier;

/**
 * Something that goes wrong again and again, and is told when it begins, when it changes, and seldom in
 * between: after a second, two, four, and so on up to once in ten minutes. For one thread.
 */
public final class Repeated {
    private static final long FIRST_NANOS = 1_000_000_000L;
    private static final long PAUSE_NANOS_MAX = 600_000_000_000L;

    private final LongSupplier nanoTime;
    private String told = "";
    private long nextNanos;
    private long pauseNanos = FIRST_NANOS;

    /**
     * @param nanoTime as {@link System#nanoTime}
     */
    public Repeated(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Whether this is to be told now. */
    public boolean isNews(String what) {
        long now = nanoTime.getAsLong();
        if (!what.equals(told)) {
            told = what;
            pauseNanos = FIRST_NANOS;
        } else if (now - nextNanos < 0) {
            return false;
        } else {
            pauseNanos = Math.min(2 * pauseNanos, PAUSE_NANOS_MAX);
        }
        nextNanos = now + pauseNanos;
        return true;
    }

    /** It went well: what comes next is news. */
    public void over() {
        told = "";
    }
}
