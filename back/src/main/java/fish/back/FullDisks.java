package fish.back;

import fish.contract.NodeState;
import fish.contract.NodeType;
import fish.group.DiskRoom;
import fish.group.Mastership;
import fish.kv.Failure;
import fish.kv.Reason;
import fish.node.Followers;
import fish.node.GroupMember;
import fish.node.NodeReport;
import fish.run.EventLog;
import fish.run.Threads;
import fish.store.JeErrors;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * What a master does about full disks, its own and those that its majority depends on: it refuses what clients
 * write, so that what is left is there for the group's own commits, and hands over to a back-end that
 * has room if there is one. Thread-safe.
 */
final class FullDisks {
    private static final long LOOK_MILLIS = 500;
    private static final Duration TRANSFER_MAX = Duration.ofSeconds(3);
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(10);
    /** What another must have beyond its own limit, so that the mastership does not wander from disk to disk. */
    private static final long ROOM_TO_TAKE_OVER = 32L << 20;

    private final GroupMember groupMember;
    private final Followers followers;
    private final EventLog events;

    private volatile String othersFull = "";
    // The timer's own.
    private long handedOver = System.nanoTime() - AGAIN_NANOS;

    FullDisks(GroupMember groupMember, Followers followers, EventLog events) {
        this.groupMember = groupMember;
        this.followers = followers;
        this.events = events;
    }

    /**
     * @param timer ends with the node
     */
    @SuppressWarnings("FutureReturnValueIgnored") // ends with the timer
    void start(ScheduledExecutorService timer) {
        timer.scheduleWithFixedDelay(
                Threads.surviving(this::lookAgain), LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Why a client's write must be refused now; empty where there is room. For the master. */
    Optional<Failure> refusal() {
        Optional<DiskRoom> full = groupMember.disk().filter(DiskRoom::full);
        if (full.isPresent()) {
            return refuse("the master's disk is full: " + full.get().why());
        }
        String others = othersFull;
        return others.isEmpty() ? Optional.empty() : refuse("a majority needs nodes whose disks are full: " + others);
    }

    private static Optional<Failure> refuse(String detail) {
        return Optional.of(new Failure(Reason.DISK_FULL, detail));
    }

    /** A timer forgets what throws. */
    private void lookAgain() {
        try {
            look();
        } catch (RuntimeException e) {
            // JE's environment has just been closed under it.
            events.log("disks-not-seen", "node", groupMember.name(), "reason", JeErrors.explain(e));
        }
    }

    private void look() {
        Optional<Mastership> mastership = groupMember.mastership();
        if (mastership.isEmpty()) {
            othersFull = "";
            return;
        }
        List<NodeReport> voters = followers.lately().stream()
                .filter(report -> report.status().type() == NodeType.ELECTABLE)
                .toList();
        Set<String> full = followers.full();
        boolean needed = !full.isEmpty() && !mastership.get().voters().majorityWithout(full);
        tell(needed ? String.join(", ", full) : "");
        if (groupMember.disk().filter(DiskRoom::full).isPresent()) {
            handOver(voters);
        }
    }

    private void tell(String now) {
        if (!now.equals(othersFull)) {
            othersFull = now;
            if (now.isEmpty()) {
                events.log("disks-have-room", "node", groupMember.name());
            } else {
                events.log("disks-full", "node", groupMember.name(), "full", now, "next", "writes are refused");
            }
        }
    }

    private void handOver(List<NodeReport> voters) {
        Set<String> roomy = voters.stream()
                .filter(report -> report.room() >= ROOM_TO_TAKE_OVER
                        && !report.leaving()
                        && report.status().state() == NodeState.REPLICA
                        && report.status().priority() > 0)
                .map(report -> report.status().name())
                .collect(Collectors.toSet());
        long now = System.nanoTime();
        if (roomy.isEmpty() || now - handedOver < AGAIN_NANOS) {
            return;
        }
        handedOver = now;
        events.log(
                "handing-over",
                "node",
                groupMember.name(),
                "reason",
                "its disk is full",
                "to",
                String.join(",", roomy));
        // Whatever becomes of it is told as an event.
        var unused = groupMember.transferTo(() -> roomy, TRANSFER_MAX).exceptionally(failure -> "");
    }
}
