package fish.jefix;

import com.sleepycat.je.rep.stream.BaseProtocol;
import fish.budget.Share;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a replica has received and not applied yet, bounded in messages as JE asks and in bytes too. Of
 * what JE does with its queue, {@code offer} with a timeout, {@code poll} and {@code clear} are all there
 * is; nothing else keeps count. JE makes it, see {@link ReplayQueueFix}. Thread-safe.
 */
public final class ReplayQueue extends ArrayBlockingQueue<Object> {
    private static final long serialVersionUID = 1L;

    /** About what a message takes beside its record. */
    private static final long PER_MESSAGE_BYTES = 100;

    private final transient ToLongFunction<Object> size;
    private final long bytesMax;
    private final transient ReentrantLock lock = new ReentrantLock();
    private final transient Condition given = lock.newCondition();
    private long bytes;

    /** Takes the share of the heap that is for replication; one message of any size always. */
    public ReplayQueue(int messagesMax) {
        this(messagesMax, Share.REPLICATION.ofThisProcess(), ReplayQueue::sizeOf);
    }

    ReplayQueue(int messagesMax, long bytesMax, ToLongFunction<Object> size) {
        super(messagesMax);
        this.bytesMax = bytesMax;
        this.size = size;
    }

    private static long sizeOf(Object message) {
        return message instanceof BaseProtocol.Entry entry
                ? PER_MESSAGE_BYTES + entry.getWireRecord().getLogEntry().getSize()
                : PER_MESSAGE_BYTES;
    }

    /** Waits until there is room both ways; false after so long without. */
    @Override
    public boolean offer(Object message, long timeout, TimeUnit unit) throws InterruptedException {
        long count = size.applyAsLong(message);
        long left = take(count, unit.toNanos(timeout));
        if (left < 0) {
            return false;
        }
        boolean added = false;
        try {
            added = super.offer(message, left, TimeUnit.NANOSECONDS);
            return added;
        } finally {
            if (!added) {
                giveBack(count);
            }
        }
    }

    /** What is left of the time; negative: there was no room in it. */
    private long take(long count, long nanos) throws InterruptedException {
        long left = nanos;
        lock.lockInterruptibly();
        try {
            while (bytes > 0 && bytes + count > bytesMax) {
                if (left <= 0) {
                    return -1;
                }
                left = given.awaitNanos(left);
            }
            bytes += count;
            return Math.max(0, left);
        } finally {
            lock.unlock();
        }
    }

    private void giveBack(long count) {
        lock.lock();
        try {
            bytes -= count;
            given.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public @Nullable Object poll(long timeout, TimeUnit unit) throws InterruptedException {
        return taken(super.poll(timeout, unit));
    }

    @Override
    public @Nullable Object poll() {
        return taken(super.poll());
    }

    private @Nullable Object taken(@Nullable Object message) {
        if (message != null) {
            giveBack(size.applyAsLong(message));
        }
        return message;
    }

    @Override
    public void clear() {
        while (poll() != null) {
            // Each gives back what it took.
        }
    }
}
