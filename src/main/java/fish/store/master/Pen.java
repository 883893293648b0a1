package fish.store.master;

import com.sleepycat.je.LockMode;
import com.sleepycat.je.rep.ReplicatedEnvironment;
import fish.kv.Durability;
import fish.kv.Failure;
import fish.kv.Operation;
import fish.kv.Outcome;
import fish.kv.Reason;
import fish.kv.RequestId;
import fish.kv.Txn;
import fish.kv.Write;
import fish.run.Threads;
import fish.store.Databases;
import fish.store.MemberRecord;
import fish.store.RemovedRecord;
import fish.store.Revisions;
import fish.store.Store;
import fish.store.Tables;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The one writer of a serving master. Requests queue; one thread takes all that is waiting, applies it
 * in order in one JE transaction, commits once and answers everybody; meanwhile the next batch gathers. So
 * the order of revisions is the order of commits is the order of the log, and no two writers ever meet.
 *
 * <p>While too few nodes are connected nothing is taken, and what waits longer than its deadline is
 * refused. Thread-safe.
 */
public final class Pen implements AutoCloseable {
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    /** How long nothing must come before watchers are told by a commit of its own what is durable. */
    private static final long SETTLE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private static final long EXPIRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int EXPIRIES_PER_BATCH = 1000;
    private static final long CLOSE_MILLIS = 10_000;
    private static final RequestId OWN = new RequestId(0, 0);

    private final ReplicatedEnvironment environment;
    private final Store store;
    private final Databases databases;
    private final Durability byDefault;
    private final PenLimits limits;
    private final Quorum quorum;
    private final Clock clock;
    private final Consumer<RuntimeException> broken;
    private final Revisions revisions;
    private final ApplyClock applyClock;
    private final ReadIndex readIndex;
    private final PenQueue queue;
    private final PenDeadlines deadlines;
    private final RetryCache retryCache;
    private final InProgress inProgress = new InProgress();
    private final PenStats stats = new PenStats();
    private final ConcurrentLinkedQueue<Runnable> betweenBatches = new ConcurrentLinkedQueue<>();
    private final Thread thread;

    /** Those that need every electable node. Added to and taken from by the pen's thread alone. */
    private final ConcurrentLinkedQueue<WriteTask> strict = new ConcurrentLinkedQueue<>();

    // The pen's thread alone.
    private long expiriesLookedAt;
    private long durableTold;

    private volatile List<WriteTask> underway = List.of();
    private volatile boolean closing;

    /**
     * @param lastRevision the last given before; this pen gives the next
     * @param byDefault for writes that do not say how durable they want to be
     * @param broken told once if the pen cannot go on; its owner then closes it
     */
    public Pen(
            ReplicatedEnvironment environment,
            Store store,
            long lastRevision,
            Durability byDefault,
            PenLimits limits,
            Quorum quorum,
            Clock clock,
            Consumer<RuntimeException> broken) {
        this.environment = environment;
        this.store = store;
        this.databases = store.pinned();
        this.byDefault = byDefault;
        this.limits = limits;
        this.quorum = quorum;
        this.clock = clock;
        this.broken = broken;
        this.revisions = new Revisions(lastRevision);
        this.applyClock = new ApplyClock(lastRevision);
        this.readIndex = new ReadIndex(limits.readers());
        this.queue = new PenQueue(limits.queueTasks(), limits.queueBytes());
        this.retryCache = new RetryCache(databases);
        this.deadlines = new PenDeadlines(this);
        this.thread = Threads.daemon("fish-pen", this::run);
    }

    public void start() {
        thread.start();
        deadlines.start();
    }

    /** Queues a write. The answer comes on another thread, by the deadline. */
    public void write(Write write, Consumer<? super Outcome> answer) {
        if (!write.idempotency().given()) {
            enqueue(new WriteTask(write, answer));
        } else if (inProgress.enter(write)) {
            enqueue(new WriteTask(write, outcome -> {
                inProgress.leave(write);
                answer.accept(outcome);
            }));
        } else {
            answer.accept(Outcome.unknown(
                    Reason.IN_PROGRESS, "the first request with this idempotency key is still running"));
        }
    }

    private void enqueue(WriteTask task) {
        if (!queue.add(task)) {
            task.answer(Outcome.refused(Reason.OVERLOADED, "too many writes wait for the master"));
        } else if (closing) {
            queue.wake();
            task.withdraw(leaving());
        }
    }

    /** Writes down where a back-end is, if that is news. Lost if it cannot be done now: it is told again. */
    public void remember(MemberRecord member) {
        betweenBatches(() -> TermCommits.remember(environment, databases, member));
    }

