package fish.front;

import fish.contract.NodeState;
import fish.group.DiskRoom;
import fish.link.LinkClient;
import fish.link.LinkConnector;
import fish.link.OtherGroupException;
import fish.node.GroupMember;
import fish.node.NodeReport;
import fish.node.Peers;
import fish.run.EventLog;
import fish.run.Guard;
import fish.run.Repeated;
import fish.store.MasterRecord;
import fish.store.MemberRecord;
import fish.store.UnavailableException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Finds the serving master and keeps the gateway linked to it. The replica says who took over last and
 * where; since it may hear of a new master late, or never while an old one hangs, all back-ends are asked
 * as well, side by side, whenever there is no link. The highest term wins. One thread of its own.
 */
final class MasterFinder implements AutoCloseable {
    private static final Duration ASK_TIMEOUT = Duration.ofMillis(500);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);
    private static final long LOOK_MILLIS = 200;
    private static final long ASK_MILLIS = 50;
    /** A back-end of another group is not asked for so long. */
    private static final long STRANGER_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(8);

    private final String group;
    private final GroupMember groupMember;
    private final Gateway gateway;
    private final Peers peers;
    private final LinkConnector connector;
    private final EventLog log;
    private final Semaphore wanted = new Semaphore(0);
    private final AtomicReference<@Nullable MasterRecord> found = new AtomicReference<>();
    private final Thread thread;

    // The thread's own.
    private final Repeated failures = new Repeated(System::nanoTime);
    private final Repeated notLinked = new Repeated(System::nanoTime);
    private Map<String, String> backEnds = Map.of();
    private final Map<String, Long> strangers = new HashMap<>();
    private long highestTerm;
    private long heldBefore;
    private long behindSince = System.nanoTime();

    private volatile boolean closing;

    MasterFinder(
            String group,
            GroupMember groupMember,
            Gateway gateway,
            Peers peers,
            LinkConnector connector,
            EventLog log,
            Guard guard) {
        this.group = group;
        this.groupMember = groupMember;
        this.gateway = gateway;
        this.peers = peers;
        this.connector = connector;
        this.log = log;
        this.thread = guard.thread("fish-master-finder", this::run);
    }

    void start() {
        thread.start();
    }

    /** A master is needed now. Does not block. */
    void wanted() {
        if (wanted.availablePermits() == 0) {
            wanted.release();
        }
    }

    private void run() {
        try {
            while (!closing) {
                lookGuarded();
                boolean linked = gateway.term() > 0;
                if (wanted.tryAcquire(linked ? LOOK_MILLIS : ASK_MILLIS, TimeUnit.MILLISECONDS)) {
                    wanted.drainPermits();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What others told or stored, however odd, does not end the search for the master. */
    private void lookGuarded() throws InterruptedException {
        try {
            look();
        } catch (RuntimeException e) {
            if (failures.isNews(e.toString())) {
                log.log("master-search-failed", "reason", e);
            }
        }
    }

    private void look() throws InterruptedException {
        MasterRecord masterRecord = MasterRecord.NONE;
        long held = 0;
        try {
            masterRecord = groupMember.store().masterRecord();
            held = groupMember.store().lastRevision();
            gateway.known(held);
            remember(groupMember.store().members());
        } catch (UnavailableException e) {
            // Only the others can tell, if any were ever heard of.
        }
        if (gateway.term() >= Math.max(masterRecord.term(), 1)) {
            reopenIfStuck(masterRecord.term() < gateway.term(), held);
            return;
        }
        ask();
        MasterRecord best = found.getAndSet(null);
        if (best != null && best.term() > gateway.term()) {
            link(best);
        }
    }

    /** A replica that does not hear of the master which its gateway talks to follows one that hangs. */
    private void reopenIfStuck(boolean behind, long held) {
        long now = System.nanoTime();
        if (!behind || held != heldBefore) {
            heldBefore = held;
            behindSince = now;
        } else if (now - behindSince > STUCK_NANOS) {
            behindSince = now;
            if (groupMember.disk().filter(DiskRoom::full).isPresent()) {
                // It can follow nobody, and would only stop serving what it has.
                return;
            }
            groupMember.reopen("the replica has not heard of the master in office");
        }
    }

    private void remember(List<MemberRecord> members) {
        Map<String, String> urls = new TreeMap<>();
        members.forEach(member -> urls.put(member.name(), member.http()));
        if (!urls.isEmpty()) {
            backEnds = urls;
        }
    }

    /** Asks all back-ends; goes on as soon as one serves and no older than any that was known. */
    private void ask() throws InterruptedException {
        Semaphore answers = new Semaphore(0);
        long known = highestTerm;
        Map<String, String> ours = new TreeMap<>(backEnds);
        long now = System.nanoTime();
        strangers.values().removeIf(until -> now - until >= 0);
        ours.values().removeIf(strangers::containsKey);
        int asked = ours.size();
        ours.forEach((name, http) -> {
            var unused = peers.report(http, ASK_TIMEOUT).whenComplete((report, failure) -> {
                if (report != null && inOffice(name, report)) {
                    MasterRecord masterRecord = new MasterRecord(report.status().term(), name, http, 0, 0);
                    found.accumulateAndGet(
                            masterRecord, (a, b) -> a == null || (b != null && b.term() > a.term()) ? b : a);
                    answers.release(report.status().term() >= known ? asked : 1);
                } else {
                    answers.release();
                }
            });
        });
        boolean all = answers.tryAcquire(asked, ASK_TIMEOUT.toMillis() * 2, TimeUnit.MILLISECONDS);
        if (!all) {
            log.log("asking-back-ends-slow", "asked", asked);
        }
    }

    /** Somebody else may have got its port. */
    private boolean inOffice(String name, NodeReport report) {
        return report.group().equals(group)
                && report.status().name().equals(name)
                && report.status().state() == NodeState.MASTER;
    }

    private void link(MasterRecord masterRecord) throws InterruptedException {
        AtomicReference<@Nullable LinkClient> client = new AtomicReference<>();
        try {
            LinkClient made = connector
                    .connect(
                            URI.create(masterRecord.http()),
                            CONNECT_TIMEOUT,
                            reason -> ended(client.get(), masterRecord, reason))
                    .get(CONNECT_TIMEOUT.toMillis() * 2, TimeUnit.MILLISECONDS);
            client.set(made);
            highestTerm = masterRecord.term();
            notLinked.over();
            log.log("linked", "master", masterRecord.name(), "term", masterRecord.term(), "http", masterRecord.http());
            gateway.linked(new MasterLink(made, masterRecord.term(), masterRecord.http()));
            if (!made.isOpen()) {
                gateway.unlinked(made);
            }
        } catch (ExecutionException | TimeoutException e) {
            if (e.getCause() instanceof OtherGroupException) {
                strangers.put(masterRecord.http(), System.nanoTime() + STRANGER_NANOS);
            }
            String reason =
                    String.valueOf(e.getCause() == null ? e : e.getCause().getMessage());
            if (notLinked.isNews(masterRecord.http() + reason)) {
                log.log("not-linked", "master", masterRecord.name(), "http", masterRecord.http(), "reason", reason);
            }
        }
    }

    private void ended(@Nullable LinkClient client, MasterRecord masterRecord, String reason) {
        log.log("unlinked", "master", masterRecord.name(), "reason", reason);
        if (client != null) {
            gateway.unlinked(client);
        }
    }

    @Override
    public void close() {
        closing = true;
        wanted();
    }
}
