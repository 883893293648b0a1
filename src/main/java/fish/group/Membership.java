package fish.group;

import com.sleepycat.je.rep.MasterTransferFailureException;
import com.sleepycat.je.rep.ReplicatedEnvironment;
import com.sleepycat.je.rep.StateChangeEvent;
import fish.contract.NodeState;
import fish.jefix.Admissions;
import fish.jefix.JeFixException;
import fish.jefix.JeFixes;
import fish.kv.Durability;
import fish.kv.Failure;
import fish.kv.Reason;
import fish.run.Threads;
import fish.store.JeErrors;
import fish.store.Store;
import fish.store.UnavailableException;
import fish.store.master.TermCommits;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A node's place in its group, from its first opening to its end. One thread opens the environment,
 * follows JE's state, takes over and steps down, and opens again whatever became invalid:
 *
 * <pre>
 * STARTING ──open──> UNKNOWN or REPLICA ──elected──> STARTING (the gate) ──passed──> MASTER
 *    ^                                                      │                          │
 *    └── invalid, restored, begun anew, or stepped down ─────┴──────────────────────────┘
 * any ──going on would be wrong──> failed      any ──close()──> closed
 * </pre>
 *
 * JE's own threads only put events into a queue. Nobody interrupts the thread, since JE would invalidate
 * the environment. Thread-safe.
 */
public final class Membership implements AutoCloseable {
    private static final Duration TICK = Duration.ofMillis(50);
    private static final int EVENTS_MAX = 1000;
    private static final long TRANSFER_SLICE_MILLIS = 500;
    private static final String NOBODY = "no node that could take over is connected";
    private static final long READERS_WAIT_MILLIS = 2_000;

    /**
     * What JE said, a failure of the environment, or somebody's wish to hand the mastership over.
     *
     * @param opening which of the node's environments it is about, counted from 1; what is said of one that
     *     is closed says nothing of the next
     */
    private record Event(
            int opening,
            ReplicatedEnvironment.@Nullable State state,
            String master,
            @Nullable Throwable failure,
            @Nullable MasterTransfer transferMaster) {}

    private record MasterTransfer(Supplier<Set<String>> candidates, Duration limit, CompletableFuture<String> done) {}

    private final NodeOptions options;
    private final Opening opening;
    private final FillMarker marker;
    private final Filling filling;
    private final Recovery recovery;
    private final @Nullable MasterRole masterRole;
    private final DiskRoom disk;
    private final JeDisk jeDisk;
    private final GroupEvents events;
    private final LinkedBlockingQueue<Event> queue = new LinkedBlockingQueue<>(EVENTS_MAX);
    private final Thread thread;

    // The thread's own.
    private boolean everOpened;
    private boolean elected;
    private final OtherBackEnds others;

    private volatile int openings;
    private volatile @Nullable Store store;
    private volatile @Nullable Mastership mastership;
    private volatile @Nullable JeQuorum feeders;
    private volatile NodeState state = NodeState.STARTING;
    private volatile boolean closing;

    /**
     * @param masterRole how it serves as master; none for a front-end, which is never one
     * @param question how it learns, while it is being filled, what there is to be had; a front-end never asks
     * @throws JeFixException if JE is not one that can be corrected
     */
    public Membership(
            NodeOptions options, Optional<MasterRole> masterRole, MasterQuestion question, GroupEvents events) {
        JeFixes.apply();
        this.options = options;
        this.opening = new Opening(options, masterRole.isPresent());
        this.others = new OtherBackEnds(options);
        this.masterRole = masterRole.orElse(null);
        this.events = events;
        this.marker = new FillMarker(options.home());
        Asides asides = new Asides(options.home(), marker, events, Clock.systemUTC());
        this.filling = new Filling(options, opening, marker, asides, question, events, () -> closing);
        this.recovery = new Recovery(options, masterRole.isPresent(), opening, marker, asides, events, () -> closing);
        this.disk = new DiskRoom(options, events);
        this.jeDisk = new JeDisk(options, disk, masterRole.isPresent(), events);
        this.thread = Threads.daemon("fish-membership-" + options.name(), this::run);
    }

