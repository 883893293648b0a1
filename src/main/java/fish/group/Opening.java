package fish.group;

import com.sleepycat.je.DatabaseException;
import com.sleepycat.je.EnvironmentConfig;
import com.sleepycat.je.ReplicaConsistencyPolicy;
import com.sleepycat.je.rep.NoConsistencyRequiredPolicy;
import com.sleepycat.je.rep.QuorumPolicy;
import com.sleepycat.je.rep.RepInternal;
import com.sleepycat.je.rep.ReplicatedEnvironment;
import com.sleepycat.je.rep.ReplicationConfig;
import fish.contract.HostPort;
import fish.jefix.LeftDispatcher;
import fish.jefix.LeftEnvironment;
import fish.kv.Failure;
import fish.kv.Reason;
import fish.store.JeErrors;
import fish.store.UnavailableException;
import java.io.File;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Opens and closes a node's environment, and empties its home. Every method blocks. */
final class Opening {
    /**
     * How long an election may keep a replica from acknowledging. It must outlast an election's first
     * phase, which waits twice for each node that does not answer; JE's own 5 s make a master wait that
     * long in a good part of all fail-overs.
     */
    private static final int FREEZE_PER_ELECTION_TIMEOUT = 4;

    private final NodeOptions options;
    private final boolean backEnd;

    Opening(NodeOptions options, boolean backEnd) {
        this.options = options;
        this.backEnd = backEnd;
    }

    /**
     * In a home that has never been in a group this may take for ever, if the group goes away meanwhile. A
     * back-end comes back with all that there was when it joined; a front-end at once, and receives what it
     * misses while it forwards.
     *
     * @param diskFull whether the disk has no room for JE, so that no master will be followed
     * @param invalid told of failures of the environment once it is open, on a thread of JE's
     */
    ReplicatedEnvironment open(boolean diskFull, Consumer<Throwable> invalid) {
        ReplicaConsistencyPolicy onJoining = backEnd ? null : NoConsistencyRequiredPolicy.NO_CONSISTENCY;
        ReplicationConfig replication = backEnd ? JeSettings.backEnd(options) : JeSettings.frontEnd(options);
        if (diskFull) {
            JeSettings.openAtOnce(replication);
        }
        return open(replication, onJoining, invalid);
    }

    /** Opens a back-end's home to be filled: at once where the group has a master, else it waits for one. */
    ReplicatedEnvironment openToFill(Set<HostPort> helpers, Consumer<Throwable> invalid) {
        ReplicationConfig replication = JeSettings.filling(options.withHelpers(helpers));
        return open(replication, NoConsistencyRequiredPolicy.NO_CONSISTENCY, invalid);
    }

    private ReplicatedEnvironment open(
            ReplicationConfig replication, @Nullable ReplicaConsistencyPolicy onJoining, Consumer<Throwable> invalid) {
        Optional<RemovedException> removed = new RemovalMarker(options.home()).read();
        if (removed.isPresent()) {
            throw removed.get();
        }
        EnvironmentConfig config = JeSettings.environment(options);
        config.setExceptionListener(event -> invalid.accept(event.getException()));
        Thread thread = Thread.currentThread();
        String name = thread.getName();
        try {
            ReplicatedEnvironment environment = opened(replication, config, onJoining);
            prepare(environment);
            return environment;
        } finally {
            // JE renames the thread that opens.
            thread.setName(name);
        }
    }

    private void prepare(ReplicatedEnvironment environment) {
        try {
            RepInternal.getNonNullRepImpl(environment)
                    .getRepNode()
                    .getVLSNFreezeLatch()
                    .setTimeOut(options.timeouts().election().toMillis() * FREEZE_PER_ELECTION_TIMEOUT);
        } catch (RuntimeException e) {
            // It has failed already, and nobody else knows it yet.
            forget();
            throw e;
        }
    }

    private void forget() {
        LeftEnvironment.end(options.home().toFile());
        LeftDispatcher.end(options.address().port());
    }

    private ReplicatedEnvironment opened(
            ReplicationConfig replication, EnvironmentConfig config, @Nullable ReplicaConsistencyPolicy onJoining) {
        File home = options.home().toFile();
        try {
            return onJoining == null
                    ? new ReplicatedEnvironment(home, replication, config)
                    : new ReplicatedEnvironment(home, replication, config, onJoining, QuorumPolicy.SIMPLE_MAJORITY);
        } catch (RuntimeException e) {
            forget();
            throw e;
        }
    }

    /**
     * Removes all data of a closed environment, to begin anew with a copy of what others hold.
     *
     * @throws UncheckedIOException if a file cannot be removed
     */
    void discard(GroupEvents events) {
        new PartialLogs(options.home()).discard();
        events.event("beginning-anew", "reason", "what this node held cannot be used");
    }

    /**
     * Throws away what is left of a copy, or of a deletion, that was broken off; before anything else is asked of the home.
     *
     * @throws UnavailableException where it is nothing that this node would copy or delete: then somebody put it there
     */
    void finishDiscarding(GroupEvents events) {
        if (!new PartialLogs(options.home()).areThere()) {
            return;
        }
        if (backEnd && !options.founds() && !new FillMarker(options.home()).isThere()) {
            throw new UnavailableException(new Failure(
                    Reason.STARTING,
                    options.home().resolve(PartialLogs.FILE)
                            + " says that the logs beside it are only a part, of which a"
                            + " node would begin anew; if they are whole, remove it"));
        }
        discard(events);
    }

    /** Never throws: what cannot be closed is given up. */
    void close(ReplicatedEnvironment environment, GroupEvents events) {
        try {
            environment.close();
        } catch (DatabaseException | IllegalStateException e) {
            events.event("closed-with-failure", "reason", explain(e));
        }
    }

    /** JE's own reason where it has one: who else notices, such as the pen, knows less. */
    static Throwable why(ReplicatedEnvironment environment, Throwable told) {
        Throwable invalidating = environment.getInvalidatingException();
        return invalidating == null ? told : invalidating;
    }

    /** Why a node does not go on, in one line. */
    String whyEnded(Throwable reason) {
        if (!Files.isDirectory(options.home())) {
            return "its data is gone: there is no directory " + options.home()
                    + " any more. Restore it, or make a new home (bin/setup)";
        }
        return reason instanceof UnavailableException e ? e.failure().detail() : explain(reason);
    }

    /** The innermost reason, in one line. */
    static String explain(Throwable thrown) {
        return Refusals.inWords(thrown).orElseGet(() -> JeErrors.explain(thrown));
    }
}
