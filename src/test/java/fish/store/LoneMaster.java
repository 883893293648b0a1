package fish.store;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.sleepycat.je.rep.ReplicatedEnvironment;
import fish.contract.HostPort;
import fish.group.JeSettings;
import fish.group.NodeOptions;
import fish.jefix.JeFixes;
import fish.kv.Consistency;
import fish.kv.Durability;
import fish.kv.Key;
import fish.kv.Operation;
import fish.kv.Outcome;
import fish.kv.Query;
import fish.kv.Read;
import fish.kv.ReadOutcome;
import fish.kv.RequestIds;
import fish.kv.Service;
import fish.kv.Txn;
import fish.kv.TxnResult;
import fish.kv.Value;
import fish.kv.Write;
import fish.store.master.MasterReads;
import fish.store.master.Pen;
import fish.store.master.PenLimits;
import fish.store.master.PenStats;
import fish.store.master.Quorum;
import fish.store.master.TermCommits;
import fish.testing.FreePorts;
import fish.testing.Standard;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A group of one in this JVM, serving: the whole store without a network to anybody. */
public final class LoneMaster implements AutoCloseable {
    /** Of whom says nothing else. */
    private static final long PATIENCE_MILLIS = 60_000;

    public final HostPort address;
    public final ReplicatedEnvironment environment;
    public final Store store;
    public final MasterRecord masterRecord;
    public final Pen pen;
    public final MasterReads reads;
    final CopyOnWriteArrayList<Throwable> broken = new CopyOnWriteArrayList<>();

    public volatile boolean quorumThere = true;
    public volatile boolean allThere = true;
    public volatile boolean appliedThere = true;
    public final Quorum quorum = new Switches();

    private final AtomicInteger looks = new AtomicInteger();
    private final RequestIds ids = new RequestIds();

    public LoneMaster(Path home, PenLimits limits, Clock clock) {
        this(home, limits, clock, new HostPort("localhost", FreePorts.any()));
    }

    /** In a home that was used before, at the address that it was used at. */
    public LoneMaster(Path home, PenLimits limits, Clock clock, HostPort address) {
        // Other tests in this JVM may open nodes that insist on it.
        JeFixes.apply();
        this.address = address;
        NodeOptions options =
                new NodeOptions("test", "lone", address, Set.of(address), 1, home, 16 << 20, 0, 0, Standard.timeouts());
        environment =
                new ReplicatedEnvironment(home.toFile(), JeSettings.backEnd(options), JeSettings.environment(options));
        store = new Store(environment, true);
        MemberRecord self = new MemberRecord("lone", address.toString(), "http://localhost:1", 1);
        masterRecord = new TermCommits(environment, store).begin(self);
        pen = new Pen(
                environment,
                store,
                masterRecord.lastRevision(),
                Durability.QUORUM,
                limits,
                quorum,
                clock,
                new PenStats(),
                broken::add);
        reads = new MasterReads(pen, "lone");
        pen.start();
    }

    /** From now on there is no majority, and the pen knows: it takes nothing of what is sent from here on. */
    public void loseQuorum() {
        quorumThere = false;
        // The first may have begun before.
        int before = looks.get();
        eventually(Duration.ofSeconds(60), () -> assertThat(looks.get()).isGreaterThanOrEqualTo(before + 2));
    }

    private final class Switches implements Quorum {
        @Override
        public boolean reachable(Durability level) {
            if (level.compareTo(Durability.ALL) >= 0) {
                return allThere;
            }
            boolean there = quorumThere;
            if (Thread.currentThread().getName().equals("fish-pen")) {
                looks.incrementAndGet();
            }
            return there;
        }

        @Override
        public boolean appliedEverywhere(long vlsn) {
            return allThere && appliedThere;
        }
    }

    public static LoneMaster in(Path home) {
        return new LoneMaster(home, Standard.penLimits(), Clock.systemUTC());
    }

    /** What a serving master serves. */
    public Service service() {
        return new Service() {
            @Override
            public void write(Write write, Consumer<? super Outcome> answer) {
                pen.write(write, answer);
            }

            @Override
            public void read(Read read, Consumer<? super ReadOutcome> answer) {
                reads.read(read, answer);
            }
        };
    }

    /** Why the pen could not go on. */
    public java.util.List<Throwable> broken() {
        return broken;
    }

    public Store store() {
        return store;
    }

    public static Key key(String text) {
        return Key.of(text);
    }

    public static Value text(String text) {
        return new Value(text.getBytes(StandardCharsets.UTF_8), "text/plain", "");
    }

    public static Operation.Put putting(String key, String value) {
        return new Operation.Put(key(key), text(value), Operation.NO_TTL);
    }

    public Write write(Txn txn, Durability durability, long timeoutMillis) {
        return Write.of(txn, durability, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis), ids.next());
    }

    public CompletableFuture<Outcome> send(Txn txn, Durability durability, long timeoutMillis) {
        CompletableFuture<Outcome> answer = new CompletableFuture<>();
        pen.write(write(txn, durability, timeoutMillis), answer::complete);
        return answer;
    }

    public CompletableFuture<Outcome> send(Txn txn) {
        return send(txn, Durability.DEFAULT, PATIENCE_MILLIS);
    }

    public TxnResult run(Txn txn) {
        return ((Outcome.Committed) await(send(txn))).result();
    }

    public ReadOutcome read(Query query, Consistency consistency) {
        CompletableFuture<ReadOutcome> answer = new CompletableFuture<>();
        reads.read(
                Read.of(query, consistency, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS)),
                answer::complete);
        return await(answer);
    }

    public TxnResult readNow(Query query) {
        return ((ReadOutcome.Found) read(query, Consistency.STRONG)).result();
    }

    public static <T> T await(CompletableFuture<T> answer) {
        return answer.orTimeout(90, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        pen.close();
        store.close(1000);
        environment.close();
    }
}
