package fish.run;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * One thread that looks at things again and again: for deadlines of many requests, where a coarse sweep costs
 * less than a timer for each. Thread-safe.
 */
public final class Sweeper implements AutoCloseable {
    private final String name;
    private final long periodMillis;
    private final ScheduledExecutorService thread;

    /**
     * @param name of the thread
     * @param periodMillis from the end of one sweep to the beginning of the next
     */
    public Sweeper(String name, long periodMillis) {
        this.name = name;
        this.periodMillis = periodMillis;
        this.thread = Threads.timer(name);
    }

    /** @param sweep what it throws ends the sweeping without a word */
    @SuppressWarnings("FutureReturnValueIgnored") // ends with the thread
    public void start(Runnable sweep) {
        thread.scheduleWithFixedDelay(sweep, periodMillis, periodMillis, TimeUnit.MILLISECONDS);
    }

    /**
     * @param sweep what it throws ends the sweeping
     * @param guard told if it does
     */
    public void start(Runnable sweep, Guard guard) {
        start(guard.lasting(name, sweep));
    }

    /** Sweeps no more, once the sweep under way has ended. May come twice. */
    @Override
    public void close() {
        thread.shutdown();
    }
}
