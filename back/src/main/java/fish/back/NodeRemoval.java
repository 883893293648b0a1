package fish.back;

import fish.api.NodesRoute;
import fish.api.Statuses;
import fish.contract.Code;
import fish.contract.NodeType;
import fish.group.GroupChanges;
import fish.http.Call;
import fish.http.Problem;
import fish.kv.Outcome;
import fish.node.Followers;
import fish.node.GroupMember;
import fish.run.Repeated;
import fish.run.Threads;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Takes back-ends out of the group at the master, one after the other, on a thread of its own. */
final class NodeRemoval implements NodesRoute.Removal, AutoCloseable {
    /** The thread leaves itself so much time to answer. */
    private static final long ANSWER_NANOS = 500_000_000;

    private static final Duration HAND_OVER = Duration.ofSeconds(5);

    private static final int WAITING_MAX = 16;
    private static final long RESUME_SECONDS = 2;

    private final GroupMember groupMember;
    private final Followers followers;
    private final GroupChanges changes;
    private final Repeated leaving = new Repeated(System::nanoTime);
    private final AtomicInteger waiting = new AtomicInteger();
    private final ScheduledExecutorService thread = Threads.timer("fish-group-changes");

    /**
     * @param self this node's name
     */
    NodeRemoval(String self, GroupMember groupMember, Followers followers) {
        this.groupMember = groupMember;
        this.followers = followers;
        this.changes = new GroupChanges(
                self, groupMember::mastership, groupMember::reopen, this::leaveOffice, groupMember, Clock.systemUTC());
    }

    /** Seldom again where nobody takes over: while it is tried nothing is written. */
    private void leaveOffice(String reason) {
        if (leaving.isNews(reason)) {
            groupMember.event("leaving-office", "reason", reason);
            groupMember.transferMaster(this::unfit, HAND_OVER);
        }
    }

    private Set<String> unfit() {
        Set<String> unfit = new HashSet<>(followers.leaving());
        unfit.addAll(followers.full());
        return unfit;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // ends with the thread
    void start() {
        thread.scheduleWithFixedDelay(
                Threads.surviving(changes::resume), RESUME_SECONDS, RESUME_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // the call is answered in the end
    public void remove(String node, boolean force, Call call, long deadlineNanos) {
        Optional<Problem> refusal = refusal(node);
        if (refusal.isPresent()) {
            call.answer(() -> call.problem(refusal.get()));
            return;
        }
        if (waiting.incrementAndGet() > WAITING_MAX) {
            waiting.decrementAndGet();
            call.answer(() -> call.problem(new Problem(Code.OVERLOADED, "too many changes of the group wait")));
            return;
        }
        try {
            thread.execute(() -> {
                waiting.decrementAndGet();
                GroupChanges.Result result =
                        changes.remove(node, force, call.grant().asker(), deadlineNanos - ANSWER_NANOS);
                if (result.end() == GroupChanges.End.DONE) {
                    followers.forget(node);
                }
                answer(node, call, result);
            });
        } catch (RejectedExecutionException e) {
            waiting.decrementAndGet();
            call.answer(() -> call.problem(new Problem(Code.SHUTTING_DOWN, "this node is stopping")));
        }
    }

    private Optional<Problem> refusal(String node) {
        if (groupMember.mastership().isEmpty()) {
            return Optional.of(MasterTransfer.notHere(groupMember));
        }
        boolean frontEnd = followers.lately().stream()
                .anyMatch(report ->
                        report.status().name().equals(node) && report.status().type() == NodeType.SECONDARY);
        return frontEnd
                ? Optional.of(
                        new Problem(Code.CONFLICT, node + " is a front-end, which leaves the group when it is stopped"))
                : Optional.empty();
    }

    private static void answer(String node, Call call, GroupChanges.Result result) {
        switch (result.end()) {
            case DONE -> call.answer(() -> call.json(200, NodesRoute.done(node, false)));
            case DECIDED -> call.answer(() -> call.json(200, NodesRoute.done(node, true)));
            case NO_SUCH_NODE -> call.answer(() -> call.problem(new Problem(Code.NOT_FOUND, result.detail())));
            case CONFLICT -> call.answer(() -> call.problem(new Problem(Code.CONFLICT, result.detail())));
            case FAILED ->
                call.answer(() -> call.problem(problem(result.failure().orElseThrow())));
        }
    }

    private static Problem problem(Outcome failure) {
        return failure instanceof Outcome.Unknown unknown
                ? Statuses.problem(unknown)
                : Statuses.problem((Outcome.Refused) failure);
    }

    @Override
    public void close() {
        thread.shutdown();
    }
}
