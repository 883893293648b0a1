package fish.store.master;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import fish.contract.HostPort;
import fish.kv.Key;
import fish.kv.OpResult;
import fish.kv.Operation;
import fish.kv.Query;
import fish.kv.StoredRecord;
import fish.kv.Txn;
import fish.store.LoneMaster;
import fish.store.StoredChange;
import fish.store.StoredCommit;
import fish.store.Tables;
import fish.testing.FreePorts;
import fish.testing.SetClock;
import fish.testing.Standard;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExpiryTest {
    private static final Query A = new Query.Get(Key.of("a"), true);
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    Path home;

    private final HostPort address = new HostPort("localhost", FreePorts.any());
    private final SetClock clock = new SetClock();

    private LoneMaster open() {
        return new LoneMaster(home, Standard.penLimits(), clock, address);
    }

    private static long put(LoneMaster master, long ttlMillis) {
        return master.run(Txn.of(new Operation.Put(Key.of("a"), LoneMaster.text("1"), ttlMillis)))
                .revision();
    }

    private static boolean there(LoneMaster master) {
        return master.readNow(A).results().get(0) instanceof OpResult.Got;
    }

    /** The pen has looked at the clock since: a record that was due before is gone. */
    private void penLooked(LoneMaster master) {
        master.run(Txn.of(new Operation.Put(Key.of("probe"), LoneMaster.text("1"), 1)));
        clock.advance(1);
        eventually(SOON, () -> assertThat(master.readNow(new Query.Get(Key.of("probe"), true))
                        .results()
                        .get(0))
                .isInstanceOf(OpResult.Absent.class));
    }

    @Test
    void aRecordIsGoneWhenItsTimeIsOverAndNotBefore() {
        try (LoneMaster master = open()) {
            long revision = put(master, 5_000);
            clock.advance(4_990);
            penLooked(master);
            assertThat(there(master)).isTrue();

            clock.advance(10);
            long due = System.nanoTime();
            eventually(SOON, () -> assertThat(there(master)).isFalse());
            assertThat(Duration.ofNanos(System.nanoTime() - due)).isLessThan(Duration.ofSeconds(20));

            List<StoredCommit> commits = new ArrayList<>();
            boolean all = master.store.use(d -> Tables.commitsAfter(d, revision, commits::add));
            assertThat(all).isTrue();
            StoredCommit last = commits.get(commits.size() - 1);
            assertThat(last.revision()).isGreaterThan(revision);
            assertThat(last.changes()).containsExactly(new StoredChange(Key.of("a"), true, 0));
        }
    }

    @Test
    void aLaterPutWithoutTtlTakesItAway() {
        try (LoneMaster master = open()) {
            put(master, 1_000);
            put(master, Operation.NO_TTL);
            clock.advance(10_000);
            penLooked(master);
            assertThat(there(master)).isTrue();
        }
    }

    @Test
    void anotherTtlMovesTheEndBothWays() {
        try (LoneMaster master = open()) {
            put(master, 1_000);
            put(master, 20_000);
            clock.advance(10_000);
            penLooked(master);
            assertThat(there(master)).isTrue();

            put(master, 100);
            clock.advance(100);
            eventually(SOON, () -> assertThat(there(master)).isFalse());
        }
    }

    @Test
    void aTouchMovesTheEndAndTakesItAway() {
        try (LoneMaster master = open()) {
            put(master, 1_000);
            OpResult.Touched touched = touch(master, 20_000);
            assertThat(touched.exists()).isTrue();
            assertThat(touched.expiresAtMillis()).isEqualTo(clock.millis() + 20_000);
            clock.advance(10_000);
            penLooked(master);
            assertThat(there(master)).isTrue();

            assertThat(touch(master, Operation.NO_TTL).expiresAtMillis()).isEqualTo(StoredRecord.NEVER);
            clock.advance(100_000);
            penLooked(master);
            assertThat(there(master)).isTrue();

            touch(master, 100);
            clock.advance(100);
            eventually(SOON, () -> assertThat(there(master)).isFalse());
            assertThat(touch(master, 100).exists()).isFalse();
        }
    }

    private static OpResult.Touched touch(LoneMaster master, long ttlMillis) {
        return (OpResult.Touched) master.run(Txn.of(new Operation.Touch(Key.of("a"), ttlMillis)))
                .results()
                .get(0);
    }

    @Test
    void theEndComesAfterARestartToo() {
        long before;
        try (LoneMaster master = open()) {
            before = put(master, 5_000);
        }
        clock.advance(4_000);
        try (LoneMaster master = open()) {
            assertThat(master.pen.lastRevision()).isGreaterThan(before);
            penLooked(master);
            assertThat(there(master)).isTrue();
            clock.advance(1_000);
            eventually(SOON, () -> assertThat(there(master)).isFalse());
        }
    }

    @Test
    void noRevisionIsGivenAgainAfterAReopening() {
        long last = 0;
        for (int i = 0; i < 3; i++) {
            try (LoneMaster master = open()) {
                assertThat(master.masterRecord.firstRevision()).isGreaterThan(last);
                last = put(master, Operation.NO_TTL);
                assertThat(last).isGreaterThan(master.masterRecord.lastRevision());
            }
        }
    }
}
