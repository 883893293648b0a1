package fish.store.replica;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import fish.kv.Consistency;
import fish.kv.Failure;
import fish.kv.Key;
import fish.kv.OpResult;
import fish.kv.Query;
import fish.kv.Read;
import fish.kv.ReadOutcome;
import fish.kv.Reason;
import fish.kv.Txn;
import fish.kv.TxnResult;
import fish.run.Guard;
import fish.store.LoneMaster;
import fish.store.Store;
import fish.store.UnavailableException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalReadsTest {
    private static final Query A = new Query.Get(Key.of("a"), true);
    private static final Duration SOON = Duration.ofSeconds(60);

    private static final long PATIENCE_MILLIS = 60_000;

    @TempDir
    Path home;

    private LoneMaster master;
    private LocalReads local;
    private long startedNanos;
    private volatile boolean masterThere = true;
    private volatile boolean open = true;
    /** Added to what the master says that it has: a replica that is behind. */
    private volatile long ahead;

    @BeforeEach
    void open() {
        master = LoneMaster.in(home);
        local = new LocalReads(this::store, "r0", this::askMaster);
        startedNanos = System.nanoTime();
        local.start(new Guard(reason -> {}));
    }

    @AfterEach
    void close() {
        local.close();
        master.close();
    }

    private Store store() {
        if (!open) {
            throw new UnavailableException(new Failure(Reason.STARTING, "closed"));
        }
        return master.store;
    }

    private void askMaster(Read read, Consumer<? super ReadOutcome> answer) {
        if (!masterThere) {
            answer.accept(ReadOutcome.failed(Reason.NO_MASTER, "gone"));
            return;
        }
        master.reads.read(read, outcome -> answer.accept(outcome.<ReadOutcome>match(this::shifted, failed -> failed)));
    }

    private ReadOutcome shifted(ReadOutcome.Found found) {
        var result = found.result();
        return new ReadOutcome.Found(
                new TxnResult(true, result.revision() + ahead, result.results()),
                false,
                found.consistency(),
                found.node(),
                0);
    }

    private CompletableFuture<ReadOutcome> read(Query query, long after, long maxLagMillis, long timeoutMillis) {
        CompletableFuture<ReadOutcome> answer = new CompletableFuture<>();
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        local.read(new Read(query, Consistency.LOCAL, after, maxLagMillis, deadline), answer::complete);
        return answer;
    }

    private static ReadOutcome.Found found(CompletableFuture<ReadOutcome> answer) {
        return (ReadOutcome.Found) LoneMaster.await(answer);
    }

    private static Reason reason(CompletableFuture<ReadOutcome> answer) {
        return ((ReadOutcome.Failed) LoneMaster.await(answer)).failure().reason();
    }

    private long put(String value) {
        return master.run(Txn.of(LoneMaster.putting("a", value))).revision();
    }

    @Test
    void aPlainReadTellsWhatThereIsAndWhose() {
        long revision = put("1");
        ReadOutcome.Found found = found(read(A, 0, Read.ANY_LAG, PATIENCE_MILLIS));
        assertThat(((OpResult.Got) found.result().results().get(0)).record().revision())
                .isEqualTo(revision);
        assertThat(found.node()).isEqualTo("r0");
        assertThat(found.consistency()).isEqualTo(Consistency.LOCAL);
    }

    @Test
    void afterARevisionThatIsHereIsAnsweredAtOnce() {
        assertThat(read(A, put("1"), Read.ANY_LAG, PATIENCE_MILLIS)).isDone();
    }

    @Test
    void aListIsNotReadOnTheThreadThatAsks() {
        put("1");
        CompletableFuture<Thread> reader = new CompletableFuture<>();
        Query list = new Query.Range(new byte[0], new byte[0], false, true, 10, 1 << 20);
        long deadline = System.nanoTime() + SOON.toNanos();
        local.read(
                new Read(list, Consistency.LOCAL, 0, Read.ANY_LAG, deadline),
                any -> reader.complete(Thread.currentThread()));
        assertThat(reader.join()).isNotSameAs(Thread.currentThread());
    }

    @Test
    void afterARevisionToComeWaitsForIt() {
        long revision = put("1");
        CompletableFuture<ReadOutcome> waiting = read(A, revision + 1, Read.ANY_LAG, PATIENCE_MILLIS);
        assertThat(waiting).isNotDone();
        put("2");
        OpResult.Got got = (OpResult.Got) found(waiting).result().results().get(0);
        assertThat(got.record().value()).isEqualTo(LoneMaster.text("2"));
    }

    @Test
    void afterARevisionThatDoesNotComeIsLaggingAtTheDeadline() {
        assertThat(reason(read(A, put("1") + 1000, Read.ANY_LAG, 50))).isEqualTo(Reason.LAGGING);
    }

    @Test
    void theLagIsKnownOnceTheMasterHasAnsweredAndAtLeastTheTimeSince() {
        long before = startedNanos;
        eventually(SOON, () -> assertThat(local.lagSeconds()).isLessThan(0.5));
        assertThat(found(read(A, 0, Read.ANY_LAG, PATIENCE_MILLIS)).lagSeconds())
                .isPositive()
                .isLessThanOrEqualTo((System.nanoTime() - before) / 1e9 + 0.001);
    }

    @Test
    void withoutAMasterTheLagIsUnknownAndReadsGoOn() {
        eventually(SOON, () -> assertThat(local.lagSeconds()).isNotNaN());
        masterThere = false;
        eventually(SOON, () -> assertThat(local.lagSeconds()).isNaN());
        assertThat(found(read(A, 0, Read.ANY_LAG, PATIENCE_MILLIS)).lagSeconds())
                .isNaN();
        assertThat(reason(read(A, 0, 100, 200))).isEqualTo(Reason.LAGGING);
    }

    @Test
    void aReplicaBehindItsMasterGrowsOlderUntilItHasCaughtUp() {
        eventually(SOON, () -> assertThat(local.lagSeconds()).isLessThan(0.4));
        ahead = 1;
        eventually(SOON, () -> assertThat(local.lagSeconds()).isGreaterThan(1.0));
        CompletableFuture<ReadOutcome> young = read(A, 0, 800, PATIENCE_MILLIS);
        assertThat(young).isNotDone();
        ahead = 0;
        put("caught up");
        assertThat(found(young).lagSeconds()).isLessThanOrEqualTo(0.8);
    }

    @Test
    void aReadThatWantsAYoungStateHasTheMasterAskedNow() {
        eventually(SOON, () -> assertThat(local.lagSeconds()).isNotNaN());
        for (int i = 0; i < 20; i++) {
            long revision = put("" + i);
            ReadOutcome.Found found = found(read(A, revision, 50, PATIENCE_MILLIS));
            assertThat(found.lagSeconds()).isLessThanOrEqualTo(0.051);
        }
    }

    @Test
    void aReopenedStoreHasNoKnownAgeUntilTheMasterIsAskedAgain() {
        eventually(SOON, () -> assertThat(local.lagSeconds()).isNotNaN());
        masterThere = false;
        Store reopened = new Store(master.environment, true);
        try (LocalReads other = new LocalReads(() -> reopened, "r0", this::askMaster)) {
            assertThat(other.lagSeconds()).isNaN();
        } finally {
            reopened.close(1000);
        }
    }

    @Test
    void aNewReplicaIsReadOnceItHasCaughtUp() {
        long revision = put("1");
        masterThere = false;
        Store fresh = new Store(master.environment, false);
        try (LocalReads other = new LocalReads(() -> fresh, "r1", this::askMaster)) {
            other.start(new Guard(reason -> {}));
            CompletableFuture<ReadOutcome> early = new CompletableFuture<>();
            long deadline = System.nanoTime() + SOON.toNanos();
            other.read(new Read(A, Consistency.LOCAL, 0, Read.ANY_LAG, deadline), early::complete);
            assertThat(reason(early)).isEqualTo(Reason.STARTING);
            CompletableFuture<ReadOutcome> waiting = new CompletableFuture<>();
            other.read(new Read(A, Consistency.LOCAL, revision, Read.ANY_LAG, deadline), waiting::complete);
            assertThat(waiting).isNotDone();

            masterThere = true;
            assertThat(found(waiting).result().results()).hasSize(1);
            masterThere = false;
            CompletableFuture<ReadOutcome> later = new CompletableFuture<>();
            other.read(new Read(A, Consistency.LOCAL, 0, Read.ANY_LAG, deadline), later::complete);
            assertThat(found(later).result().results()).hasSize(1);
        } finally {
            fresh.close(1000);
        }
    }

    @Test
    void whileTheStoreIsClosedPlainReadsFailAndThoseThatMayWaitDo() {
        long revision = put("1");
        open = false;
        assertThat(reason(read(A, 0, Read.ANY_LAG, PATIENCE_MILLIS))).isEqualTo(Reason.STARTING);
        CompletableFuture<ReadOutcome> waiting = read(A, revision, Read.ANY_LAG, PATIENCE_MILLIS);
        assertThat(waiting).isNotDone();
        open = true;
        assertThat(found(waiting).result().results()).hasSize(1);
    }

    @Test
    void closingRefusesWhatWaitsAndWhatComesAfter() {
        CompletableFuture<ReadOutcome> waiting = read(A, Long.MAX_VALUE, Read.ANY_LAG, PATIENCE_MILLIS);
        local.close();
        local.close();
        assertThat(reason(waiting)).isEqualTo(Reason.SHUTTING_DOWN);
        assertThat(reason(read(A, Long.MAX_VALUE, Read.ANY_LAG, PATIENCE_MILLIS)))
                .isEqualTo(Reason.SHUTTING_DOWN);
    }
}
