package fish.store.master;

import com.sleepycat.je.rep.ReplicatedEnvironment;
import fish.kv.Durability;
import fish.kv.Failure;
import fish.kv.Outcome;
import fish.kv.Reason;
import fish.kv.Write;
import fish.run.Threads;
import fish.store.Databases;
import fish.store.JeDurability;
import fish.store.ReadPool;
import fish.store.Revisions;
import fish.store.Store;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
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
    private static final System.Logger LOG = System.getLogger(Pen.class.getName());

    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    /** How long nothing must come before watchers are told by a commit of its own what is durable. */
    private static final long SETTLE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    /** On a full disk. */
    private static final long GATHER_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

    /** An empty commit does not see that the disk is full. */
    private static final long TELL_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final long DISK_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long CLOSE_MILLIS = 10_000;

    private final ReplicatedEnvironment environment;
    private final Store store;
    private final Databases databases;
    private final PenLimits limits;
    private final Quorum quorum;
    private final Clock clock;
    private final Consumer<Throwable> broken;
    private final Revisions revisions;
    private final ApplyClock applyClock;
    private final ReadIndex readIndex;
    private final PenQueue queue;
    private final PenDeadlines deadlines;
    private final RetryCache retryCache;
    private final Ends ends;
    private final InProgress inProgress = new InProgress();
    private final PenStats stats;
    private final ReadPool readPool;
    private final RetrySearch retrySearch;
    private final DiskProof majority;
    private final DiskProof everywhere;
    private final StrictWrites strict;
    private final MajorityDisk disk;
    private final GroupTable group;
    private final Thread thread;

    // The pen's thread alone.
    private long durableTold;
    private long toldAt;
    private boolean beyondDisk;
    private final Company company = new Company();

    private volatile List<WriteTask> underway = List.of();
    private volatile boolean closing;

    /**
     * @param lastRevision the last given before; this pen gives the next
     * @param byDefault for writes that do not say how durable they want to be
     * @param stats where it counts what it does
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
            PenStats stats,
            Consumer<Throwable> broken) {
        this.environment = environment;
        this.store = store;
        this.databases = store.pinned();
        this.readPool = new ReadPool("fish-master-reads", store::waits);
        this.limits = limits;
        this.quorum = quorum;
        this.clock = clock;
        this.stats = stats;
        this.broken = broken;
        this.revisions = new Revisions(lastRevision);
        this.applyClock = new ApplyClock(lastRevision);
        this.readIndex = new ReadIndex(limits.readers());
        this.queue = new PenQueue(limits.queueTasks(), limits.queueBytes());
        this.retryCache = new RetryCache(databases);
        this.ends = new Ends(databases);
        this.retrySearch = new RetrySearch(databases, this::enqueueSearched);
        this.majority =
                new DiskProof("majority", environment, databases, JeDurability.of(Durability.QUORUM), this::broken);
        this.everywhere =
                new DiskProof("everywhere", environment, databases, JeDurability.of(Durability.ALL), this::broken);
        this.deadlines = new PenDeadlines(this);
        this.strict = new StrictWrites(limits, byDefault, quorum, everywhere, deadlines);
        this.disk = new MajorityDisk(revisions, readIndex, majority, queue::wake);
        this.group = new GroupTable(environment, store, majority);
        this.thread = Threads.daemon("fish-pen", this::run);
    }

    public void start() {
        thread.start();
        majority.start();
        everywhere.start();
        deadlines.start();
    }

    /** One of its helpers has ended: without it some would wait for ever. */
    void broken(Throwable reason) {
        closing = true;
        broken.accept(new IllegalStateException("a thread beside the pen has ended: " + reason, reason));
        queue.wake();
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
        if (!queue.reserve(task)) {
            task.answer(Outcome.refused(Reason.OVERLOADED, "too many writes wait for the master"));
        } else if (task.write().sentBefore()) {
            retrySearch.search(task);
        } else {
            enqueueSearched(task);
        }
    }

    private void enqueueSearched(WriteTask task) {
        queue.addReserved(task);
        if (closing) {
            queue.wake();
            task.withdraw(leaving());
        }
    }

    /** Everything up to it is on the disks of a majority. */
    long durableRevision() {
        return revisions.durable();
    }

    /** What is written down about members, beside the pen. */
    public GroupTable group() {
        return group;
    }

    public PenStats stats() {
        return stats;
    }

    /** Strong reads that wait for a commit now. */
    public int readersWaiting() {
        return readIndex.size();
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
            reader.fail(leavingFailure());
        }
        return true;
    }

    /**
     * Settles a read that wants no proof once what it saw is committed, or was taken back.
     *
     * @return false: too many wait already
     */
    boolean decide(ReadIndex.Waiter reader) {
        boolean room = readIndex.addUndecided(reader);
        if (!applyClock.undecided()) {
            // This one alone: a batch may have begun since, which others have seen.
            readIndex.decided(reader);
        }
        if (closing) {
            reader.fail(leavingFailure());
        }
        return room;
    }

    ReadPool readPool() {
        return readPool;
    }

    boolean isClosing() {
        return closing;
    }

    /** The master's clock. */
    long nowMillis() {
        return clock.millis();
    }

    static Failure leavingFailure() {
        return new Failure(Reason.NOT_MASTER, "this node is leaving the mastership");
    }

    /** Ends what waits longer than it wanted to, or than whoever asked for it may. */
    void expire(long nowNanos) {
        Outcome late = Outcome.refused(
                quorum.reachable(Durability.QUORUM) ? Reason.OVERLOADED : Reason.NO_QUORUM,
                "it waited its whole time for the master to write it");
        Outcome maybe = Outcome.unknown(Reason.UNKNOWN_OUTCOME, "not acknowledged by enough nodes in time");
        Consumer<WriteTask> look = task -> task.expire(nowNanos, late, maybe);
        queue.forEach(look);
        retrySearch.forEach(look);
        underway.forEach(look);
        strict.expire(nowNanos, late, maybe);
        readIndex.expire(
                nowNanos, new Failure(Reason.NO_QUORUM, "no majority confirmed in time that this node is master"));
    }

    private void run() {
        try {
            while (!closing) {
                step();
            }
        } catch (Throwable e) {
            // Also an Error: a node without a pen is no master, and nothing may wait for it.
            closing = true;
            broken.accept(e instanceof RuntimeException ? e : new IllegalStateException("the pen has ended: " + e, e));
        } finally {
            closing = true;
            refuseRest();
        }
    }

    private void step() {
        if (!quorum.reachable(Durability.QUORUM) || revisions.exhausted()) {
            queue.held();
            queue.sleep(TICK_NANOS, () -> closing);
            return;
        }
        if (beyondDisk) {
            gatherReaders();
        } else {
            LockSupport.parkNanos(this, company.nanosFor(queue.ready() + readIndex.waiting()));
        }
        List<WriteTask> tasks = strict.select(queue.takeOut(limits.batchTasks(), limits.batchBytes()));
        underway = tasks;
        boolean due = ends.due(nowMillis(), beyondDisk);
        if (!tasks.isEmpty() || due || !readIndex.isEmpty()) {
            commit(tasks, due);
        } else {
            rest();
        }
    }

    private void rest() {
        disk.ask();
        boolean untold = durableTold < revisions.durable();
        long nanos = !untold ? 10 * TICK_NANOS : beyondDisk ? DISK_PAUSE_NANOS : SETTLE_NANOS;
        if (!beyondDisk) {
            nanos = Math.min(nanos, ends.nanosToNext(nowMillis()));
        }
        if (disk.isOwed()) {
            nanos = MajorityDisk.NANOS_MAX;
        }
        queue.sleep(strict.isEmpty() ? nanos : Math.min(nanos, TICK_NANOS), () -> closing || !readIndex.isEmpty());
        if (untold && queue.isEmpty() && readIndex.isEmpty()) {
            commit(List.of(), false);
        }
    }

    /** Each confirmation takes some of the room that is left, so that a full disk sees few of them. */
    private void gatherReaders() {
        long until = System.nanoTime() + GATHER_NANOS;
        for (long left = GATHER_NANOS; left > 0 && queue.isEmpty() && !closing; left = until - System.nanoTime()) {
            queue.sleep(left, () -> false);
        }
    }

    private void commit(List<WriteTask> tasks, boolean endsDue) {
        List<WriteTask> taken = new ArrayList<>(tasks.size());
        List<Write> writes = new ArrayList<>(tasks.size());
        Durability level = endsDue && ends.tellDue() ? Durability.QUORUM : Durability.MEMORY;
        long now = System.nanoTime();
        for (WriteTask task : tasks) {
            if (!task.overdue(now) && task.take()) {
                taken.add(task);
                writes.add(task.write());
                level = level.orMore(strict.level(task).orLess(Durability.QUORUM));
            } else {
                task.answer(Outcome.refused(Reason.OVERLOADED, "it waited its whole time for the master's pen"));
                strict.over(task);
            }
        }
        if (revisions.syncDue()) {
            level = level.orMore(Durability.QUORUM);
        }
        List<ReadIndex.Waiter> readers = readIndex.take();
        underway = List.copyOf(taken);
        while (!runBatch(taken, writes, readers, level, endsDue)) {
            // Again, without the one that could not be applied.
            LOG.log(System.Logger.Level.WARNING, "a write was refused, and the rest of its batch goes on");
        }
        underway = List.of();
        readIndex.ended();
    }

    /** False: one of them could not be applied, was answered, and is not among them any more. */
    private boolean runBatch(
            List<WriteTask> taken,
            List<Write> writes,
            List<ReadIndex.Waiter> readers,
            Durability level,
            boolean endsDue) {
        Batch batch = new Batch(environment, databases, revisions, applyClock, retryCache, ends);
        if (endsDue || !beyondDisk) {
            batch.tellEnds(taken.isEmpty() ? Ends.TELL_ALONE_NANOS : Ends.TELL_BESIDE_NANOS);
        }
        long durableBefore = revisions.durable();
        long began = System.nanoTime();
        boolean told = !beyondDisk && durableTold == revisions.last() && began - toldAt < TELL_AGAIN_NANOS;
        Batch.End end;
        if (told && writes.isEmpty() && !endsDue) {
            end = batch.confirmAlone(level);
        } else {
            end = batch.run(writes, level, nowMillis());
            beyondDisk = batch.beyondDisk();
            toldAt = began;
        }
        if (end == Batch.End.COMMITTED) {
            durableTold = batch.empty() ? durableTold : durableBefore;
            decided();
            long took = System.nanoTime() - began;
            company.committed(taken.size() + readers.size(), took);
            queue.committed(took);
            stats.committed(taken.size(), took, batch.ended(), readers.size());
            answer(taken, batch);
            disk.confirm(readers);
        } else if (batch.culprit() != Batch.NONE && environment.isValid()) {
            readIndex.aborted();
            decided();
            writes.remove(batch.culprit());
            WriteTask culprit = taken.remove(batch.culprit());
            culprit.answer(batch.culpritOutcome());
            strict.over(culprit);
            return false;
        } else {
            settleFailed(end, batch, taken, readers);
        }
        return true;
    }

    private void decided() {
        applyClock.decided();
        readIndex.decided();
    }

    private void answer(List<WriteTask> taken, Batch batch) {
        List<Outcome> outcomes = batch.outcomes();
        for (int i = 0; i < taken.size(); i++) {
            WriteTask task = taken.get(i);
            if (strict.isStrict(task)) {
                strict.awaitEverywhere(task, outcomes.get(i), batch.vlsn());
            } else {
                task.answer(outcomes.get(i));
            }
        }
    }

    private void settleFailed(Batch.End end, Batch batch, List<WriteTask> taken, List<ReadIndex.Waiter> readers) {
        stats.failed.increment();
        if (end == Batch.End.ABORTED) {
            readIndex.aborted();
        }
        decided();
        Outcome outcome = batch.outcome(end);
        for (WriteTask task : taken) {
            task.answer(outcome);
            strict.over(task);
        }
        readIndex.putBack(readers);
        store.suspect(batch.failure());
        if (!environment.isValid()) {
            throw new IllegalStateException("the environment became invalid");
        }
    }

    private static Outcome leaving() {
        return Outcome.refused(Reason.NOT_MASTER, "this node is leaving the mastership");
    }

    private void refuseRest() {
        Outcome refused = leaving();
        strict.refuse(refused);
        for (List<WriteTask> rest = queue.takeOut(Integer.MAX_VALUE, Long.MAX_VALUE);
                !rest.isEmpty();
                rest = queue.takeOut(Integer.MAX_VALUE, Long.MAX_VALUE)) {
            rest.forEach(task -> task.answer(refused));
        }
        abandon();
    }

    /** Nobody settles what is under way any more. */
    private void abandon() {
        Outcome maybe = Outcome.unknown(Reason.UNKNOWN_OUTCOME, "this node left the mastership meanwhile");
        underway.forEach(task -> task.answer(maybe));
        strict.abandon(maybe);
        readIndex.failAll(leavingFailure());
    }

    /**
     * Finishes the batch under way, refuses what waits, and ends. May come twice, on any thread but the
     * pen's.
     *
     * @return whether the pen's thread has ended; if not, it is stuck in a commit, whose requests are
     *     answered as unknown
     */
    public boolean leave() {
        closing = true;
        queue.wake();
        try {
            thread.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        readPool.close();
        retrySearch.close();
        majority.close();
        everywhere.close();
        abandon();
        deadlines.close();
        return !thread.isAlive();
    }

    @Override
    public void close() {
        leave();
    }
}