    /**
     * Writes down that a back-end was removed.
     *
     * @return how it failed; empty once a majority has it on disk
     */
    public CompletableFuture<Optional<Outcome>> remove(RemovedRecord removed) {
        CompletableFuture<Optional<Outcome>> done = new CompletableFuture<>();
        betweenBatches(() -> done.complete(GroupTable.remove(environment, databases, removed)));
        return done;
    }

    /** Writes down no more where a back-end is that is in the group no more. */
    public void forget(String backEnd) {
        betweenBatches(() -> GroupTable.forget(environment, databases, backEnd));
    }

    public PenStats stats() {
        return stats;
    }

    /** Writes that wait now. */
    public int queued() {
        return queue.size();
    }

    /** The last revision given. */
    public long lastRevision() {
        return revisions.last();
    }

    public Store store() {
        return store;
    }

    ApplyClock applyClock() {
        return applyClock;
    }

    ReadIndex readIndex() {
        return readIndex;
    }

    /**
     * Has the next commit confirm a read that is done.
     *
     * @return false: too many wait already
     */
    boolean confirm(ReadIndex.Waiter reader) {
        if (!readIndex.add(reader)) {
            return false;
        }
        queue.wake();
        if (closing) {
            reader.fail(new Failure(Reason.NOT_MASTER, "this node is leaving the mastership"));
        }
        return true;
    }

    /** Runs something on the pen's thread when nothing is half done, soon. */
    void betweenBatches(Runnable work) {
        betweenBatches.add(work);
        queue.wake();
    }

    /** Ends what waits longer than it wanted to. */
    void expire(long nowNanos) {
        Outcome late = Outcome.refused(
                quorum.reachable(Durability.QUORUM) ? Reason.OVERLOADED : Reason.NO_QUORUM,
                "it waited its whole time for the master to write it");
        Outcome maybe = Outcome.unknown(Reason.UNKNOWN_OUTCOME, "not acknowledged by enough nodes in time");
        Consumer<WriteTask> look = task -> {
            if (task.overdue(nowNanos)) {
                task.expire(late, maybe);
            }
        };
        queue.forEach(look);
        underway.forEach(look);
        strict.forEach(task -> {
            if (task.overdue(nowNanos)) {
                task.expire(notEveryNode(), maybe);
            }
        });
        readIndex.expire(
                nowNanos, new Failure(Reason.NO_QUORUM, "no majority confirmed in time that this node is master"));
    }

    private void run() {
        try {
            while (!closing) {
                step();
            }
        } catch (RuntimeException e) {
            broken.accept(e);
        } finally {
            closing = true;
            refuseRest();
        }
    }

    private void step() {
        for (Runnable work = betweenBatches.poll(); work != null; work = betweenBatches.poll()) {
            work.run();
        }
        if (!quorum.reachable(Durability.QUORUM) || revisions.exhausted()) {
            queue.sleep(TICK_NANOS, () -> false);
            return;
        }
        List<WriteTask> plain = new ArrayList<>();
        for (WriteTask task : queue.takeOut(limits.batchTasks(), limits.batchBytes())) {
            (level(task).compareTo(Durability.ALL) < 0 ? plain : strict).add(task);
        }
        List<Write> expired = expired();
        if (!plain.isEmpty() || !expired.isEmpty() || !readIndex.isEmpty()) {
            commit(plain, expired);
        }
        if (!strict.isEmpty()) {
            commitStrict();
        } else if (plain.isEmpty()) {
            rest();
        }
    }

    /** Those that need every node go apart, so that one slow node does not hold up the others' answers. */
    private void commitStrict() {
        List<WriteTask> tasks = new ArrayList<>(strict);
        strict.clear();
        if (quorum.reachable(Durability.ALL)) {
            commit(tasks, List.of());
            return;
        }
        long now = System.nanoTime();
        for (WriteTask task : tasks) {
            if (task.overdue(now)) {
                task.answer(notEveryNode());
            } else if (strict.size() < limits.batchTasks()) {
                strict.add(task);
            } else {
                task.answer(Outcome.refused(Reason.OVERLOADED, "too many writes wait for every electable node"));
            }
        }
        queue.sleep(TICK_NANOS, () -> !readIndex.isEmpty());
    }

    private static Outcome notEveryNode() {
        return Outcome.refused(Reason.NO_QUORUM, "not every electable node is connected");
    }

    private void rest() {
        boolean untold = durableTold < revisions.durable();
        long nanos = untold ? SETTLE_NANOS : 10 * TICK_NANOS;
        queue.sleep(nanos, () -> closing || !readIndex.isEmpty() || !betweenBatches.isEmpty());
        if (untold && queue.isEmpty() && readIndex.isEmpty()) {
            commit(List.of(), List.of());
        }
    }

