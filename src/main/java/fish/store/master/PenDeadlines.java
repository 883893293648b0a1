package fish.store.master;

import fish.kv.Outcome;
import fish.kv.Reason;
import fish.run.Sweeper;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;

/**
 * Looks at the clock for the pen, whose own thread may be waiting for acknowledgements.
 */
final class PenDeadlines implements AutoCloseable {
    private static final long PERIOD_MILLIS = 10;

    /** A committed write that is answered once something more is true. */
    private record Waiting(WriteTask task, Outcome committed, BooleanSupplier applied) {}

    private final Pen pen;
    private final ConcurrentLinkedQueue<Waiting> waiting = new ConcurrentLinkedQueue<>();
    private final Sweeper sweeper = new Sweeper("fish-pen-deadlines", PERIOD_MILLIS);

    PenDeadlines(Pen pen) {
        this.pen = pen;
    }

    void start() {
        sweeper.start(this::sweepOrBreak);
    }

    void answerWhenApplied(WriteTask task, Outcome committed, BooleanSupplier applied) {
        waiting.add(new Waiting(task, committed, applied));
    }

    private void sweepOrBreak() {
        try {
            sweep();
        } catch (Throwable e) {
            // The clock would stand still, and requests wait for ever.
            pen.broken(e);
        }
    }

    private void sweep() {
        long now = System.nanoTime();
        pen.expire(now);
        waiting.removeIf(one -> {
            if (one.applied().getAsBoolean()) {
                one.task().answer(one.committed());
                return true;
            }
            if (one.task().overdue(now)) {
                one.task().answer(notApplied());
                return true;
            }
            return false;
        });
    }

    private static Outcome notApplied() {
        return Outcome.unknown(Reason.UNKNOWN_OUTCOME, "committed, and not applied by every read-only replica in time");
    }

    @Override
    public void close() {
        sweeper.close();
        waiting.forEach(one -> one.task().answer(notApplied()));
    }
}
