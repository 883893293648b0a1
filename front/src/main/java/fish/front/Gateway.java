package fish.front;

import fish.budget.OverloadLimit;
import fish.kv.Consistency;
import fish.kv.Failure;
import fish.kv.Outcome;
import fish.kv.Read;
import fish.kv.ReadOutcome;
import fish.kv.Reason;
import fish.kv.Service;
import fish.kv.Write;
import fish.link.LinkClient;
import fish.node.NodeMetrics;
import fish.run.Guard;
import fish.run.Sweeper;
import fish.store.Store;
import fish.store.replica.LocalReads;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The store on a front-end: sends to the master what it must serve, and holds it, within bounds, while
 * there is none; reads of the local replica are served here. Thread-safe.
 */
final class Gateway implements Service, ForwardedCall.Owner, AutoCloseable {
    private static final long SWEEP_MILLIS = 10;
    /** For the master's own, truer answer at the deadline. */
    private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /**
     * How long who is refused for coming with too many others is kept: who comes again at once would else
     * take the time of those who are served.
     */
    private static final long REFUSED_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private static final Failure NO_ROOM = new Failure(Reason.OVERLOADED, "more requests come than the master answers");

    /** What is with the master or waits for one, of one kind. */
    private static final class Kind {
        final OverloadLimit limit = new OverloadLimit();
        final AtomicInteger count = new AtomicInteger();
    }

    private final Kind writes = new Kind();
    private final Kind reads = new Kind();
    /** The replica's own questions, one at a time: not to be refused because clients ask too much. */
    private final Kind questions = new Kind();

    private final LocalReads local;
    private final int heldMax;
    private final long heldBytesMax;
    private final Map<ForwardedCall, Kind> open = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<ForwardedCall> refused = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<ForwardedCall> held = new ConcurrentLinkedQueue<>();
    private final AtomicInteger heldCount = new AtomicInteger();
    private final AtomicLong heldBytes = new AtomicLong();
    private final AtomicInteger flushes = new AtomicInteger();
    private final Sweeper sweeper = new Sweeper("fish-gateway-deadlines", SWEEP_MILLIS);

    private final GatewayStats stats = new GatewayStats();
    private final AtomicLong knownRevision = new AtomicLong();

    private volatile @Nullable MasterLink link;
    private volatile long withoutMasterSince = System.nanoTime();
    private volatile long leavingNanos;
    private volatile boolean leaving;
    private volatile Runnable masterWanted = () -> {};

    /**
     * @param store this node's open one; may throw {@link fish.store.UnavailableException}
     * @param node this node's name, which local answers carry
     * @param heldMax requests that wait for a master
     * @param heldBytesMax about what they hold of the heap
     */
    Gateway(Supplier<Store> store, String node, int heldMax, long heldBytesMax) {
        this.local = new LocalReads(store, node, (read, answer) -> accept(forwarded(read, answer), questions));
        this.heldMax = heldMax;
        this.heldBytesMax = heldBytesMax;
    }

    /** How old this node's replica can be; NaN where that is not known. */
    double replicaLagSeconds() {
        return local.lagSeconds();
    }

    void register(NodeMetrics metrics) {
        stats.register(metrics, this);
    }

    /** Requests that wait for a master. */
    int heldRequests() {
        return heldCount.get();
    }

    /** About what they hold of the heap. */
    long heldBytes() {
        return heldBytes.get();
    }

    /** Requests that are forwarded or held now. */
    int openRequests() {
        return open.size();
    }

    /**
     * @param masterWanted called when a master is needed and none is linked; must not block
     */
    void start(Runnable masterWanted, Guard guard) {
        this.masterWanted = masterWanted;
        sweeper.start(this::sweep, guard);
        local.start(guard);
    }

    @Override
    public void write(Write write, Consumer<? super Outcome> answer) {
        accept(ForwardedCall.of(write, answer, this), writes);
    }

    @Override
    public void read(Read read, Consumer<? super ReadOutcome> answer) {
        if (read.consistency() == Consistency.LOCAL) {
            local.read(read, answer);
        } else {
            accept(forwarded(read, answer), reads);
        }
    }

    @Override
    public boolean forwards() {
        return true;
    }

    private ForwardedCall forwarded(Read read, Consumer<? super ReadOutcome> answer) {
        return ForwardedCall.of(read, answer, this);
    }

    /** The master that requests go to now; its term is 0 where there is none. */
    long term() {
        MasterLink now = link;
        return now == null ? 0 : now.term();
    }

    /** Where it is; empty where there is none. */
    String masterHttp() {
        MasterLink now = link;
        return now == null ? "" : now.http();
    }

    /** How long there has been no master, in seconds; 0 while there is one. */
    double withoutMasterSeconds() {
        return link == null ? (System.nanoTime() - withoutMasterSince) / 1e9 : 0;
    }

    /** From now on requests go there, those that were held first. */
    void linked(MasterLink to) {
        MasterLink before = link;
        link = to;
        if (before != null && before.client() != to.client()) {
            before.client().close();
        }
        flush();
    }

    /** This connection has ended, or its master does not serve. */
    void unlinked(LinkClient ended) {
        MasterLink now = link;
        if (now != null && now.client() == ended) {
            withoutMasterSince = System.nanoTime();
            link = null;
        }
        masterWanted.run();
    }

