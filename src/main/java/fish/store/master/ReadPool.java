package fish.store.master;

import fish.run.Threads;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Does what takes long for readers on the master: reads of many keys, and large answers. A few threads,
 * so that the pen finds a processor however many read. Thread-safe.
 */
final class ReadPool implements AutoCloseable {
    /** Reads that wait for a thread. */
    private static final int WAITING_MAX = 2_000;

    private static final int THREADS = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    private static final long IDLE_SECONDS = 10;

    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(
            THREADS,
            THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING_MAX),
            Threads.named("fish-master-reads"));

    ReadPool() {
        threads.allowCoreThreadTimeOut(true);
    }

    /**
     * @return false: too much waits, or it is closed; the work is not done
     */
    boolean run(Runnable work) {
        try {
            threads.execute(work);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    /** Takes nothing more, and does what it has taken. */
    @Override
    public void close() {
        threads.shutdown();
    }
}
