package fish.store.master;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import fish.kv.Consistency;
import fish.kv.Durability;
import fish.kv.Key;
import fish.kv.OpResult;
import fish.kv.Operation;
import fish.kv.Outcome;
import fish.kv.Query;
import fish.kv.Read;
import fish.kv.ReadOutcome;
import fish.kv.Txn;
import fish.kv.Value;
import fish.store.LoneMaster;
import fish.store.MemberRecord;
import fish.testing.SetClock;
import fish.testing.Standard;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nothing but writes takes the pen's time, and whatever ends it ends nobody's wait in silence. */
@Timeout(180)
class PenAloneTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Query ALL_KEYS = new Query.Range(new byte[0], new byte[0], false, false, 1000, 4 << 20);

    @TempDir
    Path home;

    /** Stands still until it is set, and fails on demand. */
    private static final class TestClock extends SetClock {
        volatile boolean broken;

        @Override
        public long millis() {
            if (broken && Thread.currentThread().getName().equals("fish-pen")) {
                throw new StackOverflowError("for this test");
            }
            return super.millis();
        }
    }

    private static void fill(LoneMaster master, int count, int bytes, long ttlMillis) {
        List<CompletableFuture<Outcome>> answers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Value value = new Value(new byte[bytes], "", "");
            answers.add(master.send(
                    Txn.of(new Operation.Put(Key.of(String.format("k%06d", i)), value, ttlMillis)),
                    Durability.MEMORY,
                    60_000));
            if (answers.size() == 1000) {
                answers.forEach(answer -> assertThat(LoneMaster.await(answer)).isInstanceOf(Outcome.Committed.class));
                answers.clear();
            }
        }
        answers.forEach(LoneMaster::await);
    }

    private static long millisOfAPut(LoneMaster master) {
        long start = System.nanoTime();
        master.run(Txn.of(LoneMaster.putting("other", "1")));
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    }

    @Test
    void listsHoldNoWriteUp() {
        try (LoneMaster master = LoneMaster.in(home)) {
            fill(master, 2_000, 5_000, Operation.NO_TTL);
            AtomicBoolean stop = new AtomicBoolean();
            AtomicInteger lists = new AtomicInteger();
            for (int i = 0; i < 48; i++) {
                listAgainAndAgain(master, stop, lists);
            }
            eventually(SOON, () -> assertThat(lists.get()).isPositive());
            List<Long> millis = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                millis.add(millisOfAPut(master));
            }
            stop.set(true);
            // Of fifty, since this machine may stand still in one or the other.
            Collections.sort(millis);
            assertThat(millis.get(25)).as("%s", millis).isLessThan(1_000);
        }
    }

    private static void listAgainAndAgain(LoneMaster master, AtomicBoolean stop, AtomicInteger lists) {
        Read read = Read.of(ALL_KEYS, Consistency.MASTER, System.nanoTime() + SOON.toNanos());
        master.reads.read(read, outcome -> {
            if (outcome instanceof ReadOutcome.Found found) {
                assertThat(found.result().results()).hasSize(1000);
                lists.incrementAndGet();
            }
            if (!stop.get()) {
                var ignored = CompletableFuture.runAsync(() -> listAgainAndAgain(master, stop, lists));
            }
        });
    }

    @Test
    void whatMembersTellHoldsNoWriteUp() {
        try (LoneMaster master = LoneMaster.in(home)) {
            for (int i = 0; i < 10_000; i++) {
                master.pen.group().remember(new MemberRecord("b" + i, "localhost:" + i, "http://localhost:" + i, 1));
            }
            assertThat(millisOfAPut(master)).isLessThan(10_000);
        }
    }

    @Test
    void anErrorEndsThePenAndLeavesNobodyWaiting() {
        TestClock clock = new TestClock();
        try (LoneMaster master = new LoneMaster(home, Standard.penLimits(), clock)) {
            master.run(Txn.of(LoneMaster.putting("a", "1")));
            clock.broken = true;
            assertThat(LoneMaster.await(master.send(Txn.of(LoneMaster.putting("a", "2")))))
                    .isNotInstanceOf(Outcome.Committed.class);
            eventually(SOON, () -> assertThat(master.broken()).hasSize(1));
            assertThat(LoneMaster.await(master.send(Txn.of(LoneMaster.putting("a", "3")))))
                    .isInstanceOf(Outcome.Refused.class);
            assertThat(master.read(new Query.Get(Key.of("a"), true), Consistency.STRONG))
                    .isInstanceOf(ReadOutcome.Failed.class);
            assertThat(master.read(ALL_KEYS, Consistency.MASTER)).isInstanceOf(ReadOutcome.Failed.class);
        }
    }

    @Test
    void whatAStrongReadShowsIsOnDisk() {
        try (LoneMaster master = LoneMaster.in(home)) {
            Query get = new Query.Get(Key.of("a"), true);
            for (int i = 0; i < 20; i++) {
                Outcome put = LoneMaster.await(
                        master.send(Txn.of(LoneMaster.putting("a", "" + i)), Durability.MEMORY, 10_000));
                long revision = ((Outcome.Committed) put).result().revision();
                OpResult.Got got = (OpResult.Got) master.readNow(get).results().get(0);
                assertThat(got.record().revision()).isEqualTo(revision);
                assertThat(master.pen.durableRevision()).isGreaterThanOrEqualTo(revision);
            }
        }
    }

    @Test
    void whatIsWrittenForMemoryComesOnDiskByItself() {
        try (LoneMaster master = LoneMaster.in(home)) {
            Outcome put =
                    LoneMaster.await(master.send(Txn.of(LoneMaster.putting("a", "1")), Durability.MEMORY, 10_000));
            long revision = ((Outcome.Committed) put).result().revision();
            eventually(SOON, () -> assertThat(master.pen.durableRevision()).isGreaterThanOrEqualTo(revision));
        }
    }

    @Test
    void manyRecordsEndTogetherAndOthersDoNotNotice() {
        int count = 60_000;
        TestClock clock = new TestClock();
        try (LoneMaster master = new LoneMaster(home, Standard.penLimits(), clock)) {
            fill(master, count, 10, 5_000);
            long before = master.pen.lastRevision();
            clock.advance(5_000);
            assertThat(((ReadOutcome.Found) master.read(ALL_KEYS, Consistency.STRONG))
                            .result()
                            .results())
                    .isEmpty();
            assertThat(master.readNow(new Query.Get(Key.of("k059999"), true)).results())
                    .containsExactly(new OpResult.Absent(Key.of("k059999")));
            List<Long> millis = new ArrayList<>();
            do {
                millis.add(millisOfAPut(master));
            } while (master.pen.stats().expired() < count);
            assertThat(master.pen.lastRevision() - before).isEqualTo(count + millis.size());
            assertThat(Collections.max(millis)).isLessThan(10_000);
        }
    }

    @Test
    void aPutOverARecordThatHasEndedCreatesItAnew() {
        TestClock clock = new TestClock();
        try (LoneMaster master = new LoneMaster(home, Standard.penLimits(), clock)) {
            fill(master, 3_000, 10, 5_000);
            clock.advance(5_000);
            OpResult.Put put = (OpResult.Put) master.run(Txn.of(LoneMaster.putting("k002999", "new")))
                    .results()
                    .get(0);
            assertThat(put.created()).isEqualTo(put.revision());
            eventually(SOON, () -> assertThat(master.pen.stats().expired()).isGreaterThanOrEqualTo(2_999));
            assertThat(master.readNow(new Query.Get(Key.of("k002999"), true)).results())
                    .allMatch(OpResult.Got.class::isInstance);
        }
    }
}
