package fish.budget;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * So many bytes and no more: taken, waited for, given back.
 *
 * <p>Small takings (at most {@value #SMALL_BYTES} bytes) may use all of it, larger ones only up to three
 * quarters, so that there is always room for the small ones; each kind waits in its own line, the small ones first: clients
 * in turn, and of each in the order in which it came. A taking larger than all of that waits until at most a quarter
 * is in use and then goes beyond: nothing waits for ever for being large.
 *
 * <p>Thread-safe. Nothing blocks but {@link #await}.
 */
public final class ByteBudget {
    /** The largest taking that is small. */
    public static final int SMALL_BYTES = 64 << 10;

    private final long bytesMax;
    private final long largeMax;
    private final @Nullable ByteBudget whole;
    private final AtomicLong used = new AtomicLong();
    private final Turns<Waiter> smalls = new Turns<>();
    private final Turns<Waiter> larges = new Turns<>();
    // Guarded by this.
    private long wanted;
    // Changed under the lock of this.
    private volatile int smallsWaiting;
    private volatile int largesWaiting;

    public ByteBudget(long bytesMax) {
        this(bytesMax, null);
    }

    private ByteBudget(long bytesMax, @Nullable ByteBudget whole) {
        if (bytesMax < 1) {
            throw new IllegalArgumentException("a budget has at least one byte, not " + bytesMax);
        }
        this.bytesMax = bytesMax;
        this.largeMax = bytesMax - bytesMax / 4;
        this.whole = whole;
    }

    /**
     * One part of so many of this, for whoever is to take no more than that: what is taken of it counts as taken here,
     * room or not.
     */
    public ByteBudget part(int parts) {
        return new ByteBudget(Math.max(1, bytesMax / parts), this);
    }

    /** Somebody who waits, to be called off. */
    public interface Waiting {
        /** Whether it was still waiting; then it never gets anything, and else it has what it asked for. */
        boolean cancel();
    }

    private final class Waiter implements Waiting {
        private final long bytes;
        private final Object client;
        private final Runnable taken;

        Waiter(long bytes, Object client, Runnable taken) {
            this.bytes = bytes;
            this.client = client;
            this.taken = taken;
        }

        @Override
        public boolean cancel() {
            synchronized (ByteBudget.this) {
                if (!(bytes <= SMALL_BYTES ? smalls : larges).remove(client, this)) {
                    return false;
                }
                count(-bytes);
            }
            serve();
            return true;
        }
    }

    public long bytesMax() {
        return bytesMax;
    }

    /** Taken now; may be more than there is, after {@link #force}. */
    public long used() {
        return used.get();
    }

    /** How many wait. */
    public int waiting() {
        return smallsWaiting + largesWaiting;
    }

    /** How many bytes all that wait want together. */
    public synchronized long wanted() {
        return wanted;
    }

    /** Whether there is room for a small taking now. */
    public boolean hasRoom() {
        return used.get() < bytesMax;
    }

    /** Takes so many bytes, if there is room and nobody of that kind waits. */
    public boolean tryTake(long bytes) {
        boolean small = bytes <= SMALL_BYTES;
        return (small ? smallsWaiting : largesWaiting) == 0 && takeNow(bytes);
    }

    private boolean takeNow(long bytes) {
        long max = bytes <= SMALL_BYTES ? bytesMax : largeMax;
        long counted = Math.min(bytes, bytesMax / 2);
        while (true) {
            long before = used.get();
            if (before + counted > max) {
                return false;
            }
            if (used.compareAndSet(before, before + bytes)) {
                if (whole != null) {
                    whole.force(bytes);
                }
                return true;
            }
        }
    }

    /** Takes so many bytes, room or not: they are there already. Others wait the longer. */
    public void force(long bytes) {
        used.addAndGet(bytes);
        if (whole != null) {
            whole.force(bytes);
        }
    }

    /** Gives so many bytes back, and serves who waits, on this thread. */
    public void give(long bytes) {
        used.addAndGet(-bytes);
        if (smallsWaiting + largesWaiting > 0) {
            serve();
        }
        if (whole != null) {
            whole.give(bytes);
        }
    }

    /** As the other, for a client of its own. */
    public Waiting take(long bytes, Runnable taken) {
        return take(bytes, new Object(), taken);
    }

    /**
     * Takes so many bytes as soon as there is room.
     *
     * @param client for whom: each has its turn, however many takings of another wait
     * @param taken runs once they are taken: at once on this thread, or later on one that gives back; must
     *     not block or throw
     */
    public Waiting take(long bytes, Object client, Runnable taken) {
        Waiter waiter = new Waiter(bytes, client, taken);
        if (tryTake(bytes)) {
            taken.run();
            return () -> false;
        }
        synchronized (this) {
            (bytes <= SMALL_BYTES ? smalls : larges).add(client, waiter);
            count(bytes);
        }
        // Somebody may have given back between the question and the waiting.
        serve();
        return waiter;
    }

    /**
     * Takes so many bytes, waiting for them at most so long. Blocks.
     *
     * @return false: there was no room in time, and nothing is taken
     */
    public boolean await(long bytes, long timeoutNanos) throws InterruptedException {
        CountDownLatch taken = new CountDownLatch(1);
        Waiting waiting = take(bytes, taken::countDown);
        try {
            return taken.await(timeoutNanos, TimeUnit.NANOSECONDS) || !waiting.cancel();
        } catch (InterruptedException e) {
            if (!waiting.cancel()) {
                give(bytes);
            }
            throw e;
        }
    }

    private void serve() {
        for (Waiter next = next(); next != null; next = next()) {
            next.taken.run();
        }
    }

    private synchronized @Nullable Waiter next() {
        for (Turns<Waiter> line : List.of(smalls, larges)) {
            Waiter first = line.first();
            if (first != null && takeNow(first.bytes)) {
                line.removeFirst();
                count(-first.bytes);
                return first;
            }
        }
        return null;
    }

    private void count(long more) {
        wanted += more;
        smallsWaiting = smalls.size();
        largesWaiting = larges.size();
    }
}
