package fish.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import fish.testing.Faults;
import fish.testing.Network;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** All promises at once, for less than a minute; {@code bin/soak} goes on for longer. */
@Timeout(600)
class HistoriesIT {
    private static final Duration LENGTH = Duration.ofSeconds(35);
    private static final Duration GAP_MAX = Duration.ofSeconds(45);
    private static final int OPS_MAX = 1_500;

    @Test
    void everyAnswerWasTrueWhileNodesWereKilledPausedAndCutOff() throws Exception {
        assumeTrue(Network.isPossible(), "needs root and network namespaces");
        Faults.Pace pace = new Faults.Pace(Duration.ofSeconds(8), Duration.ofSeconds(2), Stage.SOON);
        try (Stage stage = Stage.start(3, 2)) {
            FaultyHistory history = new FaultyHistory(stage, new Random().nextLong(1_000_000), System.out);
            history.run(LENGTH, pace, OPS_MAX, GAP_MAX);
            assertThat(history.gaps()).isNotEmpty();
        }
    }
}
