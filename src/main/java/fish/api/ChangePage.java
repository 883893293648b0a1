package fish.api;

import fish.contract.Code;
import fish.http.Call;
import fish.http.Problem;
import fish.kv.ChangeSink;
import fish.kv.EncodedCommit;
import fish.kv.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A page of commits: full, or as far as there are any, or after a wait. For the source's thread. */
final class ChangePage implements ChangeSink {
    /** About where a page stops. */
    private static final int PAGE_BYTES = 4 << 20;

    /**
     * @param waitNanos how long it waits for the first commit
     */
    record Bounds(int commits, long waitNanos) {}

    private final Call call;
    private final ChangeBudget budget;
    private final Bounds bounds;
    private final long startNanos;
    private final long endNanos;
    // The source's thread alone.
    private long bytes;
    private long last;
    private boolean done;

    // Under the lock of this.
    private final List<EncodedCommit> commits = new ArrayList<>();
    private boolean over;

    /**
     * On the I/O thread.
     *
     * @param endNanos when it is sent with whatever it has
     */
    ChangePage(Call call, ChangeBudget budget, Bounds bounds, long startNanos, long endNanos) {
        this.call = call;
        this.budget = budget;
        this.bounds = bounds;
        this.startNanos = startNanos;
        this.endNanos = endNanos;
        call.exchange().addExchangeCompleteListener((ended, next) -> {
            release();
            next.proceed();
        });
    }

    /** The page was sent, or never will be. */
    private synchronized void release() {
        over = true;
        commits.forEach(budget::giveBack);
        commits.clear();
    }

    /** False: nobody waits for it any more. */
    private synchronized boolean keep(EncodedCommit commit) {
        if (!over) {
            budget.take(commit);
            commits.add(commit);
        }
        return !over;
    }

    private synchronized List<EncodedCommit> kept() {
        return List.copyOf(commits);
    }

    @Override
    public boolean hasRoom() {
        return !done && budget.hasRoom();
    }

    @Override
    public boolean commit(long revision, EncodedCommit encoded) {
        if (done) {
            return true;
        }
        boolean first = bytes == 0;
        if (!budget.hasRoomFor(encoded)) {
            if (!first) {
                finish(last);
            }
            return !first;
        }
        if (!keep(encoded)) {
            done = true;
            return true;
        }
        bytes += encoded.bytes();
        last = revision;
        if (kept().size() == bounds.commits || bytes >= PAGE_BYTES) {
            finish(revision);
        }
        return true;
    }

    @Override
    public void reached(long revision, boolean caughtUp) {
        if (done) {
            return;
        }
        long now = System.nanoTime();
        boolean any = bytes > 0;
        boolean waited = any || now - startNanos >= bounds.waitNanos;
        boolean full = any && !budget.hasRoom();
        if ((caughtUp && waited) || full || now - endNanos >= 0) {
            finish(revision);
        }
    }

    private void finish(long revision) {
        done = true;
        call.answer(() -> {
            ChangeHandler.vary(call.exchange());
            List<byte[]> page = ChangeJson.page(kept(), revision);
            // From here on it is an answer like others, which must give way where its client does not take it.
            release();
            call.jsonHeld(page);
        });
    }

    @Override
    public void compacted(long oldest) {
        fail(compactedProblem(oldest));
    }

    static Problem compactedProblem(long oldest) {
        return new Problem(
                Code.COMPACTED, "changes are kept from revision " + oldest + " on", Map.of("oldest", oldest));
    }

    @Override
    public void failed(Failure failure) {
        fail(new Problem(Statuses.code(failure.reason()), failure.detail()));
    }

    private void fail(Problem problem) {
        if (!done) {
            done = true;
            call.answer(() -> call.problem(problem));
        }
    }

    @Override
    public synchronized boolean closed() {
        return done || over;
    }
}
