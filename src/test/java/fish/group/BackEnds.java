package fish.group;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.sleepycat.je.EnvironmentFailureException;
import com.sleepycat.je.dbi.DbEnvPool;
import com.sleepycat.je.dbi.EnvironmentFailureReason;
import com.sleepycat.je.dbi.EnvironmentImpl;
import com.sleepycat.je.rep.impl.RepImpl;
import fish.contract.HostPort;
import fish.contract.NodeState;
import fish.kv.Consistency;
import fish.kv.Durability;
import fish.kv.Key;
import fish.kv.OpResult;
import fish.kv.Operation;
import fish.kv.Outcome;
import fish.kv.Query;
import fish.kv.Read;
import fish.kv.ReadOutcome;
import fish.kv.Reason;
import fish.kv.RequestIds;
import fish.kv.StoredRecord;
import fish.kv.Txn;
import fish.kv.Value;
import fish.kv.Write;
import fish.store.MemberRecord;
import fish.testing.Standard;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The back-ends of a group in one JVM, which are stopped, killed, wiped and started again. For one thread.
 * The first founds the group when it starts for the first time.
 */
final class BackEnds implements AutoCloseable {
    /** So that nobody is given up, and no master leaves, where this machine stands still for some seconds. */
    static final Timeouts BRISK = new Timeouts(
            Duration.ofMillis(100),
            Duration.ofSeconds(4),
            Duration.ofSeconds(8),
            Duration.ofMillis(400),
            Duration.ofSeconds(5));

    private static final Duration PATIENCE = Duration.ofSeconds(6);

    private final Path homes;
    private final Timeouts timeouts;
    private final Masters masters = new Masters();
    private final Map<String, HostPort> addresses = new LinkedHashMap<>();
    private final Map<String, Membership> running = new TreeMap<>();
    private final Map<String, RecordedEvents> told = new TreeMap<>();
    private final RequestIds ids = new RequestIds();
    private boolean founded;

    BackEnds(Path homes, String... names) throws IOException {
        this(homes, BRISK, names);
    }

    BackEnds(Path homes, Timeouts timeouts, String... names) throws IOException {
        this.homes = homes;
        this.timeouts = timeouts;
        for (String name : names) {
            addresses.put(name, JeNode.freeAddress());
        }
    }

    Path home(String name) {
        return homes.resolve(name);
    }

    HostPort address(String name) {
        return Objects.requireNonNull(addresses.get(name));
    }

    /** All that it told since it was last started. */
    RecordedEvents told(String name) {
        return Objects.requireNonNull(told.get(name));
    }

    boolean runs(String name) {
        return running.containsKey(name);
    }

    Membership member(String name) {
        return Objects.requireNonNull(running.get(name));
    }

    void start(String name) throws IOException {
        Files.createDirectories(home(name));
        Set<HostPort> helpers = new HashSet<>(addresses.values());
        helpers.remove(address(name));
        if (!founded) {
            helpers = Set.of(address(name));
            founded = true;
        }
        HostPort address = address(name);
        NodeOptions options = new NodeOptions("test", name, address, helpers, 1, home(name), 4 << 20, 0, 0, timeouts);
        MemberRecord self = new MemberRecord(name, address.toString(), "http://localhost:1", 1);
        MasterRole role = new MasterRole(self, Durability.QUORUM, Standard.penLimits(), Clock.systemUTC());
        RecordedEvents events = new RecordedEvents();
        Membership membership = new Membership(options, Optional.of(role), masters, events);
        told.put(name, events);
        running.put(name, membership);
        masters.add(name, membership);
        membership.start();
    }

    /** Starts all, the first before the others, until all are in. */
    void startAll(Duration within) throws IOException {
        List<String> names = List.copyOf(addresses.keySet());
        start(names.get(0));
        eventually(within, () -> assertThat(master()).isPresent());
        for (String name : names.subList(1, names.size())) {
            start(name);
        }
        for (String name : names.subList(1, names.size())) {
            awaitIn(name, within);
        }
    }

    /** Until it has a part in the group. */
    void awaitIn(String name, Duration within) {
        eventually(within, () -> assertThat(member(name).state())
                .as("%s: %s %s", name, told(name).events, told(name).failures)
                .isIn(NodeState.REPLICA, NodeState.MASTER));
    }

