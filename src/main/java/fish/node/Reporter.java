package fish.node;

import fish.api.ClusterSource;
import fish.contract.NodeStatus;
import fish.group.DiskRoom;
import fish.run.Repeated;
import fish.run.Threads;
import fish.store.UnavailableException;
import fish.store.master.PenStats;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Tells others about this node: who asks, and every second the master it follows. Thread-safe. */
public final class Reporter implements AutoCloseable {
    private static final long LEAVE_MILLIS = 200;
    private static final long LOOK_MILLIS = 1000;
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    /** So often in a row: while the master changes it is usual. */
    private static final int REFUSED_TELL = 10;

    private final GroupMember groupMember;
    private final Followers followers;
    private final Clock clock;
    private final Supplier<NodeStatus> status;
    private final String group;
    private volatile boolean leaving;
    private final Peers peers;
    private final Clocks clocks;
    private final Repeated refusals = new Repeated(System::nanoTime);
    private int refusedInARow;
    private final ScheduledExecutorService timer = Threads.timer("fish-reporter");

    /**
     * @param followers who announced themselves here
     * @param status this node's, now
     */
    public Reporter(
            GroupMember groupMember, Followers followers, Clock clock, Supplier<NodeStatus> status, String group) {
        this.groupMember = groupMember;
        this.peers = new Peers(groupMember.transport(), TIMEOUT);
        this.followers = followers;
        this.clock = clock;
        this.clocks = new Clocks(clock, groupMember);
        this.status = status;
        this.group = group;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // ends with the timer
    public void start() {
        timer.scheduleWithFixedDelay(Threads.surviving(this::announce), 200, 1000, TimeUnit.MILLISECONDS);
        timer.scheduleWithFixedDelay(Threads.surviving(this::compareClocks), 2000, 5000, TimeUnit.MILLISECONDS);
        groupMember
                .transport()
                .tls()
                .ifPresent(tls -> timer.scheduleWithFixedDelay(
                        Threads.surviving(tls::look), 0, LOOK_MILLIS, TimeUnit.MILLISECONDS));
    }

    public Clocks clocks() {
        return clocks;
    }

    /** What people should know of this node beyond its state, in words; nothing usually. */
    public List<String> warnings() {
        return Checks.of(groupMember, clocks).stream()
                .filter(check -> !check.detail().isEmpty())
                .map(check -> check.name() + " " + check.detail())
                .toList();
    }

    private void compareClocks() {
        String master = groupMember.masterHttp();
        if (!master.isEmpty() && groupMember.mastership().isEmpty()) {
            long asked = clock.millis();
            var unused = peers.report(master, TIMEOUT)
                    .thenAccept(report -> clocks.heard(report.status().name(), report.clockMillis(), asked))
                    .exceptionally(failure -> null);
        }
    }

    public Followers followers() {
        return followers;
    }

    /** For what happens now and then; ends when this is closed. */
    public ScheduledExecutorService timer() {
        return timer;
    }

    public Peers peers() {
        return peers;
    }

    /** The last revision that this node's replica holds; 0 while it cannot be read. */
    public long revision() {
        try {
            return groupMember.store().lastRevision();
        } catch (UnavailableException e) {
            return 0;
        }
    }

    public NodeReport report() {
        long held;
        try {
            held = groupMember.store().heldMillis();
        } catch (UnavailableException e) {
            held = 0;
        }
        Optional<PenStats> pen =
                groupMember.mastership().map(mastership -> mastership.pen().stats());
        return new NodeReport(
                group,
                status.get(),
                clock.millis(),
                held,
                pen.map(PenStats::batches).orElse(0L),
                pen.map(PenStats::writes).orElse(0L),
                leaving,
                groupMember.disk().map(Reporter::room).orElse(0L),
                pen.isPresent() ? followers.lately() : List.of());
    }

    /** Below zero as long as clients' writes are refused, which is until there is some more room than it takes. */
    private static long room(DiskRoom disk) {
        return disk.full() ? Math.min(-1, disk.roomBytes()) : disk.roomBytes();
    }

    /** On the master: how far each node that follows it is behind, in seconds, as it said lately; NaN where it is not known. */
    Map<String, Double> lags() {
        Map<String, Double> lags = new TreeMap<>();
        if (groupMember.mastership().isPresent()) {
            Optional<NodeReport> self = Optional.of(report());
            followers.lately().forEach(node -> lags.put(node.status().name(), Survey.lagSeconds(node, self)));
        }
        return lags;
    }

    /** The whole group, for {@code GET /cluster}. */
    public ClusterSource survey() {
        return new Survey(peers, this::report, groupMember::members);
    }

    /** Tells the master now, without waiting for it; comes again in a second, whatever becomes of it. */
    public void announce() {
        var unused = announced();
    }

    private CompletableFuture<@Nullable Void> announced() {
        String master = groupMember.masterHttp();
        return master.isEmpty() || groupMember.mastership().isPresent()
                ? CompletableFuture.completedFuture(null)
                : peers.announce(master, report(), TIMEOUT).handle((refusal, failure) -> {
                    if (refusal != null) {
                        answered(master, refusal);
                    }
                    return null;
                });
    }

    private synchronized void answered(String by, String refusal) {
        refusedInARow = refusal.isEmpty() ? 0 : refusedInARow + 1;
        if (refusedInARow == 0) {
            refusals.over();
        } else if (refusedInARow >= REFUSED_TELL && refusals.isNews(by)) {
            groupMember.event("announcement-refused", "by", by, "reason", refusal);
        }
    }

    /** From now on this node says that it is leaving. The master is told first; blocks for that, not long. */
    public void leave() {
        leaving = true;
        var unused = announced()
                .completeOnTimeout(null, LEAVE_MILLIS, TimeUnit.MILLISECONDS)
                .join();
    }

    @Override
    public void close() {
        timer.shutdown();
    }
}
