package fish.store.master;

import fish.budget.OverloadLimit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What waits for the pen, in the order in which it came; bounded in tasks and in bytes, and
 * by how long it waits. Any thread adds,
 * the pen's thread alone takes out and sleeps here.
 */
final class PenQueue {
    private final ConcurrentLinkedQueue<WriteTask> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();
    /** In {@link #tasks}. */
    private final AtomicInteger ready = new AtomicInteger();

    private final AtomicLong bytes = new AtomicLong();
    private final int tasksMax;
    private final long bytesMax;
    private final OverloadLimit limit = new OverloadLimit();
    private volatile @Nullable Thread sleeper;

    PenQueue(int tasksMax, long bytesMax) {
        this.tasksMax = tasksMax;
        this.bytesMax = bytesMax;
    }

    /**
     * Counts it as waiting, without putting it where the pen takes it from.
     *
     * @return false: there is no room
     */
    boolean reserve(WriteTask task) {
        int waiting = count.incrementAndGet();
        // One that may have happened is not refused for that: nobody would know.
        boolean tooSlow = !task.write().sentBefore() && !limit.admits(waiting);
        if (waiting > tasksMax || tooSlow) {
            count.decrementAndGet();
            return false;
        }
        if (bytes.addAndGet(task.bytes()) > bytesMax) {
            count.decrementAndGet();
            bytes.addAndGet(-task.bytes());
            return false;
        }
        return true;
    }

    /** Adds what was {@linkplain #reserve counted}. */
    void addReserved(WriteTask task) {
        ready.incrementAndGet();
        tasks.add(task);
        wake();
    }

    int size() {
        return count.get();
    }

    /** Those that the pen can take now. */
    int ready() {
        return ready.get();
    }

    /** A commit took so long. */
    void committed(long nanos) {
        limit.takes(nanos);
    }

    /** The pen takes nothing, for there is no majority: who waits meanwhile is not too many. */
    void held() {
        limit.waited(0);
    }

    boolean isEmpty() {
        return tasks.isEmpty();
    }

    /** Wakes the pen, if it sleeps. */
    void wake() {
        Thread asleep = sleeper;
        if (asleep != null) {
            LockSupport.unpark(asleep);
        }
    }

    /** The pen sleeps until something is added or somebody {@linkplain #wake wakes} it, at most so long. */
    void sleep(long nanos, java.util.function.BooleanSupplier wanted) {
        sleeper = Thread.currentThread();
        try {
            if (tasks.isEmpty() && !wanted.getAsBoolean()) {
                LockSupport.parkNanos(this, nanos);
            }
        } finally {
            sleeper = null;
        }
    }

    /** What may go into one batch: at least one task, if there is one, and no more than the bounds. */
    List<WriteTask> takeOut(int tasksBound, long bytesBound) {
        List<WriteTask> taken = new ArrayList<>();
        long sum = 0;
        WriteTask first = tasks.peek();
        limit.waited(first == null ? 0 : System.nanoTime() - first.sinceNanos());
        while (taken.size() < tasksBound) {
            WriteTask next = tasks.peek();
            if (next == null || (!taken.isEmpty() && sum + next.bytes() > bytesBound)) {
                break;
            }
            tasks.remove();
            ready.decrementAndGet();
            count.decrementAndGet();
            bytes.addAndGet(-next.bytes());
            sum += next.bytes();
            taken.add(next);
        }
        return taken;
    }

    /** For looking at only. */
    void forEach(Consumer<WriteTask> look) {
        tasks.forEach(look);
    }
}
