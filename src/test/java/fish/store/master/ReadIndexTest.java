package fish.store.master;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.sleepycat.je.EnvironmentMutableConfig;
import fish.kv.Consistency;
import fish.kv.Durability;
import fish.kv.Failure;
import fish.kv.Key;
import fish.kv.OpResult;
import fish.kv.Outcome;
import fish.kv.Query;
import fish.kv.Read;
import fish.kv.ReadOutcome;
import fish.kv.Reason;
import fish.kv.Txn;
import fish.store.LoneMaster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadIndexTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Query A = new Query.Get(Key.of("a"), true);

    @TempDir
    Path home;

    private final List<String> told = new ArrayList<>();

    private final class Told implements ReadIndex.Reader {
        @Override
        public void confirmed() {
            told.add("confirmed");
        }

        @Override
        public void readAgain() {
            told.add("again");
        }

        @Override
        public void failed(Failure failure) {
            told.add(failure.reason().name());
        }
    }

    private static CompletableFuture<ReadOutcome> strong(LoneMaster master, long timeoutMillis) {
        CompletableFuture<ReadOutcome> answer = new CompletableFuture<>();
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        master.reads.read(Read.of(A, Consistency.STRONG, deadline), answer::complete);
        return answer;
    }

    @Test
    void aReadBeforeAnAbortIsDoneAgainAndOneAfterItIsNot() {
        ReadIndex readIndex = new ReadIndex(10);
        readIndex.add(new ReadIndex.Waiter(new Told(), readIndex.aborts(), 0));
        readIndex.aborted();
        readIndex.add(new ReadIndex.Waiter(new Told(), readIndex.aborts(), 0));
        readIndex.confirm(readIndex.take());
        assertThat(told).containsExactly("again", "confirmed");
    }

    @Test
    void whoWaitsForAFailedCommitWaitsForTheNextAndIsAnsweredOnce() {
        ReadIndex readIndex = new ReadIndex(10);
        readIndex.add(new ReadIndex.Waiter(new Told(), 0, 5));
        readIndex.putBack(readIndex.take());
        readIndex.expire(4, new Failure(Reason.NO_QUORUM, ""));
        assertThat(told).isEmpty();
        readIndex.expire(5, new Failure(Reason.NO_QUORUM, ""));
        readIndex.confirm(readIndex.take());
        assertThat(told).containsExactly("NO_QUORUM");
    }

    @Test
    void whoseTimeIsUpIsToldWhileTheCommitIsUnderWay() {
        ReadIndex readIndex = new ReadIndex(10);
        readIndex.add(new ReadIndex.Waiter(new Told(), 0, 5));
        readIndex.add(new ReadIndex.Waiter(new Told(), 0, 7));
        List<ReadIndex.Waiter> taken = readIndex.take();
        readIndex.expire(5, new Failure(Reason.NO_QUORUM, ""));
        assertThat(told).containsExactly("NO_QUORUM");
        readIndex.failAll(new Failure(Reason.NOT_MASTER, ""));
        assertThat(told).containsExactly("NO_QUORUM", "NOT_MASTER");
        readIndex.confirm(taken);
        assertThat(told).hasSize(2);
    }

    @Test
    void oneWhoseStateIsDecidedIsToldWithoutThoseWhoSawLaterOnes() {
        ReadIndex readIndex = new ReadIndex(10);
        ReadIndex.Waiter before = new ReadIndex.Waiter(new Told(), readIndex.aborts(), 5);
        readIndex.addUndecided(before);
        readIndex.addUndecided(new ReadIndex.Waiter(new Told(), readIndex.aborts(), 5));
        readIndex.decided(before);
        assertThat(told).containsExactly("confirmed");
        readIndex.aborted();
        readIndex.decided();
        assertThat(told).containsExactly("confirmed", "again");
    }

    @Test
    void noMoreWaitThanMay() {
        ReadIndex readIndex = new ReadIndex(1);
        assertThat(readIndex.add(new ReadIndex.Waiter(new Told(), 0, 0))).isTrue();
        assertThat(readIndex.add(new ReadIndex.Waiter(new Told(), 0, 0))).isFalse();
    }

    @Test
    void aStrongReadWaitsForTheNextCommitAndFailsAtItsDeadlineWithoutOne() {
        try (LoneMaster master = LoneMaster.in(home)) {
            master.loseQuorum();
            CompletableFuture<ReadOutcome> patient = strong(master, 10_000);
            ReadOutcome late = LoneMaster.await(strong(master, 50));
            assertThat(((ReadOutcome.Failed) late).failure().reason()).isEqualTo(Reason.NO_QUORUM);
            assertThat(patient).isNotDone();
            master.quorumThere = true;
            assertThat(LoneMaster.await(patient)).isInstanceOf(ReadOutcome.Found.class);
        }
    }

    @Test
    void onADiskWithoutRoomReadsGoOnAndWhatItRefusesIsNeverShown() throws Exception {
        try (LoneMaster master = LoneMaster.in(home)) {
            AtomicInteger kept = new AtomicInteger();
            master.run(Txn.of(LoneMaster.putting("a", "0")));
            // From which JE takes what is to stay free.
            limitDisk(master, (8 << 20) + 1);
            // JE looks at the disk when its cleaner comes by.
            eventually(SOON, () -> {
                Txn next = Txn.of(LoneMaster.putting("a", Integer.toString(kept.get() + 1)));
                Outcome outcome = LoneMaster.await(master.send(next, Durability.QUORUM, 5_000));
                kept.addAndGet(outcome instanceof Outcome.Committed ? 1 : 0);
                assertThat(outcome).isInstanceOf(Outcome.Refused.class);
                assertThat(((Outcome.Refused) outcome).failure().reason()).isEqualTo(Reason.DISK_FULL);
            });
            long given = master.pen.lastRevision();

            for (int i = 0; i < 20; i++) {
                OpResult.Got got = (OpResult.Got) master.readNow(A).results().get(0);
                assertThat(got.record().value()).isEqualTo(LoneMaster.text(Integer.toString(kept.get())));
            }
            assertThat(LoneMaster.await(master.send(Txn.of(LoneMaster.putting("a", "no")))))
                    .isInstanceOf(Outcome.Refused.class);

            limitDisk(master, 0);
            OpResult.Got got = (OpResult.Got) master.readNow(A).results().get(0);
            assertThat(got.record().value()).isEqualTo(LoneMaster.text(Integer.toString(kept.get())));
            eventually(SOON, () -> assertThat(LoneMaster.await(master.send(Txn.of(LoneMaster.putting("a", "next")))))
                    .isInstanceOf(Outcome.Committed.class));
            assertThat(master.pen.lastRevision()).isGreaterThan(given);
        }
    }

    private static void limitDisk(LoneMaster master, long bytes) {
        EnvironmentMutableConfig config = master.environment.getMutableConfig();
        config.setConfigParam("je.maxDisk", Long.toString(bytes));
        master.environment.setMutableConfig(config);
    }
}
