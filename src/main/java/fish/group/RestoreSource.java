package fish.group;

import com.sleepycat.je.DatabaseException;
import com.sleepycat.je.rep.InsufficientLogException;
import com.sleepycat.je.rep.NetworkRestore;
import com.sleepycat.je.rep.NetworkRestoreConfig;
import com.sleepycat.je.rep.ReplicationNode;
import fish.contract.HostPort;
import fish.group.probe.GroupProbe;
import fish.run.Threads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Copies whole log files where the stream that a replica needs is gone. JE takes them from any node, by
 * preference from a front-end, which may be far behind; here the master alone is taken. What a back-end gets
 * so is proven afterwards, as all filling is. For the membership's thread.
 */
final class RestoreSource {
    /** JE's mark that a copy was begun and not finished. */
    private static final String UNFINISHED = "7fffffff.jdb";

    private static final Duration TICK = Duration.ofMillis(50);
    private static final Duration PROBE = Duration.ofSeconds(2);
    /** Without a byte more, of files that are not whole yet too. */
    private static final Duration STALL_MAX = Duration.ofSeconds(30);

    private static final Duration END_MAX = Duration.ofSeconds(2);
    private static final Duration TELL_EVERY = Duration.ofSeconds(5);

    private final NodeOptions options;
    private final GroupEvents events;
    private final BooleanSupplier closing;
    private final PartialLogs partial;

    RestoreSource(NodeOptions options, GroupEvents events, BooleanSupplier closing) {
        this.options = options;
        this.events = events;
        this.closing = closing;
        this.partial = new PartialLogs(options.home());
    }

    /** Whether an earlier copy ended half-way: JE would go on with it from anybody, and cannot be told from whom. */
    boolean leftUnfinished() {
        return Files.exists(unfinished());
    }

    private Path unfinished() {
        return options.home().resolve(UNFINISHED);
    }

    /**
     * Copies, blocking; ends early, without success, when the node closes or nothing comes any more.
     *
     * @param helpers where to look for the master
     * @param anybody for tests alone: from whom JE likes
     * @return whether it has all
     */
    boolean copy(InsufficientLogException missing, Set<HostPort> helpers, boolean anybody) throws InterruptedException {
        NetworkRestoreConfig config = new NetworkRestoreConfig().setRetainLogFiles(false);
        String from = "anybody";
        if (!anybody) {
            Optional<ReplicationNode> master = master(missing, helpers);
            if (master.isEmpty()) {
                events.event("restore-waits", "reason", "no master that could be copied from is known");
                return false;
            }
            from = master.get().getName();
            config.setLogProviders(List.of(master.get()));
        }
        begin();
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        Thread copying = Threads.daemon("fish-restore-" + options.name(), () -> execute(missing, config, done));
        events.event("restoring", "from", from);
        copying.start();
        boolean copied = await(copying, done, from);
        if (copied) {
            end();
            events.event("restored", "from", from, "bytes", LogFiles.bytes(options.home()));
        }
        return copied;
    }

    private void begin() {
        try {
            partial.begin();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write in " + options.home(), e);
        }
    }

    /** JE forces nothing that it copies, and what it opens afterwards would count as on disk. */
    private void end() {
        try {
            partial.end();
        } catch (IOException e) {
            throw new UncheckedIOException("what was copied cannot be forced to disk", e);
        }
    }

    private Optional<ReplicationNode> master(InsufficientLogException missing, Set<HostPort> helpers)
            throws InterruptedException {
        Set<HostPort> asked = new HashSet<>(helpers);
        missing.getLogProviders().forEach(node -> asked.add(HostPort.of(node.getHostName(), node.getPort())));
        asked.remove(options.address());
        if (asked.isEmpty()) {
            return Optional.empty();
        }
        String master = new GroupProbe(options.transport().sockets())
                .probe(asked, options.group(), PROBE)
                .master();
        return missing.getLogProviders().stream()
                .filter(node -> node.getName().equals(master))
                .findFirst();
    }

    private void execute(
            InsufficientLogException missing, NetworkRestoreConfig config, CompletableFuture<Boolean> done) {
        try {
            new NetworkRestore().execute(missing, config);
            done.complete(true);
        } catch (DatabaseException | IllegalStateException | IllegalArgumentException e) {
            events.event("restore-failed", "reason", Opening.explain(e));
            done.complete(false);
        } catch (Throwable e) {
            done.completeExceptionally(e);
        }
    }

    private boolean await(Thread copying, CompletableFuture<Boolean> done, String from) throws InterruptedException {
        long bytes = -1;
        long grewNanos = System.nanoTime();
        long toldNanos = grewNanos;
        while (!done.isDone()) {
            long now = System.nanoTime();
            long there = LogFiles.bytes(options.home());
            if (there != bytes) {
                bytes = there;
                grewNanos = now;
            }
            if (now - toldNanos >= TELL_EVERY.toNanos()) {
                toldNanos = now;
                events.event("restoring", "from", from, "bytes", bytes);
            }
            if (closing.getAsBoolean() || now - grewNanos > STALL_MAX.toNanos()) {
                events.event("restore-given-up", "from", from, "bytes", bytes);
                // No environment is open that this could invalidate.
                copying.interrupt();
                do {
                    // It must not write beside what comes next.
                    copying.join(END_MAX.toMillis());
                } while (copying.isAlive() && !closing.getAsBoolean());
                return false;
            }
            TimeUnit.NANOSECONDS.sleep(TICK.toNanos());
        }
        return done.join();
    }
}
