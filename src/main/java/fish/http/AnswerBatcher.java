package fish.http;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.xnio.XnioIoThread;

/**
 * Brings answers from any thread to one I/O thread, all that are waiting in one task: waking the thread
 * is the dear part. Holds at most a few entries for each request in flight, which are bounded.
 */
final class AnswerBatcher implements Runnable {
    private final XnioIoThread thread;
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean woken = new AtomicBoolean();

    AnswerBatcher(XnioIoThread thread) {
        this.thread = thread;
    }

    boolean here() {
        return Thread.currentThread() == thread;
    }

    /** Runs it on the I/O thread soon; drops it where the server has stopped. It must not throw. */
    void put(Runnable task) {
        waiting.add(task);
        if (woken.compareAndSet(false, true)) {
            try {
                thread.execute(this);
            } catch (RejectedExecutionException e) {
                waiting.clear(); // stopped: every connection is closed
            }
        }
    }

    @Override
    public void run() {
        // First this, so that whoever comes after the last poll wakes the thread again.
        woken.set(false);
        for (Runnable task = waiting.poll(); task != null; task = waiting.poll()) {
            task.run();
        }
    }
}
