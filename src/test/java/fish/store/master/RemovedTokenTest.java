package fish.store.master;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import fish.kv.Asker;
import fish.kv.Consistency;
import fish.kv.Durability;
import fish.kv.Key;
import fish.kv.OpResult;
import fish.kv.Outcome;
import fish.kv.Query;
import fish.kv.ReadOutcome;
import fish.kv.Reason;
import fish.kv.Txn;
import fish.store.LoneMaster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The token of a write is removed, or ends, while the write waits for the pen, for nodes, or for acknowledgements. */
@Timeout(120)
class RemovedTokenTest {
    private static final Duration SOON = Duration.ofSeconds(50);

    @TempDir
    Path home;

    private final AtomicBoolean holds = new AtomicBoolean(true);

    private CompletableFuture<Outcome> put(LoneMaster master, String key, Durability durability) {
        CompletableFuture<Outcome> answer = new CompletableFuture<>();
        master.pen.write(
                master.write(Txn.of(LoneMaster.putting(key, "1")), durability, 100_000)
                        .by(Asker.NOBODY.during(holds::get)),
                answer::complete);
        return answer;
    }

    private static void assertRefused(CompletableFuture<Outcome> answer) {
        assertThat(((Outcome.Refused) answer.join()).failure().reason()).isEqualTo(Reason.UNAUTHENTICATED);
    }

    private static boolean isThere(LoneMaster master, String key) {
        ReadOutcome read = master.read(new Query.Get(Key.of(key), true), Consistency.MASTER);
        return ((ReadOutcome.Found) read).result().results().get(0) instanceof OpResult.Got;
    }

    @Test
    void whatWaitsForAMajorityIsRefusedWhileItWaitsAndNotWritten() {
        try (LoneMaster master = LoneMaster.in(home)) {
            master.loseQuorum();
            CompletableFuture<Outcome> answer = put(master, "a", Durability.QUORUM);
            assertThat(master.pen.queued()).isEqualTo(1);
            assertThat(answer).isNotDone();
            holds.set(false);
            eventually(SOON, () -> assertThat(answer).isDone());
            assertRefused(answer);
            master.quorumThere = true;
            master.run(Txn.of(LoneMaster.putting("after", "1")));
            assertThat(isThere(master, "a")).isFalse();
        }
    }

    @Test
    void whatWaitsForEveryNodeIsRefusedWhileItWaitsAndNotWritten() {
        try (LoneMaster master = LoneMaster.in(home)) {
            master.allThere = false;
            CompletableFuture<Outcome> answer = put(master, "a", Durability.ALL);
            // Behind it in the queue: the pen has seen both.
            master.run(Txn.of(LoneMaster.putting("beside", "1")));
            assertThat(answer).isNotDone();
            holds.set(false);
            eventually(SOON, () -> assertThat(answer).isDone());
            assertRefused(answer);
            master.allThere = true;
            master.run(Txn.of(LoneMaster.putting("after", "1")));
            assertThat(isThere(master, "a")).isFalse();
        }
    }

    /** The clock may look a little later than the pen. */
    @Test
    void thePenItselfLooksBeforeItWrites() {
        WriteTask task;
        CompletableFuture<Outcome> answer = new CompletableFuture<>();
        try (LoneMaster master = LoneMaster.in(home)) {
            task = new WriteTask(
                    master.write(Txn.of(LoneMaster.putting("a", "1")), Durability.QUORUM, 100_000)
                            .by(Asker.NOBODY.during(holds::get)),
                    answer::complete);
        }
        holds.set(false);
        assertThat(task.take()).isFalse();
        assertRefused(answer);
    }

    @Test
    void whatIsCommittedAndWaitsForOthersIsTold() {
        try (LoneMaster master = LoneMaster.in(home)) {
            master.appliedThere = false;
            CompletableFuture<Outcome> answer = put(master, "a", Durability.SITES);
            eventually(SOON, () -> assertThat(isThere(master, "a")).isTrue());
            holds.set(false);
            // Longer than the clock takes to look at all that waits.
            for (int i = 0; i < 50; i++) {
                master.run(Txn.of(LoneMaster.putting("beside", "" + i)));
            }
            assertThat(answer).isNotDone();
            master.appliedThere = true;
            eventually(SOON, () -> assertThat(answer).isDone());
            assertThat(answer.join()).isInstanceOf(Outcome.Committed.class);
        }
    }
}
