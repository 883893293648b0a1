package fish.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import fish.testing.Network;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a master says that is none any more. */
@Timeout(600)
class StaleReadsIT {
    private static final int RUNS = 3;

    @Test
    void aMasterThatWakesNeverAnswersAStrongReadWithThePast() throws Exception {
        assumeTrue(Network.isPossible(), "needs root and network namespaces");
        try (Stage stage = Stage.start(3, 1)) {
            for (int run = 0; run < RUNS; run++) {
                assertThat(new WokenMaster(stage, "woken/" + run).play()).isPositive();
            }
        }
    }
}
