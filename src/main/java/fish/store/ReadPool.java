package fish.store;

import fish.run.Threads;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Which reads run on the thread that asks, and a few threads for all others: so that a thread which serves
 * connections does not wait for a disk, and the pen finds a processor however many read. Thread-safe.
 *
 * <p>A single record that JE has in memory is read in microseconds, less than it takes to hand it over.
 * Whether it is in memory JE does not say before; so the reads are {@link #timed}, and once one took longer
 * than {@value #SLOW_MILLIS} ms because of a disk or a record's lock, all are handed over for {@value
 * #CALM_MILLIS} ms: a thread waits for those for one record a second at most. What took as long for want of a
 * processor, or in a collector's pause, would only get slower by being handed over. Short work has threads of
 * its own, and does not wait behind long work.
 */
public final class ReadPool implements AutoCloseable {
    /** Reads that wait for a thread. */
    private static final int WAITING_MAX = 2_000;

    private static final long IDLE_SECONDS = 10;
    private static final long SLOW_MILLIS = 5;
    private static final long CALM_MILLIS = 1_000;

    private final ThreadPoolExecutor forLong;
    private final ThreadPoolExecutor forShort;
    private final LongSupplier waits;
    private volatile long waitsSeen;
    private volatile long slowNanos = System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(CALM_MILLIS);

    /**
     * @param name of the threads, of which there are half as many as processors for long work and for short
     * @param waits how often so far a read has had to wait for a disk or a lock; asked after a slow read alone, and may
     *     throw {@link UnavailableException}
     */
    public ReadPool(String name, LongSupplier waits) {
        this.waits = waits;
        forLong = threads(name);
        forShort = threads(name + "-short");
    }

    private static ThreadPoolExecutor threads(String name) {
        int count = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                count,
                count,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(WAITING_MAX),
                Threads.named(name));
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    /**
     * Does what takes long, on a thread of the pool.
     *
     * @return false: too much waits, or it is closed; the work is not done
     */
    public boolean run(Runnable work) {
        return handedOver(forLong, work);
    }

    /** Does what is short, as reading a single record, elsewhere than on the calling thread; as {@link #run}. */
    public boolean runShort(Runnable work) {
        return handedOver(forShort, work);
    }

    private static boolean handedOver(ThreadPoolExecutor threads, Runnable work) {
        if (threads.getQueue().remainingCapacity() == 0) {
            return false; // cheaper than an exception for each that comes again and again
        }
        try {
            threads.execute(work);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    /**
     * Reads little, as a single record: at once on the calling thread while that is quick, else as
     * {@link #runShort} does.
     *
     * @param atOnce what it throws is thrown here
     * @param later the same, some time after it was asked for
     * @return false: too much waits, or it is closed; the work is not done
     */
    public boolean runQuick(Runnable atOnce, Runnable later) {
        if (System.nanoTime() - slowNanos < TimeUnit.MILLISECONDS.toNanos(CALM_MILLIS)) {
            return runShort(later);
        }
        atOnce.run();
        return true;
    }

    /** Reads little, and sees how long that takes; what comes of it, as an answer that goes out, is left out. */
    public <T> T timed(Supplier<T> reading) {
        long began = System.nanoTime();
        try {
            return reading.get();
        } finally {
            long now = System.nanoTime();
            if (now - began > TimeUnit.MILLISECONDS.toNanos(SLOW_MILLIS) && haveWaited()) {
                slowNanos = now;
            }
        }
    }

    /** Whether any read did since this was asked last. */
    private boolean haveWaited() {
        long before = waitsSeen;
        try {
            long now = waits.getAsLong();
            waitsSeen = now;
            return now != before;
        } catch (UnavailableException e) {
            return true;
        }
    }

    /** Takes nothing more, and does what it has taken. */
    @Override
    public void close() {
        forLong.shutdown();
        forShort.shutdown();
    }
}
