package fish.store.master;

import fish.kv.Outcome;
import fish.kv.Write;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * A write on its way through the pen. It is answered once, by whoever comes first: the pen with what
 * happened, or the clock when its deadline has passed. Until the pen {@linkplain #take takes} it, it can
 * be withdrawn, and is where whoever asked may not have it any more; then nothing happens.
 */
final class WriteTask {
    private enum State {
        WAITING,
        TAKEN,
        ANSWERED
    }

    private volatile Write write;
    private final Consumer<? super Outcome> answer;
    private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
    private final int bytes;
    private final long sinceNanos = System.nanoTime();

    WriteTask(Write write, Consumer<? super Outcome> answer) {
        this.write = write;
        this.answer = answer;
        this.bytes = write.txn().heapBytes();
    }

    Write write() {
        return write;
    }

    /** About what it holds of the heap. */
    int bytes() {
        return bytes;
    }

    /** By {@link System#nanoTime}: when it came. */
    long sinceNanos() {
        return sinceNanos;
    }

    boolean overdue(long nowNanos) {
        return nowNanos - write.deadlineNanos() >= 0;
    }

    /** It was sent before, and its first try is not among the commits up to this one, or is known. */
    void searchedTo(long revision) {
        write = write.again(Math.max(revision, write.knownRevision()));
    }

    boolean answered() {
        return state.get() == State.ANSWERED;
    }

    /** The pen is going to apply it. False: it was withdrawn, now where whoever asked may not have it any more. */
    boolean take() {
        withdrawIfRefused();
        return state.compareAndSet(State.WAITING, State.TAKEN);
    }

    /** Answers, unless it was answered. */
    void answer(Outcome outcome) {
        if (state.getAndSet(State.ANSWERED) != State.ANSWERED) {
            answer.accept(outcome);
        }
    }

    /** Ends it if the pen has not taken it. */
    boolean withdraw(Outcome outcome) {
        boolean withdrawn = state.compareAndSet(State.WAITING, State.ANSWERED);
        if (withdrawn) {
            answer.accept(outcome);
        }
        return withdrawn;
    }

    /**
     * Once nobody waits for it any more, withdraws it if the pen has not taken it, else it is unknown. Withdraws it also
     * where whoever asked may not have it any more; one that the pen has taken ends as it ends.
     */
    void expire(long nowNanos, Outcome ifWaiting, Outcome ifTaken) {
        if (!overdue(nowNanos)) {
            withdrawIfRefused();
        } else if (!withdraw(ifWaiting) && state.compareAndSet(State.TAKEN, State.ANSWERED)) {
            answer.accept(ifTaken);
        }
    }

    private void withdrawIfRefused() {
        if (state.get() == State.WAITING) {
            write.asker().refusalByNow().ifPresent(failure -> withdraw(new Outcome.Refused(failure)));
        }
    }
}
