package fish.run;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * One thread that looks at things again and again: often while something waits there, seldom while nothing does, so that
 * a node which is asked nothing sleeps. Thread-safe.
 */
public final class Lookout implements AutoCloseable {
    private final String name;
    private final long periodNanos;
    private final long idleNanos;
    private volatile boolean idle;
    private volatile boolean closed;
    private volatile Thread thread;

    // Its thread's alone.
    private boolean busy;

    /**
     * @param name of the thread
     * @param periodMillis from the end of one look to the beginning of the next while something waits
     * @param idleMillis and at most while nothing does
     */
    public Lookout(String name, long periodMillis, long idleMillis) {
        this.name = name;
        this.periodNanos = TimeUnit.MILLISECONDS.toNanos(periodMillis);
        this.idleNanos = TimeUnit.MILLISECONDS.toNanos(idleMillis);
        this.thread = Threads.daemon(name, () -> {});
    }

    /**
     * Once.
     *
     * @param look whether something waits; what it throws ends the looking
     * @param guard told if it does
     */
    public void start(BooleanSupplier look, Guard guard) {
        Runnable once = guard.lasting(name, () -> busy = look.getAsBoolean());
        thread = Threads.daemon(name, () -> run(once));
        thread.start();
    }

    private void run(Runnable once) {
        while (!closed) {
            // Before it looks: for what comes meanwhile, and is not seen any more, it is woken.
            idle = true;
            once.run();
            if (busy) {
                idle = false;
            }
            LockSupport.parkNanos(this, busy ? periodNanos : idleNanos);
        }
    }

    /** Something has come that it is to look at soon. Cheap where it looks often already. */
    public void wake() {
        if (idle) {
            idle = false;
            LockSupport.unpark(thread);
        }
    }

    /** Looks no more, once the look under way has ended. May come twice. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