    /** Begins; what comes of it the events tell. */
    public void start() {
        disk.start();
        thread.start();
    }

    /** Whether what clients write has room here. */
    public DiskRoom disk() {
        return disk;
    }

    public NodeState state() {
        return state;
    }

    /** How far this back-end is with being filled, in words; empty while it is not. */
    public String filling() {
        return filling.progress();
    }

    /** While this node is the serving master. */
    public Optional<Mastership> mastership() {
        return Optional.ofNullable(mastership);
    }

    /** The nodes that follow this one while it is the serving master; else none. Does not block. */
    public List<Connected> connected() {
        JeQuorum asked = feeders;
        return asked == null || mastership == null ? List.of() : asked.connected();
    }

    /** See {@link JeQuorum#groupId}; empty while the environment is closed as well. */
    public String groupId() {
        JeQuorum asked = feeders;
        return asked == null ? "" : asked.groupId();
    }

    /**
     * What the node holds.
     *
     * @throws UnavailableException while the environment is closed
     */
    public Store store() {
        Store open = store;
        if (open == null) {
            throw new UnavailableException(new Failure(Reason.STARTING, "the store is being opened"));
        }
        return open;
    }

    private void run() {
        if (masterRole != null) {
            Admissions.register(options.home(), new GroupAdmission(this::store));
        }
        try {
            while (!closing) {
                openAndServe();
            }
        } catch (Throwable e) {
            // Also an Error: going on with what JE left would be wrong.
            fail(e);
        } finally {
            Admissions.forget(options.home());
            forgetEvents();
        }
    }

    private void openAndServe() throws InterruptedException {
        try {
            opening.finishDiscarding(events);
            if (masterRole != null && filling.due()) {
                Throwable reason = filling.once(others.addresses());
                if (reason != null && !closing) {
                    recover(reason);
                }
                return;
            }
            if (masterRole == null && !NodeOptions.hasData(options.home())) {
                marker.write(FillMarker.Content.BLANK);
            }
        } catch (UncheckedIOException e) {
            if (!JeErrors.noSpace(e)) {
                throw e;
            }
            recover(e);
            return;
        }
        int number = openings + 1;
        ReplicatedEnvironment environment;
        try {
            environment = opening.open(disk.beyondJe(), failure -> invalid(number, failure));
        } catch (RuntimeException e) {
            if (!closing) {
                recover(e);
            }
            return;
        }
        openings = number;
        recovery.opened();
        jeDisk.opened();
        // Before anybody can see what it holds: who asks others for their part knows by then which group it is.
        feeders = new JeQuorum(environment);
        Store opened = new Store(environment, masterRole != null || !marker.isThere(), marker::remove);
        store = opened;
        if (!everOpened) {
            everOpened = true;
            events.joined();
        }
        Throwable reason = null;
        try {
            environment.setStateChangeListener(event -> stateChanged(number, event));
            reason = serve(environment, opened);
        } catch (RuntimeException e) {
            reason = e;
        }
        shut(environment, opened);
        if (reason != null && !closing) {
            recover(reason);
        }
    }

    private void recover(Throwable reason) throws InterruptedException {
        others.remember(reason);
        recovery.recover(reason, others.addresses());
    }

