package fish.store.master;

import fish.kv.Outcome;
import fish.kv.Reason;
import fish.kv.RequestId;
import fish.run.Threads;
import fish.store.Databases;
import fish.store.Tables;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Looks through {@code changes} for writes that were sent before, on a thread of its own: however much
 * there is to look through, the pen waits for none of it. One pass looks for all that wait, and keeps
 * nothing but where it found them. Thread-safe; what waits is bounded by the pen's queue.
 */
final class RetrySearch implements AutoCloseable {
    /** Commits that one search may look at: about a minute at full speed. */
    static final int SEARCH_MAX = 1_000_000;

    private final Databases databases;
    private final Consumer<WriteTask> searched;
    private final ConcurrentLinkedQueue<WriteTask> waiting = new ConcurrentLinkedQueue<>();
    private final ThreadPoolExecutor thread = new ThreadPoolExecutor(
            1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), Threads.named("fish-retry-search"));

    /**
     * @param searched takes each write, whatever became of it meanwhile; if it was found, it is the first after what it knows
     */
    RetrySearch(Databases databases, Consumer<WriteTask> searched) {
        this.databases = databases;
        this.searched = searched;
        thread.allowCoreThreadTimeOut(true);
    }

    void search(WriteTask task) {
        waiting.add(task);
        try {
            // One pass for all who came until it begins; the others' passes find nobody.
            thread.execute(this::look);
        } catch (RejectedExecutionException e) {
            waiting.remove(task);
            searched.accept(task);
        }
    }

    void forEach(Consumer<WriteTask> look) {
        waiting.forEach(look);
    }

    private void look() {
        List<WriteTask> group = new ArrayList<>();
        long from = Long.MAX_VALUE;
        for (WriteTask task : waiting) {
            group.add(task);
            from = Math.min(from, task.write().knownRevision());
        }
        if (group.isEmpty()) {
            return;
        }
        try {
            find(group, from);
        } catch (RuntimeException e) {
            // The store is going away, and the pen with it.
            end(group, Outcome.refused(Reason.NOT_MASTER, "this node is leaving the mastership"));
        } catch (Error e) {
            end(group, Outcome.unknown(Reason.UNKNOWN_OUTCOME, "the first try could not be looked for"));
            throw e;
        }
    }

    private void find(List<WriteTask> group, long from) {
        Set<RequestId> wanted = new HashSet<>();
        group.forEach(task -> wanted.add(task.write().id()));
        Map<RequestId, Long> found = new HashMap<>();
        long[] last = {from};
        int[] count = {0};
        boolean whole = Tables.commitsAfter(databases, from, commit -> {
            if (++count[0] > SEARCH_MAX) {
                return false;
            }
            last[0] = commit.revision();
            if (wanted.contains(commit.request())) {
                found.put(commit.request(), commit.revision());
            }
            return true;
        });
        List<WriteTask> hopeless = new ArrayList<>();
        for (WriteTask task : group) {
            Long at = found.get(task.write().id());
            if (whole || at != null) {
                // Where it was found is what the pen looks at first.
                task.searchedTo(at == null ? last[0] : at - 1);
                waiting.remove(task);
                searched.accept(task);
            } else if (task.write().knownRevision() == from) {
                hopeless.add(task);
            }
        }
        end(
                hopeless,
                Outcome.unknown(
                        Reason.UNKNOWN_OUTCOME, "too much has happened since this write was first sent to find it"));
        if (!whole) {
            look();
        }
    }

    private void end(List<WriteTask> tasks, Outcome outcome) {
        for (WriteTask task : tasks) {
            waiting.remove(task);
            task.answer(outcome);
            searched.accept(task);
        }
    }

    /** Takes nothing more; does not wait. */
    @Override
    public void close() {
        thread.shutdown();
    }
}
