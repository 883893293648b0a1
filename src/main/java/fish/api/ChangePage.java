package fish.api;

import fish.contract.Code;
import fish.http.Call;
import fish.http.Problem;
import fish.kv.ChangeSink;
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
    private final List<byte[]> commits = new ArrayList<>();
    private long bytes;
    private long last;
    private boolean done;

    /**
     * @param endNanos when it is sent with whatever it has
     */
    ChangePage(Call call, ChangeBudget budget, Bounds bounds, long startNanos, long endNanos) {
        this.call = call;
        this.budget = budget;
        this.bounds = bounds;
        this.startNanos = startNanos;
        this.endNanos = endNanos;
    }

    @Override
    public boolean hasRoom() {
        return !done;
    }

    @Override
    public boolean commit(long revision, byte[] encoded) {
        if (done) {
            return true;
        }
        if (!commits.isEmpty() && !budget.hasRoom()) {
            finish(last);
            return true;
        }
        commits.add(encoded);
        bytes += encoded.length;
        budget.take(encoded.length);
        last = revision;
        if (commits.size() == bounds.commits || bytes >= PAGE_BYTES) {
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
        boolean waited = !commits.isEmpty() || now - startNanos >= bounds.waitNanos;
        if ((caughtUp && waited) || now - endNanos >= 0) {
            finish(revision);
        }
    }

    private void finish(long revision) {
        byte[] page = ChangeJson.page(commits, revision);
        end();
        call.answer(() -> call.jsonHeld(page));
    }

    private void end() {
        done = true;
        commits.clear();
        budget.giveBack(bytes);
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
            end();
            call.answer(() -> call.problem(problem));
        }
    }

    @Override
    public boolean closed() {
        return done;
    }
}