    /** Until the environment must be closed; returns why, or null if it simply must. */
    private @Nullable Throwable serve(ReplicatedEnvironment environment, Store opened) throws InterruptedException {
        JeQuorum quorum = new JeQuorum(environment);
        elected = false;
        Duration stale = options.timeouts().heartbeat().multipliedBy(2);
        Watchdog watchdog = new Watchdog(options.timeouts().feeder(), stale);
        VoterContacts contacts = new VoterContacts(stale);
        OwnRemoval removal = new OwnRemoval(environment, opened, options.name());
        while (!closing) {
            if (masterRole != null) {
                removal.check(System.nanoTime());
            }
            Event event = queue.poll(TICK.toMillis(), TimeUnit.MILLISECONDS);
            if (event != null && event.opening() != openings) {
                forget(event);
                continue;
            }
            if (event != null && event.failure() != null) {
                return Opening.why(environment, event.failure());
            }
            if (event != null && event.transferMaster() != null) {
                transferMaster(environment, opened, quorum, watchdog, event.transferMaster());
            }
            if (event != null && event.state() != null) {
                follow(environment, opened, quorum, watchdog, event.state(), event.master());
            }
            takeOverAgain(environment, opened, quorum, watchdog);
            if (!opened.isSound()) {
                return Opening.why(environment, opened.whyUnsound());
            }
            jeDisk.look(environment, mastership != null);
            if (mastership != null && others.look(opened, System.nanoTime())) {
                tell(NodeState.MASTER, options.name()); // so that the home remembers them too
            }
            boolean master = environment.getState() == ReplicatedEnvironment.State.MASTER;
            boolean majority = !master || contacts.lately(quorum.voters(), System.nanoTime()) >= quorum.votersNeeded();
            if (watchdog.mustLeave(majority, System.nanoTime())) {
                events.event("leaving-office", "reason", "no majority of the electable nodes is connected");
                return null;
            }
        }
        return null;
    }

    private void follow(
            ReplicatedEnvironment environment,
            Store opened,
            JeQuorum quorum,
            Watchdog watchdog,
            ReplicatedEnvironment.State je,
            String master) {
        stepDown();
        elected = je == ReplicatedEnvironment.State.MASTER;
        switch (je) {
            case MASTER -> {
                tell(NodeState.STARTING, options.name());
                takeOver(environment, opened, quorum, watchdog);
            }
            case REPLICA -> {
                tell(NodeState.REPLICA, master);
                others.remember(opened);
            }
            case UNKNOWN -> tell(NodeState.UNKNOWN, "");
            case DETACHED -> tell(NodeState.STARTING, "");
        }
    }

    private void takeOver(ReplicatedEnvironment environment, Store opened, JeQuorum quorum, Watchdog watchdog) {
        if (masterRole == null) {
            throw new IllegalStateException("a read-only replica was made master");
        }
        BooleanSupplier interrupted = () -> closing
                || !queue.isEmpty()
                || watchdog.mustLeave(quorum.reachable(Durability.QUORUM), System.nanoTime());
        jeDisk.letTakeOver(environment);
        int number = openings;
        Consumer<Throwable> invalid = failure -> invalid(number, failure);
        Optional<Mastership> taken = masterRole.takeOver(environment, opened, quorum, interrupted, events, invalid);
        if (taken.isPresent()) {
            mastership = taken.get();
            taken.get().pen().start();
            tell(NodeState.MASTER, options.name());
            others.remember(opened);
        }
    }

    /** What interrupted taking over may have been no reason not to: JE tells its state but once. */
    private void takeOverAgain(ReplicatedEnvironment environment, Store opened, JeQuorum quorum, Watchdog watchdog) {
        boolean still =
                elected && environment.isValid() && environment.getState() == ReplicatedEnvironment.State.MASTER;
        if (still && mastership == null && queue.isEmpty() && !closing) {
            tell(NodeState.STARTING, options.name());
            takeOver(environment, opened, quorum, watchdog);
        }
    }

    private void transferMaster(
            ReplicatedEnvironment environment, Store opened, JeQuorum quorum, Watchdog watchdog, MasterTransfer wish) {
        if (mastership == null) {
            wish.done().completeExceptionally(new IllegalStateException("this node is not the master in office"));
            return;
        }
        try {
            if (quorum.connectedOf(wish.candidates().get()).isEmpty()) {
                wish.done().completeExceptionally(new IllegalStateException(NOBODY));
                return;
            }
            stepDown();
            new TermCommits(environment, opened).end(quorum);
            String name = transferInSlices(environment, quorum, wish);
            events.event("handed-over", "to", name);
            wish.done().complete(name);
        } catch (RuntimeException e) {
            events.event("not-handed-over", "reason", Opening.explain(e));
            wish.done().completeExceptionally(e);
            boolean again = mastership == null && environment.isValid();
            if (again && environment.getState() == ReplicatedEnvironment.State.MASTER) {
                tell(NodeState.STARTING, options.name());
                takeOver(environment, opened, quorum, watchdog);
            }
        }
    }

