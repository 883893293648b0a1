package fish.store.watch;

import fish.kv.ChangeEncoder;
import fish.kv.ChangeSink;
import fish.kv.ChangeSource;
import fish.kv.Failure;
import fish.kv.Reason;
import fish.kv.Scope;
import fish.run.Guard;
import fish.store.JeErrors;
import fish.store.Store;
import fish.store.UnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The changes of a node's replica, sent to its watchers by one thread. It looks every few milliseconds
 * for what has become durable, reads that once and sends it to all who are synced; between two looks it
 * reads a bounded piece of the past for each of those who are not, and who have room for it. One that
 * takes too little reads the log again, at its own pace, so that nobody waits for anybody else.
 *
 * <p>Outlives the replicas of a node that reopens its store. Thread-safe.
 */
public final class ChangeFeed implements ChangeSource, AutoCloseable {
    /** Watchers at once; more are refused as overloaded. */
    public static final int WATCHERS_MAX = 10_000;

    private static final long LOOK_MILLIS = 2;
    private static final long IDLE_MILLIS = 1000;
    private static final long REPORT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long CLOSE_MILLIS = 5000;

    private static final System.Logger LOG = System.getLogger(ChangeFeed.class.getName());

    private final Supplier<Store> store;
    private final int watchersMax;
    private final WatcherSync sync;
    private final AtomicInteger watchers = new AtomicInteger();
    private final LinkedBlockingQueue<Runnable> arrivals;
    private final Thread thread;
    private volatile boolean closing;

    /**
     * @param store the open one; may throw {@link UnavailableException}
     */
    public ChangeFeed(Supplier<Store> store, ChangeEncoder encoder, Guard guard) {
        this(store, encoder, ChangeLog.Limits.DEFAULT, WATCHERS_MAX, guard);
    }

    ChangeFeed(Supplier<Store> store, ChangeEncoder encoder, ChangeLog.Limits limits, int watchersMax, Guard guard) {
        this.store = store;
        this.watchersMax = watchersMax;
        this.sync = new WatcherSync(encoder, limits);
        // Beyond the watchers there is room for the close.
        this.arrivals = new LinkedBlockingQueue<>(watchersMax + 1);
        this.thread = guard.thread("fish-changes", this::run);
    }

    public void start() {
        thread.start();
    }

    /** Watchers now, for metrics. */
    public int watchers() {
        return watchers.get();
    }

    @Override
    public void watch(long since, Scope scope, ChangeSink sink) {
        if (watchers.incrementAndGet() > watchersMax) {
            watchers.decrementAndGet();
            sink.failed(new Failure(Reason.OVERLOADED, "there are " + watchersMax + " watchers already"));
            return;
        }
        ChangeWatch watch = new ChangeWatch(since, scope, sink);
        Runnable arrival = () -> sync.add(watch);
        if (!arrivals.offer(arrival)) {
            refuse(sink, new Failure(Reason.OVERLOADED, "too many watchers arrive at once"));
        } else if (closing && arrivals.remove(arrival)) {
            refuse(sink, shuttingDown());
        }
    }

    private void refuse(ChangeSink sink, Failure failure) {
        watchers.decrementAndGet();
        sink.failed(failure);
    }

    private static Failure shuttingDown() {
        return new Failure(Reason.SHUTTING_DOWN, "this node is shutting down");
    }

    private void run() {
        long reported = System.nanoTime();
        while (!closing) {
            try {
                List<Runnable> arrived = await();
                arrived.forEach(Runnable::run);
                look();
                if (System.nanoTime() - reported >= REPORT_NANOS) {
                    sync.reportPositions();
                    reported = System.nanoTime();
                }
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "the watchers cannot be served", e);
                sync.failAll(new Failure(Reason.STARTING, "the changes cannot be read: " + JeErrors.explain(e)));
            } finally {
                watchers.addAndGet(-sync.takeGone());
            }
        }
        for (Runnable late = arrivals.poll(); late != null; late = arrivals.poll()) {
            late.run();
        }
        sync.failAll(shuttingDown());
        watchers.addAndGet(-sync.takeGone());
    }

    private void look() {
        if (sync.isEmpty()) {
            return;
        }
        try {
            sync.send(store.get());
        } catch (UnavailableException e) {
            sync.failNew(e.failure());
        }
    }

    private List<Runnable> await() {
        List<Runnable> arrived = new ArrayList<>();
        try {
            @Nullable Runnable first = arrivals.poll(sync.isEmpty() ? IDLE_MILLIS : LOOK_MILLIS, TimeUnit.MILLISECONDS);
            if (first != null) {
                arrived.add(first);
                arrivals.drainTo(arrived);
            }
        } catch (InterruptedException e) {
            closing = true; // nobody but the end of the process interrupts it
        }
        return arrived;
    }

    /** Ends every watcher, who may resume elsewhere. May come twice; waits for the thread a while. */
    @Override
    public void close() {
        closing = true;
        var ignored = arrivals.offer(() -> {});
        try {
            thread.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
