package fish.system;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import fish.system.SharedGroup.Running;
import fish.testing.FishNode;
import fish.testing.HttpAnswer;
import fish.testing.HttpProbe;
import fish.testing.history.Ending;
import fish.testing.load.AckedWrites;
import fish.testing.load.Load;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Nodes that die and nodes that leave, while clients write. */
@ExtendWith(SharedGroup.class)
@Timeout(400)
class FailOverIT {
    private static final Duration FAIL_OVER_MAX = Duration.ofSeconds(10);
    private static final Duration STOP_MAX = Duration.ofSeconds(60);
    private static final Duration REQUEST_MAX = Duration.ofSeconds(5);
    private static final Duration LOAD_LENGTH = Duration.ofSeconds(40);

    @Test
    void aKilledMasterIsReplacedWithin10sAndNothingAcknowledgedIsLost(Running running) throws IOException {
        FishNode killed = running.group().master(SharedGroup.START_MAX);
        try (AckedWrites writes = writes(running, 101, 1_000, REQUEST_MAX)) {
            beginWith(writes);
            killed.program().kill9();
            long deadline = System.nanoTime() + FAIL_OVER_MAX.toNanos();
            for (int front = 0; front < 2; front++) {
                HttpAnswer answer = put(running.front(front), "after-kill");
                assertThat(answer.status()).as("%s; %s", answer, running.told()).isIn(200, 201);
            }
            assertThat(deadline - System.nanoTime()).isPositive();
            writes.await();

            assertThat(writes.complaints()).isEmpty();
            writes.verify(running.front(0));
            writes.verify(running.front(1));
        }
        comesBackAndCatchesUp(running, killed);
    }

    private static void comesBackAndCatchesUp(Running running, FishNode killed) throws IOException {
        killed.start().awaitReady(SharedGroup.START_MAX);
        long revision = put(running.front(0), "after-return").revision();
        HttpAnswer read = Running.probe(killed.http())
                .get("after-return")
                .param("after", Long.toString(revision))
                .send();
        assertThat(read.status()).as(read.toString()).isEqualTo(200);
        assertThat(read.header("Fish-Node")).isEqualTo(killed.name());
        assertThat(read.text()).isEqualTo("after-return");
    }

    @Test
    void aGroupThatWasKilledWholeHasAllThatWasAcknowledgedAndItsRevisionsGoOn(Running running) throws IOException {
        long revisionBefore;
        try (AckedWrites writes = writes(running, 102, 500, REQUEST_MAX)) {
            beginWith(writes);
            revisionBefore = put(running.front(0), "before-all-die").revision();
            running.group().nodes().parallelStream()
                    .forEach(node -> node.program().kill9());
            writes.await();
            assertThat(writes.complaints()).isEmpty();

            running.makeWhole();
            writes.verify(running.front(0));
        }
        assertThat(running.front(1).get("before-all-die").send().revision()).isEqualTo(revisionBefore);
        assertThat(put(running.front(1), "after-all-died").revision()).isGreaterThan(revisionBefore);
    }

    @Test
    void aMasterThatIsStoppedHandsOverAndNoRequestFails(Running running) throws IOException {
        FishNode stopped = running.group().master(SharedGroup.START_MAX);
        try (AckedWrites writes = writes(running, 103, 1_000, LOAD_LENGTH)) {
            beginWith(writes);
            assertThat(stopped.program().terminate(STOP_MAX)).isZero();
            assertThat(stopped.program().output()).anyMatch(line -> line.contains("event=handed-over"));
            FishNode next = running.group().master(SharedGroup.START_MAX);
            assertThat(next.name()).isNotEqualTo(stopped.name());
            writes.await();

            assertThat(writes.complaints()).isEmpty();
            assertThat(writes.count(Ending.NOT_APPLIED)).as("not applied").isZero();
            assertThat(writes.count(Ending.UNKNOWN)).as("unknown").isZero();
            writes.verify(running.front(1));
        }
    }

    @Test
    void aReplicaAndAFrontEndThatAreStoppedExitWith0AndTheOthersServe(Running running) throws IOException {
        String master = running.group().master(SharedGroup.START_MAX).name();
        FishNode replica = running.group().backs().stream()
                .filter(back -> !back.name().equals(master))
                .findFirst()
                .orElseThrow();

        assertThat(running.group().front(1).program().terminate(STOP_MAX)).isZero();
        assertThat(replica.program().terminate(STOP_MAX)).isZero();
        assertThat(put(running.front(0), "two-left").status()).isIn(200, 201);
        assertThat(running.group().master(SharedGroup.START_MAX).name()).isEqualTo(master);
    }

    private static AckedWrites writes(Running running, long seed, int opsPerClient, Duration requestMax) {
        Load load = new Load(running.group().frontProbes(), seed, 4, opsPerClient, LOAD_LENGTH, requestMax);
        return new AckedWrites(load, "quorum");
    }

    private static void beginWith(AckedWrites writes) throws IOException {
        writes.start();
        eventually(LOAD_LENGTH, () -> assertThat(writes.succeeded()).isGreaterThan(100));
    }

    private static HttpAnswer put(HttpProbe probe, String key) throws IOException {
        return probe.put(key, key).send();
    }
}
