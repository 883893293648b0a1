package fish.run;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Watches the threads that a node cannot do without: if one ends before the node does, whatever ended it,
 * the node is told by name and why, and ends too, rather than go on as half a node. Thread-safe.
 */
public final class Guard implements AutoCloseable {
    private final Consumer<String> ended;
    private final AtomicBoolean over = new AtomicBoolean();

    /**
     * @param ended told once, on the thread that ends; must not block
     */
    public Guard(Consumer<String> ended) {
        this.ended = ended;
    }

    /** A daemon, not started, that must live until the guard is closed. */
    public Thread thread(String name, Runnable work) {
        return Threads.daemon(name, () -> {
            String why = "it returned";
            try {
                work.run();
            } catch (Throwable e) {
                why = e.toString();
                throw e;
            } finally {
                tell(name, why);
            }
        });
    }

    /** Something that a timer repeats, and would silently repeat no more once it has thrown. */
    public Runnable lasting(String name, Runnable repeated) {
        return () -> {
            try {
                repeated.run();
            } catch (Throwable e) {
                tell(name, e.toString());
                throw e;
            }
        };
    }

    private void tell(String name, String why) {
        if (over.compareAndSet(false, true)) {
            ended.accept("the thread " + name + " has ended: " + why);
        }
    }

    /** From now on threads may end. May come twice. */
    @Override
    public void close() {
        over.set(true);
    }
}
