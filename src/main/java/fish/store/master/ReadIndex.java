package fish.store.master;

import fish.kv.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Strong reads that wait for a commit which began after they had read: that it is acknowledged proves
 * that this node was still followed by a majority after the read, and, since acknowledgements come in the
 * order of the log, that what was read is held by a majority too. (The other order, confirming before
 * reading, would show what can still be lost.)
 *
 * <p>Reads see what the pen has written and not committed yet. If the pen then takes it back, every read
 * that began before must be done again; {@link #aborts} is how they are told apart. Thread-safe; one
 * thread, the pen's, takes and settles.
 */
final class ReadIndex {
    /** Takes how a confirmation ended: one of the three, once. Must not block. */
    interface Reader {
        void confirmed();

        /** What was read may never have been committed. */
        void readAgain();

        void failed(Failure failure);
    }

    /** One read that waits. */
    static final class Waiter {
        private final Reader reader;
        private final int abortsBeforeRead;
        private final long deadlineNanos;
        private final AtomicBoolean settled = new AtomicBoolean();

        Waiter(Reader reader, int abortsBeforeRead, long deadlineNanos) {
            this.reader = reader;
            this.abortsBeforeRead = abortsBeforeRead;
            this.deadlineNanos = deadlineNanos;
        }

        boolean overdue(long nowNanos) {
            return nowNanos - deadlineNanos >= 0;
        }

        void fail(Failure failure) {
            if (settled.compareAndSet(false, true)) {
                reader.failed(failure);
            }
        }

        private void settle(boolean again) {
            if (settled.compareAndSet(false, true)) {
                if (again) {
                    reader.readAgain();
                } else {
                    reader.confirmed();
                }
            }
        }
    }

    private final ConcurrentLinkedQueue<Waiter> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();
    private final int waitersMax;
    // Written by the pen alone.
    private volatile int aborts;

    ReadIndex(int waitersMax) {
        this.waitersMax = waitersMax;
    }

    /** To be asked before reading. */
    int aborts() {
        return aborts;
    }

    /** The pen has taken something back, and it can no longer be read. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    void aborted() {
        aborts++;
    }

    /**
     * @return false: too many wait
     */
    boolean add(Waiter waiter) {
        if (count.incrementAndGet() > waitersMax) {
            count.decrementAndGet();
            return false;
        }
        waiting.add(waiter);
        return true;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Those whom a commit that begins now will confirm. */
    List<Waiter> take() {
        List<Waiter> taken = new ArrayList<>();
        for (Waiter next = waiting.poll(); next != null; next = waiting.poll()) {
            count.decrementAndGet();
            if (!next.settled.get()) {
                taken.add(next);
            }
        }
        return taken;
    }

    /** The commit that they waited for was acknowledged. */
    void confirm(List<Waiter> taken) {
        int now = aborts;
        for (Waiter waiter : taken) {
            waiter.settle(waiter.abortsBeforeRead != now);
        }
    }

    /** The commit that they waited for was not acknowledged: they wait for the next. */
    void putBack(List<Waiter> taken) {
        for (Waiter waiter : taken) {
            if (!waiter.settled.get()) {
                count.incrementAndGet();
                waiting.add(waiter);
            }
        }
    }

    /** Ends those whose time is up. */
    void expire(long nowNanos, Failure failure) {
        waiting.forEach(waiter -> {
            if (waiter.overdue(nowNanos)) {
                waiter.fail(failure);
            }
        });
    }
}
