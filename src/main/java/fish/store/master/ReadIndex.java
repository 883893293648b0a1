package fish.store.master;

import fish.kv.Failure;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
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
    /** Whose commit is acknowledged, and not on disk yet. */
    private final ConcurrentLinkedQueue<Waiter> undurable = new ConcurrentLinkedQueue<>();
    /** Who only want to know how the batch under way ends. */
    private final ConcurrentLinkedQueue<Waiter> undecided = new ConcurrentLinkedQueue<>();

    private final AtomicInteger count = new AtomicInteger();
    /** In {@link #waiting}. */
    private final AtomicInteger ready = new AtomicInteger();

    private final int waitersMax;
    /** Whom the commit under way will confirm: their time can be up, or the mastership lost, before it ends. */
    private volatile List<Waiter> underway = List.of();
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
        return add(waiter, waiting);
    }

    private boolean add(Waiter waiter, ConcurrentLinkedQueue<Waiter> queue) {
        if (count.incrementAndGet() > waitersMax) {
            count.decrementAndGet();
            return false;
        }
        if (queue == waiting) {
            ready.incrementAndGet();
        }
        queue.add(waiter);
        return true;
    }

    /**
     * For one who wants no proof, and has seen what is not decided yet: he is settled by {@link #decided}.
     *
     * @return false: too many wait
     */
    boolean addUndecided(Waiter waiter) {
        return add(waiter, undecided);
    }

    /** What could be read is committed, or was taken back. Any thread. */
    void decided() {
        for (Waiter next = undecided.poll(); next != null; next = undecided.poll()) {
            count.decrementAndGet();
            next.settle(next.abortsBeforeRead != aborts);
        }
    }

    /** What this one read is committed, or was taken back, whatever others wait for. Any thread. */
    void decided(Waiter waiter) {
        if (undecided.remove(waiter)) {
            count.decrementAndGet();
            waiter.settle(waiter.abortsBeforeRead != aborts);
        }
    }

    /** The commit that they waited for was acknowledged; now they wait for a majority's disks. */
    void awaitDisk(List<Waiter> taken) {
        undurable.addAll(taken);
    }

    /** Whether somebody waits for disks. */
    boolean awaitsDisk() {
        return !undurable.isEmpty();
    }

    /** A majority has on disk what they saw. Any thread. */
    void onDisk(List<Waiter> taken) {
        undurable.removeAll(Set.copyOf(taken));
        confirm(taken);
    }

    /** How many wait. */
    int size() {
        return count.get();
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** How many the next commit would confirm. */
    int waiting() {
        return ready.get();
    }

    /** Those whom a commit that begins now will confirm. */
    List<Waiter> take() {
        List<Waiter> taken = new ArrayList<>();
        for (Waiter next = waiting.poll(); next != null; next = waiting.poll()) {
            ready.decrementAndGet();
            if (next.settled.get()) {
                count.decrementAndGet();
            } else {
                taken.add(next);
            }
        }
        underway = taken;
        return taken;
    }

    /** The commit has ended, and those whom {@link #take} gave were told or put back. */
    void ended() {
        underway = List.of();
    }

    /** The commit that they waited for was acknowledged. */
    void confirm(List<Waiter> taken) {
        count.addAndGet(-taken.size());
        int now = aborts;
        for (Waiter waiter : taken) {
            waiter.settle(waiter.abortsBeforeRead != now);
        }
    }

    /** The commit that they waited for was not acknowledged: they wait for the next. */
    void putBack(List<Waiter> taken) {
        for (Waiter waiter : taken) {
            if (!waiter.settled.get()) {
                ready.incrementAndGet();
                waiting.add(waiter);
            } else {
                count.decrementAndGet();
            }
        }
    }

    /** Ends those whose time is up. */
    void expire(long nowNanos, Failure failure) {
        for (Collection<Waiter> queue : List.of(waiting, underway, undurable, undecided)) {
            queue.forEach(waiter -> {
                if (waiter.overdue(nowNanos)) {
                    waiter.fail(failure);
                }
            });
        }
    }

    /** Ends all. */
    void failAll(Failure failure) {
        underway.forEach(waiter -> waiter.fail(failure));
        take().forEach(waiter -> waiter.fail(failure));
        undurable.forEach(waiter -> waiter.fail(failure));
        undecided.forEach(waiter -> waiter.fail(failure));
    }
}