    /** In an orderly way. */
    void stop(String name) {
        masters.remove(name);
        Membership membership = running.remove(name);
        if (membership != null) {
            membership.close();
        }
    }

    /** As a process is: nothing is written, sent or answered from here on. */
    void kill(String name) {
        // Making the exception is what invalidates.
        environment(name)
                .ifPresent(open -> new EnvironmentFailureException(
                        open, EnvironmentFailureReason.UNEXPECTED_STATE_FATAL, "killed"));
        stop(name);
    }

    /** JE's side of one that runs. */
    RepImpl je(String name) {
        return (RepImpl) environment(name).orElseThrow();
    }

    private Optional<EnvironmentImpl> environment(String name) {
        return DbEnvPool.getInstance().getEnvImpls().stream()
                .filter(open -> open.getEnvironmentHome().toPath().equals(home(name)))
                .findFirst();
    }

    /** Its disk is lost; it does not run. */
    void wipe(String name) throws IOException {
        delete(home(name));
    }

    /** Keeps what its disk holds, in place of what was kept before; it does not run. */
    void copyAside(String name) throws IOException {
        delete(copyOf(name));
        copy(home(name), copyOf(name));
    }

    /** Its disk holds again what was kept last; it does not run. */
    void putBack(String name) throws IOException {
        delete(home(name));
        copy(copyOf(name), home(name));
    }

    private Path copyOf(String name) {
        return homes.resolve("copy-of-" + name);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    private static void delete(Path directory) throws IOException {
        if (Files.exists(directory)) {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    /** All records as its own replica has them, by key: the value and the revision. */
    Map<String, String> held(String name) {
        Query everything = new Query.Range(new byte[0], new byte[0], false, true, Query.Range.LIMIT_MAX, 1 << 20);
        Map<String, String> held = new TreeMap<>();
        for (OpResult result :
                member(name).store().committed(everything, 0, 0).result().results()) {
            StoredRecord record = ((OpResult.Got) result).record();
            held.put(
                    record.key().toString(),
                    new String(record.value().bytes(), StandardCharsets.UTF_8) + "@" + record.revision());
        }
        return held;
    }

    Optional<Mastership> master() {
        return running.values().stream()
                .flatMap(membership -> membership.mastership().stream())
                .max(Comparator.comparingLong(
                        mastership -> mastership.masterRecord().term()));
    }

    /** By the serving master, if there is one. */
    Outcome put(String key, String value) {
        return put(key, value, Durability.QUORUM);
    }

    Outcome put(String key, String value, Durability durability) {
        Optional<Mastership> master = master();
        if (master.isEmpty()) {
            return Outcome.refused(Reason.NO_MASTER, "none");
        }
        Operation put = new Operation.Put(
                Key.of(key), new Value(value.getBytes(StandardCharsets.UTF_8), "", ""), Operation.NO_TTL);
        CompletableFuture<Outcome> answer = new CompletableFuture<>();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        master.get().pen().write(Write.of(Txn.of(put), durability, deadline, ids.next()), answer::complete);
        return answer.orTimeout(60, TimeUnit.SECONDS).join();
    }

    /** A strong read; what it shows, empty for no such key. */
    Optional<String> get(String key) {
        Mastership master = master().orElseThrow(() -> new IllegalStateException("no master"));
        CompletableFuture<ReadOutcome> answer = new CompletableFuture<>();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        master.reads().read(Read.of(new Query.Get(Key.of(key), true), Consistency.STRONG, deadline), answer::complete);
        ReadOutcome outcome;
        try {
            outcome = answer.orTimeout(60, TimeUnit.SECONDS).join();
        } catch (CompletionException e) {
            throw new IllegalStateException("no answer", e);
        }
        if (outcome instanceof ReadOutcome.Found found) {
            return found.result().results().get(0) instanceof OpResult.Got got
                    ? Optional.of(new String(got.record().value().bytes(), StandardCharsets.UTF_8))
                    : Optional.empty();
        }
        throw new IllegalStateException(outcome.toString());
    }

    @Override
    public void close() {
        // All at once, so that nobody is elected in between.
        Set.copyOf(running.keySet()).parallelStream()
                .forEach(name -> member(name).close());
        running.clear();
    }
}