    /** JE itself goes on trying with a node that has gone meanwhile, for as long as it was given. */
    private String transferInSlices(ReplicatedEnvironment environment, JeQuorum quorum, MasterTransfer wish) {
        long end = System.nanoTime() + wish.limit().toNanos();
        while (true) {
            Set<String> candidates = quorum.connectedOf(wish.candidates().get());
            if (candidates.isEmpty() || closing) {
                throw new IllegalStateException(NOBODY);
            }
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            try {
                int slice = (int) Math.max(1, Math.min(left, TRANSFER_SLICE_MILLIS));
                return environment.transferMaster(candidates, slice, TimeUnit.MILLISECONDS);
            } catch (MasterTransferFailureException e) {
                if (left <= TRANSFER_SLICE_MILLIS) {
                    throw e;
                }
            }
        }
    }

    private void stepDown() {
        Mastership left = mastership;
        mastership = null;
        if (left != null) {
            tell(NodeState.STARTING, "");
            if (!left.pen().leave()) {
                events.event("pen-stuck", "reason", "a commit does not end");
            }
        }
    }

    private void shut(ReplicatedEnvironment environment, Store opened) {
        stepDown();
        tell(NodeState.STARTING, "");
        store = null;
        feeders = null;
        if (!opened.close(READERS_WAIT_MILLIS)) {
            events.event("readers-left", "reason", "a read does not end");
        }
        forgetEvents();
        opening.close(environment, events);
    }

    private void fail(Throwable reason) {
        closing = true;
        tell(NodeState.STARTING, "");
        events.failed(opening.whyEnded(reason));
    }

    private void tell(NodeState now, String master) {
        state = now;
        events.state(now, master);
    }

    // On JE's threads: nothing but enqueueing. A full queue means that this thread hangs in JE; what it
    // finds then is the environment's own state, not the events that it missed.
    private void stateChanged(int number, StateChangeEvent event) {
        ReplicatedEnvironment.State je = event.getState();
        boolean knowsMaster = je == ReplicatedEnvironment.State.MASTER || je == ReplicatedEnvironment.State.REPLICA;
        offer(new Event(number, je, knowsMaster ? event.getMasterNodeName() : "", null, null));
    }

    private void invalid(int number, Throwable failure) {
        offer(new Event(number, null, "", failure, null));
    }

    private void offer(Event event) {
        while (!queue.offer(event)) {
            forget(queue.poll());
        }
    }

    private void forgetEvents() {
        for (Event event = queue.poll(); event != null; event = queue.poll()) {
            forget(event);
        }
    }

    private static void forget(@Nullable Event event) {
        if (event != null && event.transferMaster() != null) {
            event.transferMaster()
                    .done()
                    .completeExceptionally(new IllegalStateException("this node is being reopened"));
        }
    }

    /**
     * Hands the mastership to the most up to date of the candidates that are connected. This node steps
     * down first, unless there is none; if nobody takes over within the limit, or none is left, it takes
     * over again.
     *
     * @param candidates asked again now and then, on the membership's thread: must not block
     * @return the name of the new master, which may not serve yet; or why there is none
     */
    public CompletableFuture<String> transferMaster(Supplier<Set<String>> candidates, Duration limit) {
        CompletableFuture<String> done = new CompletableFuture<>();
        if (closing) {
            done.completeExceptionally(new IllegalStateException(NOBODY));
        } else {
            offer(new Event(openings, null, "", null, new MasterTransfer(candidates, limit, done)));
            if (!thread.isAlive()) {
                forgetEvents();
            }
        }
        return done;
    }

    /** Closes the environment and opens it again, soon; where it is being opened already, nothing more. */
    public void reopen(String reason) {
        int number = openings;
        if (store != null) {
            invalid(number, new IllegalStateException(reason));
        }
    }

    /** Steps down, leaves the group, closes the environment. May come twice, at any time. */
    @Override
    public void close() {
        closing = true;
        offer(new Event(openings, null, "", null, null));
        try {
            // Opening may hang in JE for ever; the thread is a daemon.
            thread.join(options.timeouts().ack().plusSeconds(5).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        disk.close();
    }
}
