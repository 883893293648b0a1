package fish.run;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads with names, which is how they are told apart in a dump and in a profile. */
public final class Threads {
    private static final System.Logger LOG = System.getLogger(Threads.class.getName());

    private Threads() {}

    /** A daemon: it does not keep the process alive. Not started. */
    public static Thread daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    /** For pools: daemons {@code prefix-1}, {@code prefix-2}, … */
    public static ThreadFactory named(String prefix) {
        AtomicInteger count = new AtomicInteger();
        return work -> daemon(prefix + "-" + count.incrementAndGet(), work);
    }

    /** For what is done again and again by a timer, which would do it no more once it has thrown. */
    public static Runnable surviving(Runnable work) {
        return () -> {
            try {
                work.run();
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.WARNING, "this time it failed, and is tried again", e);
            }
        };
    }

    /** One daemon that runs things in time. Whoever makes it shuts it down. */
    public static ScheduledExecutorService timer(String name) {
        return Executors.newSingleThreadScheduledExecutor(work -> daemon(name, work));
    }
}
