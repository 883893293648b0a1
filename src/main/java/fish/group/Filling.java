package fish.group;

import com.sleepycat.je.rep.RepInternal;
import com.sleepycat.je.rep.ReplicatedEnvironment;
import com.sleepycat.je.rep.impl.RepNodeImpl;
import fish.contract.HostPort;
import fish.store.MasterRecord;
import fish.store.Store;
import fish.store.UnavailableException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How a back-end whose home is new, lost, damaged or too old gets back what the group has, before it may
 * vote. JE would let it vote at once, and copy from anybody: a group could then elect a master that lacks
 * what the lost disk had acknowledged.
 *
 * <p>While the {@linkplain FillMarker marker} is in the home, the node is a read-only replica under a second
 * name. JE needs no vote of such a one, so that whoever it follows was elected without it. To follow a
 * master proves nothing, for JE feeds from one that is cut off, too. So the master is asked for a strong
 * read once it is followed: it shows a revision that a majority without this node has confirmed, and all that
 * the lost disk ever acknowledged lies below. Once that revision is here, the marker goes, and the node
 * becomes what it was.
 *
 * <p>All but {@link #progress} is for the membership's thread.
 */
final class Filling {
    /** For tests that show what is lost without it: {@code off}. */
    static final String SWITCH = "fish.test.filling";

    private static final Duration TICK = Duration.ofMillis(20);
    private static final Duration ASK_EVERY = Duration.ofMillis(500);
    private static final Duration ANSWER_MAX = Duration.ofSeconds(3);
    private static final Duration TELL_EVERY = Duration.ofSeconds(5);
    private static final String WAITING = "waiting for a master to be filled from";
    private static final String NAME_KEPT = "waiting until the group has let go of the removed member of this name";
    private static final long READERS_WAIT_MILLIS = 2_000;

    private final NodeOptions options;
    private final Opening opening;
    private final FillMarker marker;
    private final Asides asides;
    private final MasterQuestion question;
    private final GroupEvents events;
    private final BooleanSupplier closing;

    private volatile String progress = "";

    /**
     * @param closing whether to come back soon
     */
    Filling(
            NodeOptions options,
            Opening opening,
            FillMarker marker,
            Asides asides,
            MasterQuestion question,
            GroupEvents events,
            BooleanSupplier closing) {
        this.options = options;
        this.opening = opening;
        this.marker = marker;
        this.asides = asides;
        this.question = question;
        this.events = events;
        this.closing = closing;
    }

    static boolean off() {
        return System.getProperty(SWITCH, "on").equals("off");
    }

    /** Whether the home must be filled before the node may be a member of its group. */
    boolean due() {
        return marker.isThere() || (!NodeOptions.hasData(options.home()) && !options.founds() && !off());
    }

    /** In words; empty while nothing is being filled. Thread-safe. */
    String progress() {
        return progress;
    }

    /**
     * Tries once, blocking until the home is filled, or cannot be now.
     *
     * @param helpers where to look for the group
     * @return why not; none if it is, or if the node is closing
     */
    @Nullable Throwable once(Set<HostPort> helpers) throws InterruptedException {
        asides.finishMoving();
        if (!marker.isThere()) {
            marker.write(FillMarker.Content.BLANK);
        }
        progress = WAITING;
        try {
            return opened(helpers);
        } finally {
            progress = "";
        }
    }

    private @Nullable Throwable opened(Set<HostPort> helpers) throws InterruptedException {
        AtomicReference<@Nullable Throwable> told = new AtomicReference<>();
        ReplicatedEnvironment environment;
        try {
            environment = opening.openToFill(helpers, failure -> told.compareAndSet(null, failure));
        } catch (RuntimeException e) {
            return e;
        }
        Store store = new Store(environment, false);
        boolean filled = false;
        long revision = 0;
        try {
            filled = follow(environment, store);
            if (filled) {
                store.force();
                asides.settle(store);
                revision = store.lastRevision();
            }
        } catch (RuntimeException e) {
            filled = false;
            told.compareAndSet(null, e);
        }
        store.close(READERS_WAIT_MILLIS);
        opening.close(environment, events);
        if (filled) {
            marker.remove();
            events.event("filled", "revision", revision, "bytes", LogFiles.bytes(options.home()));
            return null;
        }
        Throwable invalidating = environment.getInvalidatingException();
        return invalidating == null ? told.get() : invalidating;
    }

    /** Until all that a majority has confirmed is here; false: the environment is invalid, or must be closed. */
    private boolean follow(ReplicatedEnvironment environment, Store store) throws InterruptedException {
        Goal goal = new Goal();
        long toldNanos = System.nanoTime();
        while (!closing.getAsBoolean() && environment.isValid()) {
            long now = System.nanoTime();
            boolean follows = environment.getState() == ReplicatedEnvironment.State.REPLICA;
            MasterRecord master = masterRecord(store);
            boolean named = keepsName(environment, store);
            if (goal.isReachedBy(store) && !named) {
                return true;
            }
            if (follows && master.term() > 0) {
                goal.askFor(master, store, now);
            }
            long bytes = LogFiles.bytes(options.home());
            progress = named ? NAME_KEPT : follows ? from(master, bytes) : WAITING;
            if (now - toldNanos >= TELL_EVERY.toNanos()) {
                toldNanos = now;
                events.event("filling", "from", master.name(), "follows", follows, "bytes", bytes);
            }
            TimeUnit.NANOSECONDS.sleep(TICK.toNanos());
        }
        return false;
    }

    /** Whether JE would not open what is here under this node's name: its last bearer is not wholly deleted. */
    private boolean keepsName(ReplicatedEnvironment environment, Store store) {
        RepNodeImpl bearer = RepInternal.getNonNullRepImpl(environment)
                .getRepNode()
                .getGroup()
                .getNode(options.name());
        return bearer != null && (bearer.isRemoved() || isOut(bearer, store));
    }

    /** That is written down before it is done. */
    private boolean isOut(RepNodeImpl bearer, Store store) {
        try {
            return store.removed(options.name())
                    .filter(record -> bearer.getNodeId() <= record.id())
                    .isPresent();
        } catch (UnavailableException e) {
            return false; // not received yet
        }
    }

    private static String from(MasterRecord master, long bytes) {
        return "being filled from " + (master.name().isEmpty() ? "the master" : master.name()) + ", " + (bytes >> 20)
                + " MB";
    }

    /** The revision that must be here; not known until a serving master has told it. */
    private final class Goal {
        private CompletableFuture<Long> answer = CompletableFuture.failedFuture(new IllegalStateException("not asked"));
        private long askedNanos = System.nanoTime() - ASK_EVERY.toNanos();

        void askFor(MasterRecord master, Store copy, long now) {
            boolean none =
                    answer.isCompletedExceptionally() || (!answer.isDone() && now - askedNanos > ANSWER_MAX.toNanos());
            if (none && now - askedNanos >= ASK_EVERY.toNanos()) {
                askedNanos = now;
                answer = question.revision(master, copy);
            }
        }

        boolean isReachedBy(Store store) {
            if (!answer.isDone() || answer.isCompletedExceptionally()) {
                return false;
            }
            long revision = answer.join();
            try {
                return store.lastRevision() >= revision && store.committedRevision() >= revision;
            } catch (UnavailableException e) {
                return false;
            }
        }
    }

    private static MasterRecord masterRecord(Store store) {
        try {
            return store.masterRecord();
        } catch (UnavailableException e) {
            // Not received yet.
            return MasterRecord.NONE;
        }
    }
}
