package fish.faults;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import fish.testing.FishNode;
import fish.testing.Network;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The two ways in which JE by itself loses what it acknowledged. */
@Timeout(600)
class LostWritesIT {
    @BeforeEach
    void requireNamespaces() {
        assumeTrue(Network.isPossible(), "needs root and network namespaces");
    }

    @Test
    void whatTheNewMasterAcknowledgedOutlivesItBesideAnOldMasterWithAFrontEnd() throws Exception {
        try (Stage stage = Stage.start(3, 1)) {
            StaleMaster scenario = new StaleMaster(stage, "kept/");
            scenario.play();
            assertThat(scenario.kept(stage.patient(stage.group().front(0)), "strong"))
                    .as(stage::told)
                    .isEqualTo(StaleMaster.WRITES);
            stage.group().nodes().forEach(FishNode::start);
            stage.awaitWhole();
        }
    }

    @Test
    void withoutTheQuorumFixAndTheWatchdogItIsLost() throws Exception {
        try (Stage stage = Stage.start(3, 1, "-Dfish.test.quorumFix=off", "-Dfish.test.watchdog=off")) {
            StaleMaster scenario = new StaleMaster(stage, "kept/");
            FishNode survivor = scenario.play();
            eventually(Stage.SOON, () -> assertThat(StaleMaster.setItsLogAside(survivor))
                    .as(stage::told)
                    .isTrue());
            assertThat(scenario.kept(stage.patient(stage.group().back(0)), "local"))
                    .isZero();
        }
    }

    @Test
    void oneAcknowledgedWriteOutlivesALongTailThatNobodyAcknowledged() throws Exception {
        try (Stage stage = Stage.start(3, 1, "-Dfish.test.watchdog=off")) {
            assertThat(new UnacknowledgedTail(stage, "acknowledged").keepsTheWrite())
                    .as(stage::told)
                    .isTrue();
        }
    }
}
