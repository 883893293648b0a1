package fish.store.master;

import fish.kv.Durability;
import fish.kv.Outcome;
import fish.kv.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes that need every electable node, {@code all} and {@code sites}: they wait, unwritten, until all are
 * there, are committed with everything else then, and answered once each node is known to have them. What
 * waits for a proof is bounded like a batch. The pen's thread alone selects; the rest is thread-safe.
 */
final class StrictWrites {
    private final PenLimits limits;
    private final Durability byDefault;
    private final Quorum quorum;
    private final DiskProof everywhere;
    private final PenDeadlines deadlines;

    /** Not written. The pen's thread alone adds and takes. */
    private final ConcurrentLinkedQueue<WriteTask> waiting = new ConcurrentLinkedQueue<>();
    /** Committed, and not known to be everywhere. */
    private final Set<WriteTask> unproven = ConcurrentHashMap.newKeySet();

    private final AtomicInteger proving = new AtomicInteger();
    private final AtomicLong provingBytes = new AtomicLong();

    StrictWrites(PenLimits limits, Durability byDefault, Quorum quorum, DiskProof everywhere, PenDeadlines deadlines) {
        this.limits = limits;
        this.byDefault = byDefault;
        this.quorum = quorum;
        this.everywhere = everywhere;
        this.deadlines = deadlines;
    }

    Durability level(WriteTask task) {
        Durability asked = task.write().durability();
        return asked == Durability.DEFAULT ? byDefault : asked;
    }

    boolean isStrict(WriteTask task) {
        return level(task).compareTo(Durability.ALL) >= 0;
    }

    /** Whether none waits to be written. */
    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** What of these, and of those that waited, goes into the next batch. */
    List<WriteTask> select(List<WriteTask> taken) {
        if (waiting.isEmpty() && taken.stream().noneMatch(this::isStrict)) {
            return taken;
        }
        List<WriteTask> tasks = new ArrayList<>();
        boolean all = quorum.reachable(Durability.ALL);
        for (WriteTask task = waiting.peek(); all && task != null && hasRoomForProof(); task = waiting.peek()) {
            waiting.remove();
            admit(task, tasks);
        }
        for (WriteTask task : taken) {
            if (!isStrict(task)) {
                tasks.add(task);
            } else if (all && waiting.isEmpty() && hasRoomForProof()) {
                admit(task, tasks);
            } else if (waiting.size() < limits.batchTasks()) {
                waiting.add(task);
            } else {
                task.answer(Outcome.refused(Reason.OVERLOADED, "too many writes wait for every electable node"));
            }
        }
        dropOverdue();
        return tasks;
    }

    private void dropOverdue() {
        long now = System.nanoTime();
        waiting.removeIf(task -> {
            if (task.overdue(now)) {
                task.answer(notEveryNode());
            }
            return task.answered();
        });
    }

    private void admit(WriteTask task, List<WriteTask> tasks) {
        proving.incrementAndGet();
        provingBytes.addAndGet(task.bytes());
        tasks.add(task);
    }

    private boolean hasRoomForProof() {
        return proving.get() < limits.batchTasks() && provingBytes.get() < limits.batchBytes();
    }

    /** Committed, and answered once every electable node has it on disk, by another thread than the pen's. */
    void awaitEverywhere(WriteTask task, Outcome committed, long vlsn) {
        unproven.add(task);
        boolean sites = level(task) == Durability.SITES;
        everywhere.await(
                () -> {
                    boolean over = task.answered();
                    if (over) {
                        forgetUnproven(task);
                    }
                    return over;
                },
                () -> {
                    forgetUnproven(task);
                    if (sites) {
                        deadlines.answerWhenApplied(task, committed, () -> quorum.appliedEverywhere(vlsn));
                    } else {
                        task.answer(committed);
                    }
                });
    }

    private void forgetUnproven(WriteTask task) {
        if (unproven.remove(task)) {
            over(task);
        }
    }

    /** One that was selected waits for nothing more; does nothing for others. */
    void over(WriteTask task) {
        if (isStrict(task)) {
            proving.decrementAndGet();
            provingBytes.addAndGet(-task.bytes());
        }
    }

    /** Ends those that wait longer than they wanted to, or than whoever asked for them may. */
    void expire(long nowNanos, Outcome late, Outcome maybe) {
        unproven.forEach(task -> task.expire(nowNanos, late, maybe));
        Outcome notEveryNode = notEveryNode();
        waiting.forEach(task -> task.expire(nowNanos, notEveryNode, maybe));
    }

    /** Those that are not written. */
    void refuse(Outcome refused) {
        waiting.forEach(task -> task.answer(refused));
    }

    /** Those that are, and that nobody proves any more. */
    void abandon(Outcome maybe) {
        unproven.forEach(task -> task.answer(maybe));
    }

    private static Outcome notEveryNode() {
        return Outcome.refused(Reason.NO_QUORUM, "not every electable node is connected");
    }
}
