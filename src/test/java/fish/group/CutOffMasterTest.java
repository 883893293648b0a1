package fish.group;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import fish.contract.NodeState;
import fish.kv.Outcome;
import fish.testing.Standard;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A master whose only voter falls silent, its connection still open: as if the network were cut. */
@Timeout(120)
class CutOffMasterTest {
    private static final Duration SOON = Duration.ofSeconds(40);

    @TempDir
    Path homes;

    @Test
    void leavesBeforeOthersCanElect() throws Exception {
        Timeouts standard = Standard.timeouts();
        // The others wait for so much longer that this test sees who is first, however slow the machine is.
        Timeouts timeouts = new Timeouts(
                standard.heartbeat(), standard.feeder(), Duration.ofSeconds(20), standard.election(), standard.ack());
        try (BackEnds group = new BackEnds(homes, timeouts, "b0", "b1")) {
            group.start("b0");
            eventually(SOON, () -> assertThat(group.master()).isPresent());
            group.start("b1");
            eventually(SOON, () -> assertThat(group.member("b1").state()).isEqualTo(NodeState.REPLICA));
            group.stop("b1");
            Process voter = FreshJvm.start(
                    JeNode.class,
                    List.of("-D" + JeNode.PRIORITY + "=0"),
                    homes.resolve("b1.out"),
                    "test",
                    "b1",
                    group.home("b1").toString(),
                    group.address("b1").toString(),
                    group.address("b0").toString());
            try {
                eventually(SOON, () -> assertThat(group.put("k", "v")).isInstanceOf(Outcome.Committed.class));
                group.told("b0").events.clear();
                new ProcessBuilder("kill", "-STOP", Long.toString(voter.pid()))
                        .start()
                        .waitFor();
                long cut = System.nanoTime();
                eventually(SOON, () -> assertThat(group.told("b0").events).contains("leaving-office"));
                assertThat(Duration.ofNanos(System.nanoTime() - cut)).isLessThan(timeouts.replica());
            } finally {
                voter.destroyForcibly().waitFor();
            }
        }
    }
}
