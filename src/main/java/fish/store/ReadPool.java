package fish.store;

import fish.run.Threads;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Which reads run on the thread that asks, and a few threads for all others: so that a thread which serves
 * connections does not wait for a disk, and the pen finds a processor however many read. Thread-safe.
 *
 * <p>A single record that JE has in memory is read in microseconds, less than it takes to hand it over.
 * Whether it is in memory JE does not say before; so the reads are timed, and once one took longer than
 * {@value #SLOW_MILLIS} ms, all are handed over for {@value #CALM_MILLIS} ms. A thread waits for a disk, or
 * for a record's lock, for one record a second at most.
 */
public final class ReadPool implements AutoCloseable {
    /** Reads that wait for a thread. */
    private static final int WAITING_MAX = 2_000;

    private static final long IDLE_SECONDS = 10;
    private static final long SLOW_MILLIS = 5;
    private static final long CALM_MILLIS = 1_000;

    private final ThreadPoolExecutor threads;
    private volatile long slowNanos = System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(CALM_MILLIS);

    /** @param name of the threads, of which there are half as many as processors */
    public ReadPool(String name) {
        int count = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        threads = new ThreadPoolExecutor(
                count,
                count,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(WAITING_MAX),
                Threads.named(name));
        threads.allowCoreThreadTimeOut(true);
    }

    /**
     * Does what takes long, on a thread of the pool.
     *
     * @return false: too much waits, or it is closed; the work is not done
     */
    public boolean run(Runnable work) {
        try {
            threads.execute(work);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    /**
     * Reads little, as a single record: at once on the calling thread while that is quick, else as {@link #run}
     * does.
     *
     * @param reading what it throws on the calling thread is thrown here
     * @return false: too much waits, or it is closed; the work is not done
     */
    public boolean runQuick(Runnable reading) {
        long began = System.nanoTime();
        if (began - slowNanos < TimeUnit.MILLISECONDS.toNanos(CALM_MILLIS)) {
            return run(() -> timed(reading, System.nanoTime()));
        }
        timed(reading, began);
        return true;
    }

    private void timed(Runnable reading, long beganNanos) {
        try {
            reading.run();
        } finally {
            long now = System.nanoTime();
            if (now - beganNanos > TimeUnit.MILLISECONDS.toNanos(SLOW_MILLIS)) {
                slowNanos = now;
            }
        }
    }

    /** Takes nothing more, and does what it has taken. */
    @Override
    public void close() {
        threads.shutdown();
    }
}
