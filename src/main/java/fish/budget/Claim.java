package fish.budget;

import fish.kv.Room;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** What one request holds of a budget, as it changes, until it is closed. Thread-safe; nothing blocks. */
public final class Claim implements Room, AutoCloseable {
    private final ByteBudget budget;
    private final Object client;
    private final Executor later;

    // Guarded by this.
    private long held;
    private @Nullable Pending pending;
    private boolean closed;

    /** As the other, of a client of its own. */
    public Claim(ByteBudget budget, Executor later) {
        this(budget, new Object(), later);
    }

    /**
     * Nothing is held yet.
     *
     * @param client whose request it is; see {@link ByteBudget#take(long, Object, Runnable)}
     * @param later runs what had to wait; may reject it, and then nothing is held for it
     */
    public Claim(ByteBudget budget, Object client, Executor later) {
        this.budget = budget;
        this.client = client;
        this.later = later;
    }

    /** In bytes. */
    public synchronized long held() {
        return held;
    }

    @Override
    public synchronized boolean waiting() {
        return pending != null;
    }

    /** Has this claim hold so many bytes, room or not; they are there already. */
    public void force(long bytes) {
        long more;
        synchronized (this) {
            if (closed) {
                return;
            }
            more = bytes - held;
            held = bytes;
        }
        change(more);
    }

    private void change(long more) {
        if (more < 0) {
            budget.give(-more);
        } else {
            budget.force(more);
        }
    }

    /** Has this claim hold so many bytes more, if there is room now. */
    public synchronized boolean grow(long more) {
        if (closed || !budget.tryTake(more)) {
            return false;
        }
        held += more;
        return true;
    }

    /**
     * {@inheritDoc}
     *
     * <p>What was held for a large answer may grow beyond the budget, and small answers always may: both
     * were waited for. A small one that turns out large may not.
     */
    @Override
    public boolean correct(long bytes) {
        long back;
        synchronized (this) {
            if (closed || bytes <= held || bytes <= ByteBudget.SMALL_BYTES || held > ByteBudget.SMALL_BYTES) {
                back = -1;
            } else {
                back = held;
                held = 0;
            }
        }
        if (back < 0) {
            force(bytes);
            return true;
        }
        budget.give(back);
        return grow(bytes);
    }

    @Override
    public void take(long bytes, Runnable go) {
        force(0);
        takeMore(bytes, go);
    }

    /** As {@link #take}, besides what is held. */
    public void takeMore(long bytes, Runnable go) {
        if (budget.tryTake(bytes)) {
            hold(bytes, go);
            return;
        }
        Pending asking = new Pending(bytes, go);
        synchronized (this) {
            if (closed) {
                return;
            }
            pending = asking;
        }
        asking.waiting = budget.take(bytes, client, asking::taken);
    }

    private void hold(long bytes, Runnable go) {
        boolean wanted;
        synchronized (this) {
            pending = null;
            wanted = !closed;
            held += wanted ? bytes : 0;
        }
        if (wanted) {
            go.run();
        } else {
            budget.give(bytes);
        }
    }

    /** A taking that waits. */
    private final class Pending {
        private final long bytes;
        private final Runnable go;
        private volatile ByteBudget.@Nullable Waiting waiting;

        Pending(long bytes, Runnable go) {
            this.bytes = bytes;
            this.go = go;
        }

        void taken() {
            try {
                later.execute(() -> hold(bytes, go));
            } catch (RejectedExecutionException e) {
                budget.give(bytes);
            }
        }

        void cancel() {
            // Where it is not known yet, it is given back as soon as it is taken.
            ByteBudget.Waiting asked = waiting;
            if (asked != null) {
                asked.cancel();
            }
        }
    }

    /** Gives everything back; nothing is held or waited for afterwards. May come twice. */
    @Override
    public void close() {
        long back;
        Pending calledOff;
        synchronized (this) {
            closed = true;
            back = held;
            held = 0;
            calledOff = pending;
            pending = null;
        }
        if (calledOff != null) {
            calledOff.cancel();
        }
        if (back > 0) {
            budget.give(back);
        }
    }
}