    private Durability level(WriteTask task) {
        Durability asked = task.write().durability();
        return asked == Durability.DEFAULT ? byDefault : asked;
    }

    private List<Write> expired() {
        long now = System.nanoTime();
        if (now - expiriesLookedAt < EXPIRY_NANOS) {
            return List.of();
        }
        expiriesLookedAt = now;
        List<Write> deletes = new ArrayList<>();
        for (var key : Tables.due(databases, clock.millis(), EXPIRIES_PER_BATCH, LockMode.READ_UNCOMMITTED)) {
            deletes.add(Write.of(Txn.of(new Operation.Delete(key)), Durability.QUORUM, now, OWN));
        }
        return deletes;
    }

    private void commit(List<WriteTask> tasks, List<Write> own) {
        List<WriteTask> taken = new ArrayList<>(tasks.size());
        List<Write> writes = new ArrayList<>(own);
        Durability level = own.isEmpty() ? Durability.MEMORY : Durability.QUORUM;
        long now = System.nanoTime();
        for (WriteTask task : tasks) {
            if (!task.overdue(now) && task.take()) {
                taken.add(task);
                writes.add(task.write());
                level = level.compareTo(level(task)) < 0 ? level(task) : level;
            } else {
                task.answer(Outcome.refused(Reason.OVERLOADED, "it waited its whole time for the master's pen"));
            }
        }
        if (revisions.syncDue() && level.compareTo(Durability.QUORUM) < 0) {
            level = Durability.QUORUM;
        }
        List<ReadIndex.Waiter> readers = readIndex.take();
        underway = taken;
        Batch batch = new Batch(environment, databases, revisions, applyClock, retryCache);
        long durableBefore = revisions.durable();
        Batch.End end = batch.run(writes, level, clock.millis());
        if (end == Batch.End.COMMITTED) {
            durableTold = durableBefore;
            count(taken, own, readers);
            answer(taken, batch.outcomes().subList(own.size(), writes.size()), level, batch.vlsn());
            readIndex.confirm(readers);
        } else {
            settleFailed(end, batch, taken, readers);
        }
        underway = List.of();
    }

    private void count(List<WriteTask> taken, List<Write> own, List<ReadIndex.Waiter> readers) {
        if (!taken.isEmpty()) {
            stats.batches.increment();
            stats.writes.add(taken.size());
        }
        stats.expired.add(own.size());
        stats.readIndex.add(readers.size());
    }

    private void answer(List<WriteTask> taken, List<Outcome> outcomes, Durability level, long vlsn) {
        for (int i = 0; i < taken.size(); i++) {
            WriteTask task = taken.get(i);
            Outcome committed = outcomes.get(i);
            if (level == Durability.SITES && level(task) == Durability.SITES) {
                deadlines.answerWhenApplied(task, committed, () -> quorum.appliedEverywhere(vlsn));
            } else {
                task.answer(committed);
            }
        }
    }

    private void settleFailed(Batch.End end, Batch batch, List<WriteTask> taken, List<ReadIndex.Waiter> readers) {
        if (end == Batch.End.ABORTED) {
            readIndex.aborted();
        }
        Outcome outcome = batch.outcome(end);
        for (WriteTask task : taken) {
            task.answer(outcome);
        }
        readIndex.putBack(readers);
        if (!environment.isValid()) {
            throw new IllegalStateException("the environment became invalid");
        }
    }

    private static Outcome leaving() {
        return Outcome.refused(Reason.NOT_MASTER, "this node is leaving the mastership");
    }

    private void refuseRest() {
        Outcome refused = leaving();
        strict.forEach(task -> task.answer(refused));
        for (List<WriteTask> rest = queue.takeOut(Integer.MAX_VALUE, Long.MAX_VALUE);
                !rest.isEmpty();
                rest = queue.takeOut(Integer.MAX_VALUE, Long.MAX_VALUE)) {
            rest.forEach(task -> task.answer(refused));
        }
        Failure failure = new Failure(Reason.NOT_MASTER, "this node is leaving the mastership");
        readIndex.take().forEach(reader -> reader.fail(failure));
        betweenBatches.forEach(Runnable::run);
    }

    /**
     * Finishes the batch under way, refuses what waits, and ends. May come twice, on any thread but the
     * pen's.
     *
     * @return whether the pen's thread has ended; if not, it is stuck in a commit, whose requests are
     *     answered at their deadlines
     */
    public boolean leave() {
        closing = true;
        queue.wake();
        try {
            thread.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        deadlines.close();
        return !thread.isAlive();
    }

    @Override
    public void close() {
        leave();
    }
}
