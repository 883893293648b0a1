package fish.back;

import fish.api.MasterRoute;
import fish.contract.Code;
import fish.contract.NodeState;
import fish.http.Call;
import fish.http.Problem;
import fish.node.Followers;
import fish.node.GroupMember;
import fish.node.NodeReport;
import fish.node.Peers;
import fish.store.MemberRecord;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Hands the mastership from this node to another, and answers once that one serves. */
final class MasterTransfer implements MasterRoute.MasterTransfer {
    private static final Duration ASK_TIMEOUT = Duration.ofMillis(500);
    private static final long ASK_MILLIS = 20;

    private final String self;
    private final GroupMember groupMember;
    private final Peers peers;
    private final Followers followers;
    private final ScheduledExecutorService timer;

    /**
     * @param timer runs the questions whether the other serves yet
     */
    MasterTransfer(
            String self, GroupMember groupMember, Peers peers, Followers followers, ScheduledExecutorService timer) {
        this.self = self;
        this.groupMember = groupMember;
        this.peers = peers;
        this.followers = followers;
        this.timer = timer;
    }

    @Override
    public void to(String node, Call call, long deadlineNanos) {
        Optional<MemberRecord> member = groupMember.members().stream()
                .filter(known -> known.name().equals(node))
                .findFirst();
        Optional<Problem> refusal = refusal(node, member);
        if (refusal.isPresent()) {
            call.answer(() -> call.problem(refusal.get()));
        } else if (node.equals(self)) {
            call.answer(() -> call.json(200, MasterRoute.done(node)));
        } else {
            // A master that is new in office has not heard from all yet.
            String http = member.map(MemberRecord::http).orElse("");
            Duration half = Duration.ofNanos(Math.max(1_000_000, (deadlineNanos - System.nanoTime()) / 2));
            Duration most = half.compareTo(ASK_TIMEOUT) < 0 ? half : ASK_TIMEOUT;
            var unused = peers.report(http, most).whenComplete((report, failure) -> {
                Optional<Problem> unfit = failure == null ? unfit(node, report) : Optional.empty();
                if (unfit.isPresent()) {
                    call.answer(() -> call.problem(unfit.get()));
                } else {
                    handOver(node, http, call, deadlineNanos);
                }
            });
        }
    }

    private static Optional<Problem> unfit(String node, NodeReport report) {
        if (!report.status().name().equals(node)) {
            return Optional.empty();
        }
        return report.leaving()
                ? Optional.of(stopping(node))
                : report.room() < 0 ? Optional.of(full(node)) : Optional.empty();
    }

    private static Problem stopping(String node) {
        return new Problem(Code.CONFLICT, node + " is stopping");
    }

    private static Problem full(String node) {
        return new Problem(Code.CONFLICT, node + " has a full disk, and could take no writes");
    }

    private void handOver(String node, String http, Call call, long deadlineNanos) {
        Duration left = Duration.ofNanos(deadlineNanos - System.nanoTime());
        if (left.isNegative() || left.isZero()) {
            return; // whoever asked is told that its time is over
        }
        var unused = groupMember.transferTo(() -> Set.of(node), left).whenComplete((name, failure) -> {
            if (failure == null) {
                awaitOffice(node, http, call, deadlineNanos);
            } else {
                String why = "not handed over: " + failure.getMessage();
                call.answer(() -> call.problem(new Problem(Code.CONFLICT, why)));
            }
        });
    }

    static Problem notHere(GroupMember groupMember) {
        String master = groupMember.masterHttp();
        Map<String, Object> where = master.isEmpty() ? Map.of() : Map.of("master", master);
        return new Problem(Code.NOT_MASTER, "this node is not the master in office", where);
    }

    private Optional<Problem> refusal(String node, Optional<MemberRecord> member) {
        if (groupMember.mastership().isEmpty()) {
            return Optional.of(notHere(groupMember));
        }
        boolean follows = followers.lately().stream()
                .anyMatch(report -> report.status().name().equals(node));
        if (member.isEmpty()) {
            return Optional.of(
                    follows
                            ? new Problem(Code.CONFLICT, node + " is a front-end, which cannot be master")
                            : new Problem(Code.NOT_FOUND, "no node " + node));
        }
        if (member.get().priority() == 0) {
            return Optional.of(new Problem(Code.CONFLICT, node + " has priority 0: it is never master"));
        }
        if (!node.equals(self)
                && groupMember.connected().stream().noneMatch(one -> one.name().equals(node))) {
            return Optional.of(new Problem(Code.CONFLICT, node + " is not connected to the master"));
        }
        if (followers.leaving().contains(node)) {
            return Optional.of(stopping(node));
        }
        if (followers.full().contains(node)) {
            return Optional.of(full(node));
        }
        return Optional.empty();
    }

    @SuppressWarnings("FutureReturnValueIgnored") // ends with the timer
    private void awaitOffice(String node, String http, Call call, long deadlineNanos) {
        var unused = peers.report(http, ASK_TIMEOUT).whenComplete((report, failure) -> {
            boolean inOffice = report != null
                    && report.status().name().equals(node)
                    && report.status().state() == NodeState.MASTER;
            if (inOffice) {
                call.answer(() -> call.json(200, MasterRoute.done(node)));
            } else if (System.nanoTime() - deadlineNanos < 0) {
                timer.schedule(() -> awaitOffice(node, http, call, deadlineNanos), ASK_MILLIS, TimeUnit.MILLISECONDS);
            }
        });
    }
}
