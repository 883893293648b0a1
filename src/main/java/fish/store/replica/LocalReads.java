package fish.store.replica;

import fish.kv.Consistency;
import fish.kv.Failure;
import fish.kv.Query;
import fish.kv.Read;
import fish.kv.ReadOutcome;
import fish.kv.Reason;
import fish.run.Guard;
import fish.run.Lookout;
import fish.store.NoRoomException;
import fish.store.ReadPool;
import fish.store.Store;
import fish.store.StoreFormatException;
import fish.store.TooLargeException;
import fish.store.UnavailableException;
import fish.store.View;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Reads of a node's own replica, whatever it has or from a revision or an age on; each sees one state,
 * and they work without a master. What cannot be answered at once waits for one thread that looks again
 * and again. Thread-safe; answers come on the caller's thread, on that one, or on one of a {@link ReadPool}.
 */
public final class LocalReads implements AutoCloseable {
    private static final int WAITING_MAX = 10_000;
    private static final long TICK_MILLIS = 2;
    /** While nothing waits: often enough to ask in time. */
    private static final long IDLE_TICK_MILLIS = 50;

    private static final long ASK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long ASK_IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** While a read waits until the replica is young enough. */
    private static final long ASK_WAITING_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private record Waiter(Read read, Consumer<? super ReadOutcome> answer) {}

    private static final System.Logger LOG = System.getLogger(LocalReads.class.getName());

    private final Supplier<Store> store;
    private final String node;
    private final Freshness freshness;
    private final ConcurrentLinkedQueue<Waiter> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();
    private final Lookout lookout = new Lookout("fish-local-waits", TICK_MILLIS, IDLE_TICK_MILLIS);
    private final ReadPool threads;

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
        this.freshness = new Freshness(master::accept, lookout::wake);
        this.threads = new ReadPool("fish-local-reads", () -> store.get().waits());
    }

    public void start(Guard guard) {
        lookout.start(this::tick, guard);
    }

    /** Answers at once where it can, else by the deadline. */
    public void read(Read read, Consumer<? super ReadOutcome> answer) {
        lastReadNanos = System.nanoTime();
        boolean taken = read.query() instanceof Query.Get
                ? threads.runQuick(() -> readNow(read, answer), () -> readLater(read, answer))
                : threads.run(() -> readLater(read, answer));
        if (!taken) {
            answer.accept(
                    closing ? stopping() : ReadOutcome.failed(Reason.OVERLOADED, "too many reads wait for a thread"));
        }
    }

    /** False: it was not taken. */
    private boolean handOver(Waiter waiter) {
        Runnable reading = () -> readLater(waiter.read(), waiter.answer());
        return waiter.read().query() instanceof Query.Get ? threads.runShort(reading) : threads.run(reading);
    }

    private void readLater(Read read, Consumer<? super ReadOutcome> answer) {
        if (System.nanoTime() - read.deadlineNanos() >= 0) {
            answer.accept(ReadOutcome.failed(Reason.OVERLOADED, "it waited its whole time for a thread to read it"));
        } else {
            readNow(read, answer);
        }
    }

    private void readNow(Read read, Consumer<? super ReadOutcome> answer) {
        Optional<ReadOutcome> now;
        try {
            now = attempt(read);
        } catch (NoRoomException e) {
            read.room().take(e.bytes(), () -> read(read, answer));
            return;
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "a read failed: " + e);
            now = Optional.of(ReadOutcome.failed(Reason.OVERLOADED, "this cannot be read here: " + e.getMessage()));
        }
        now.ifPresentOrElse(answer, () -> await(new Waiter(read, answer)));
    }

    private void await(Waiter waiter) {
        if (closing) {
            waiter.answer().accept(stopping());
        } else if (count.incrementAndGet() > WAITING_MAX) {
            count.decrementAndGet();
            waiter.answer()
                    .accept(ReadOutcome.failed(Reason.OVERLOADED, "too many reads wait for this node's replica"));
        } else {
            waiting.add(waiter);
            lookout.wake();
            if (closing) {
                refuseAll();
            }
        }
    }

    private void settle(Waiter waiter, Runnable then) {
        if (waiting.remove(waiter)) {
            count.decrementAndGet();
            then.run();
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
            Optional<View.Page> page = read.query() instanceof Query.Get
                    ? threads.timed(() -> held.snapshot(read.query()))
                    : held.snapshot(read.query());
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
            return read.boundsCopy() ? Optional.empty() : Optional.of(new ReadOutcome.Failed(e.failure()));
        }
    }

    /** Whether what it waits for seems to be there, or never to come. Reads no records. */
    private boolean worthReading(Read read) {
        try {
            Store held = store.get();
            held.requireFilled();
            return held.lastRevision() >= read.after()
                    && youngEnough(read, freshness.caughtUpNanos(held, Long.MIN_VALUE));
        } catch (UnavailableException e) {
            return !read.boundsCopy();
        } catch (StoreFormatException e) {
            return true;
        }
    }

    private static boolean youngEnough(Read read, long caughtUpNanos) {
        return read.maxLagMillis() == Read.ANY_LAG
                || (caughtUpNanos != Long.MIN_VALUE
                        && System.nanoTime() - caughtUpNanos <= TimeUnit.MILLISECONDS.toNanos(read.maxLagMillis()));
    }

    /** Whether something waits. */
    private boolean tick() {
        long now = System.nanoTime();
        boolean age = false;
        try {
            if (freshness.reaching()) {
                freshness.look(store.get());
            }
        } catch (UnavailableException e) {
            // It is looked at again soon.
        }
        List<Waiter> untaken = new ArrayList<>();
        for (Waiter waiter : waiting) {
            Read read = waiter.read();
            age |= read.maxLagMillis() != Read.ANY_LAG;
            if (now - read.deadlineNanos() >= 0) {
                settle(waiter, () -> waiter.answer().accept(lagging(read)));
            } else if (worthReading(read)) {
                settle(waiter, () -> {
                    if (!handOver(waiter)) {
                        untaken.add(waiter);
                    }
                });
            }
        }
        // Not before: the loop would meet them again, and never end.
        untaken.forEach(this::await);
        long every = now - lastReadNanos < IDLE_NANOS ? ASK_NANOS : ASK_IDLE_NANOS;
        freshness.ask(age ? ASK_WAITING_NANOS : every, now);
        return !waiting.isEmpty() || freshness.reaching();
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
        lookout.close();
        threads.close();
        refuseAll();
    }
}