    private void accept(ForwardedCall call, Kind kind) {
        if (link == null) {
            kind.limit.waited(0); // who waits for a master is held, and counted there
        }
        if (kind.limit.admits(kind.count.incrementAndGet())) {
            stats.forwarded();
            open.put(call, kind);
            dispatch(call);
        } else {
            kind.count.decrementAndGet();
            refused.add(call);
        }
    }

    private void dispatch(ForwardedCall call) {
        LinkClient now = linkWithRoom();
        if (now != null) {
            call.send(now);
        } else {
            hold(call);
        }
    }

    /** Null: requests wait for a master, or for answers of the one that there is. */
    private @Nullable LinkClient linkWithRoom() {
        MasterLink now = link;
        return now != null && now.client().isOpen() && now.client().hasRoom() ? now.client() : null;
    }

    private void hold(ForwardedCall call) {
        // Both are counted before either is judged, so that release undoes both.
        boolean tooMany = heldCount.incrementAndGet() > heldMax;
        boolean tooLarge = heldBytes.addAndGet(call.bytes()) > heldBytesMax;
        if (tooMany || tooLarge) {
            release(call);
            call.refuse(new Failure(Reason.OVERLOADED, "too many requests wait for a master"));
            return;
        }
        stats.held();
        held.add(call);
        MasterLink now = link;
        if (now == null || !now.client().isOpen()) {
            masterWanted.run();
        }
        // A master, or room, may have come between the question and the holding.
        if (linkWithRoom() != null) {
            flush();
        }
    }

    private void release(ForwardedCall call) {
        heldCount.decrementAndGet();
        heldBytes.addAndGet(-call.bytes());
    }

    /** Sends what is held, as far as there is room; by one thread at a time, which looks again for each that comes. */
    private void flush() {
        if (flushes.getAndIncrement() > 0) {
            return;
        }
        int asked = 1;
        try {
            while (asked > 0) {
                sendHeld();
                asked = flushes.addAndGet(-asked);
            }
        } finally {
            if (asked > 0) {
                flushes.set(0); // what was thrown must not keep out the next, who comes with the next sweep
            }
        }
    }

    /** In the order in which it came; once each, since a call leaves the queue here. */
    private void sendHeld() {
        for (int i = heldCount.get(); i > 0 && linkWithRoom() != null; i--) {
            ForwardedCall call = held.poll();
            if (call == null) {
                return;
            }
            release(call);
            if (!call.ended()) {
                dispatch(call);
            }
        }
    }

    private void sweep() {
        long now = System.nanoTime();
        for (ForwardedCall call : held) {
            if (now - call.deadlineNanos() >= 0 && held.remove(call)) {
                release(call);
                call.expire(true, link == null ? noMaster() : NO_ROOM);
            }
        }
        refuse(now - REFUSED_NANOS);
        if (leaving && now - leavingNanos >= 0) {
            refuseHeld();
        }
        for (ForwardedCall call : open.keySet()) {
            if (now - call.deadlineNanos() >= GRACE_NANOS) {
                call.expire(false, noMaster());
            }
        }
        // Calls that had ended before their answers came made room that nobody saw.
        flushIfRoom();
    }

    /** Those that came before then, or whose time is up. */
    private void refuse(long before) {
        for (ForwardedCall call = refused.peek();
                call != null && (call.sinceNanos() - before <= 0 || call.deadlineNanos() - before <= REFUSED_NANOS);
                call = refused.peek()) {
            refused.remove(call);
            call.refuse(new Failure(Reason.OVERLOADED, "more requests come than can be served"));
        }
    }

    private Failure noMaster() {
        return new Failure(
                Reason.NO_MASTER, String.format(Locale.ROOT, "no master for %.1f s", withoutMasterSeconds()));
    }

    @Override
    public long knownRevision() {
        return knownRevision.get();
    }

    @Override
    public void known(long revision) {
        if (revision > knownRevision.get()) {
            knownRevision.accumulateAndGet(revision, Math::max);
        }
    }

    @Override
    public void again(ForwardedCall call) {
        if (!call.ended()) {
            stats.sentAgain();
            hold(call);
        }
    }

    @Override
    public void notServed(LinkClient by) {
        unlinked(by);
        by.close();
    }

    @Override
    public void ended(ForwardedCall call) {
        Kind kind = open.remove(call);
        if (kind != null) {
            kind.count.decrementAndGet();
            kind.limit.waited(System.nanoTime() - call.sinceNanos());
        }
        flushIfRoom();
    }

    private void flushIfRoom() {
        if (heldCount.get() > 0 && linkWithRoom() != null) {
            flush();
        }
    }

    /** This front-end is stopping: who waits for a master, or still comes to, has so long for it. */
    void leave(Duration patience) {
        leavingNanos = System.nanoTime() + patience.toNanos();
        leaving = true;
    }

    private void refuseHeld() {
        for (ForwardedCall call = held.poll(); call != null; call = held.poll()) {
            release(call);
            call.refuse(new Failure(Reason.SHUTTING_DOWN, "this front-end is stopping"));
        }
    }

    /** Refuses what is held, and gives its connection up. */
    @Override
    public void close() {
        local.close();
        sweeper.close();
        refuse(System.nanoTime());
        MasterLink now = link;
        link = null;
        if (now != null) {
            now.client().close();
        }
        refuseHeld();
    }
}
