package fish.store.replica;

import fish.kv.Consistency;
import fish.kv.Failure;
import fish.kv.Read;
import fish.kv.ReadOutcome;
import fish.kv.Reason;
import fish.run.Guard;
import fish.run.Threads;
import fish.store.NoRoomException;
import fish.store.Store;
import fish.store.StoreFormatException;
import fish.store.TooLargeException;
import fish.store.UnavailableException;
import fish.store.View;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Reads of a node's own replica, whatever it has or from a revision or an age on; each sees one state,
 * and they work without a master. What cannot be answered at once waits for one thread that looks again
 * and again. Thread-safe; answers come on the caller's thread or on that one.
 */
public final class LocalReads implements AutoCloseable {
    private static final int WAITING_MAX = 10_000;
    private static final long TICK_MILLIS = 2;
    private static final long ASK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long ASK_IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** While a read waits until the replica is young enough. */
    private static final long ASK_WAITING_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private record Waiter(Read read, Consumer<? super ReadOutcome> answer) {}

    private final Supplier<Store> store;
    private final String node;
    private final Freshness freshness;
    private final ConcurrentLinkedQueue<Waiter> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();
    private final ScheduledExecutorService poller = Threads.timer("fish-local-reads");

    private volatile long lastReadNanos = System.nanoTime();
    private volatile boolean closing;

    /**
     * @param store the open one; may throw {@link UnavailableException}
     * @param node the name that answers carry
     * @param master sends a strong read to the master, as a {@link fish.kv.Service} would; asked for the
     *     replica's age once this has started
     */
    public LocalReads(Supplier<Store> store, String node, BiConsumer<Read, Consumer<? super ReadOutcome>> master) {
        this.store = store;
        this.node = node;
        this.freshness = new Freshness(master::accept);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // ends with the poller
    public void start(Guard guard) {
        poller.scheduleWithFixedDelay(
                guard.lasting("fish-local-reads", this::tick), TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Answers at once where it can, reading from disk on the calling thread; else by the deadline. */
    public void read(Read read, Consumer<? super ReadOutcome> answer) {
        lastReadNanos = System.nanoTime();
        Optional<ReadOutcome> now;
        try {
            now = attempt(read);
        } catch (NoRoomException e) {
            read.room().take(e.bytes(), () -> read(read, answer));
            return;
        }
        if (now.isPresent()) {
            answer.accept(now.get());
        } else if (closing) {
            answer.accept(stopping());
        } else if (count.incrementAndGet() > WAITING_MAX) {
            count.decrementAndGet();
            answer.accept(ReadOutcome.failed(Reason.OVERLOADED, "too many reads wait for this node's replica"));
        } else {
            waiting.add(new Waiter(read, answer));
            if (closing) {
                refuseAll();
            }
        }
    }

    /**
     * How old what this node holds can be, in seconds; NaN where that is not known, as without a master.
     */
    public double lagSeconds() {
        try {
            return lagSeconds(freshness.caughtUpNanos(store.get(), Long.MIN_VALUE), System.nanoTime());
        } catch (UnavailableException e) {
            return Double.NaN;
        }
    }

    private double lagSeconds(long caughtUpNanos, long nowNanos) {
        return caughtUpNanos == Long.MIN_VALUE || !freshness.masterKnown(nowNanos)
                ? Double.NaN
                // Rounded up to what is shown of it.
                : Math.ceil((nowNanos - caughtUpNanos) / 1e6) / 1e3;
    }

    /**
     * Empty: it has to wait.
     *
     * @throws NoRoomException if it has to be read again once there is room for it
     */
    private Optional<ReadOutcome> attempt(Read read) {
        try {
            Store held = store.get();
            held.requireFilled();
            if (read.after() > 0 && held.lastRevision() < read.after()) {
                return Optional.empty();
            }
            long caughtUp = freshness.caughtUpNanos(held, Long.MIN_VALUE);
            if (!youngEnough(read, caughtUp)) {
                return Optional.empty();
            }
            Optional<View.Page> page = held.snapshot(read.query());
            page.ifPresent(found -> NoRoomException.require(read.room(), found));
            long now = System.nanoTime();
            return page.filter(any -> youngEnough(read, caughtUp))
                    .map(found -> new ReadOutcome.Found(
                            found.result(), found.more(), Consistency.LOCAL, node, lagSeconds(caughtUp, now)));
        } catch (TooLargeException e) {
            return Optional.of(new ReadOutcome.Failed(e.failure()));
        } catch (StoreFormatException e) {
            return Optional.of(ReadOutcome.failed(Reason.STARTING, String.valueOf(e.getMessage())));
        } catch (UnavailableException e) {
            // Who asked for a state of his own waits for that, whatever the replica goes through meanwhile.
            boolean waits = read.after() > 0 || read.maxLagMillis() != Read.ANY_LAG;
            return waits ? Optional.empty() : Optional.of(new ReadOutcome.Failed(e.failure()));
        }
    }

    private static boolean youngEnough(Read read, long caughtUpNanos) {
        return read.maxLagMillis() == Read.ANY_LAG
                || (caughtUpNanos != Long.MIN_VALUE
                        && System.nanoTime() - caughtUpNanos <= TimeUnit.MILLISECONDS.toNanos(read.maxLagMillis()));
    }

    private void tick() {
        long now = System.nanoTime();
        boolean age = false;
        try {
            if (freshness.reaching()) {
                freshness.look(store.get());
            }
        } catch (UnavailableException e) {
            // It is looked at again soon.
        }
        for (Waiter waiter : waiting) {
            age |= waiter.read().maxLagMillis() != Read.ANY_LAG;
            try {
                Optional<ReadOutcome> outcome = attempt(waiter.read());
                boolean late = System.nanoTime() - waiter.read().deadlineNanos() >= 0;
                if ((outcome.isPresent() || late) && waiting.remove(waiter)) {
                    count.decrementAndGet();
                    waiter.answer().accept(outcome.orElseGet(() -> lagging(waiter.read())));
                }
            } catch (NoRoomException e) {
                if (waiting.remove(waiter)) {
                    count.decrementAndGet();
                    waiter.read().room().take(e.bytes(), () -> read(waiter.read(), waiter.answer()));
                }
            }
        }
        long every = now - lastReadNanos < IDLE_NANOS ? ASK_NANOS : ASK_IDLE_NANOS;
        freshness.ask(age ? ASK_WAITING_NANOS : every, now);
    }

    private static ReadOutcome lagging(Read read) {
        String wanted = read.after() > 0 ? "does not hold revision " + read.after() + " yet" : "is not known to be so";
        boolean age = read.maxLagMillis() != Read.ANY_LAG;
        String detail = read.after() == 0 && !age
                ? "what was asked for was being changed all the time"
                : "the replica " + wanted + (age ? "; at most " + read.maxLagMillis() + " ms old was asked for" : "");
        return ReadOutcome.failed(Reason.LAGGING, detail);
    }

    private static ReadOutcome stopping() {
        return new ReadOutcome.Failed(new Failure(Reason.SHUTTING_DOWN, "this node is stopping"));
    }

    private void refuseAll() {
        for (Waiter waiter = waiting.poll(); waiter != null; waiter = waiting.poll()) {
            count.decrementAndGet();
            waiter.answer().accept(stopping());
        }
    }

    /** Refuses what waits. May come twice. */
    @Override
    public void close() {
        closing = true;
        poller.shutdown();
        refuseAll();
    }
}
