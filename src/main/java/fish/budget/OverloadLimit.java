package fish.budget;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Whether one more request of a kind is taken on, by how long the others wait: so that whoever is served
 * is served about as fast as when just enough come, however many come.
 *
 * <p>A burst waits: up to {@value #BURST} at a time are always taken, and any number as long as the quickest
 * of the last {@value #STANDING_MILLIS} ms did not wait for {@value #WAIT_MILLIS} ms, or where one takes long
 * by itself, for twice of what is waited while there are few. What waits longer than that all the time does
 * not work off a burst, it is a queue that stands. Then one more is refused, and from there on all beyond
 * {@value #PRESSED}, until for {@value #CALM_MILLIS} ms nobody had to be: with fewer at a time as much is done,
 * and sooner. Thread-safe; does not block.
 */
public final class OverloadLimit {
    /** Taken on at a time, of one kind, whatever they wait. */
    public static final int BURST = 1_024;

    /** And while more come than can be served. */
    public static final int PRESSED = 128;

    /** With no more at a time, what one waits is about what it takes. */
    private static final int FEW = 64;

    private static final int USUAL_OF = 16;

    private static final int WAIT_MILLIS = 50;
    private static final int STANDING_MILLIS = 500;
    private static final int CALM_MILLIS = 1_000;

    private static final long WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(WAIT_MILLIS);
    private static final long STANDING_NANOS = TimeUnit.MILLISECONDS.toNanos(STANDING_MILLIS);
    private static final long USUAL_NANOS_MAX = STANDING_NANOS / 2;
    private static final long CALM_NANOS = TimeUnit.MILLISECONDS.toNanos(CALM_MILLIS);

    private final LongSupplier clock;
    private volatile long quickNanos;
    private volatile long refusedNanos;
    /** An average of what was waited lately while there were few. */
    private volatile long usualNanos;
    /** The same of what one takes by itself, where that is known. */
    private volatile long takesNanos;

    private volatile boolean few = true;

    public OverloadLimit() {
        this(System::nanoTime);
    }

    OverloadLimit(LongSupplier clock) {
        this.clock = clock;
        this.quickNanos = clock.getAsLong();
        this.refusedNanos = quickNanos - CALM_NANOS;
    }

    /** @param count how many there are with it */
    public boolean admits(int count) {
        boolean fewNow = count <= FEW;
        if (few != fewNow) {
            few = fewNow; // seldom written, for all threads read it
        }
        if (count <= PRESSED) {
            return true;
        }
        long now = clock.getAsLong();
        boolean pressed = now - refusedNanos < CALM_NANOS;
        if (!pressed && (count <= BURST || now - quickNanos < STANDING_NANOS)) {
            return true;
        }
        refusedNanos = now;
        return false;
    }

    /** One has waited so long; nobody waits: 0. */
    public void waited(long nanos) {
        long usual = usualNanos;
        if (nanos < Math.max(WAIT_NANOS, 2 * Math.max(usual, takesNanos))) {
            quickNanos = clock.getAsLong();
        }
        if (few && nanos > 0) {
            // Threads that meet here lose one of many, which is of no account.
            usualNanos = usual + (Math.min(nanos, USUAL_NANOS_MAX) - usual) / USUAL_OF;
        }
    }

    /**
     * One, or some together, took so long by itself: between distant nodes a new master knows by that, before there were
     * ever few, what cannot be done sooner. For one thread.
     */
    public void takes(long nanos) {
        long known = takesNanos;
        takesNanos = known + (Math.min(nanos, USUAL_NANOS_MAX) - known) / USUAL_OF;
    }
}
