package fish.store.master;

import static org.assertj.core.api.Assertions.assertThat;

import com.sleepycat.je.LockMode;
import com.sleepycat.je.rep.RepInternal;
import com.sleepycat.je.rep.ReplicatedEnvironment;
import fish.contract.HostPort;
import fish.group.JeSettings;
import fish.group.NodeOptions;
import fish.store.LoneMaster;
import fish.store.Tables;
import fish.testing.FreePorts;
import fish.testing.Standard;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TermCommitsTest {
    @TempDir
    Path homes;

    @Test
    void aFarewellIsACommitThatChangesNothing() throws Exception {
        try (LoneMaster master = master()) {
            long revision = master.store.lastRevision();
            long before = lastCommit(master);

            end(master);

            assertThat(lastCommit(master)).isGreaterThan(before);
            assertThat(Tables.masterRecord(master.store.pinned(), LockMode.DEFAULT))
                    .isEqualTo(master.masterRecord);
            assertThat(master.store.lastRevision()).isEqualTo(revision);
        }
    }

    @Test
    void thereIsNoFarewellWhenOneIsKnownToBeAway() throws Exception {
        try (LoneMaster master = master()) {
            master.allThere = false;
            long before = lastCommit(master);

            end(master);

            assertThat(lastCommit(master)).isEqualTo(before);
        }
    }

    @Test
    void aFarewellThatOneDoesNotHearIsGivenUp() throws Exception {
        try (LoneMaster master = master()) {
            joinAndGo(master);

            end(master);

            assertThat(master.environment.isValid()).isTrue();
            assertThat(Tables.masterRecord(master.store.pinned(), LockMode.DEFAULT))
                    .isEqualTo(master.masterRecord);
        }
    }

    /** Stepped down, as one is at its last commit: nothing else commits. */
    private LoneMaster master() throws Exception {
        LoneMaster master = LoneMaster.in(Files.createDirectories(homes.resolve("lone")));
        master.pen.close();
        return master;
    }

    private static void end(LoneMaster master) {
        new TermCommits(master.environment, master.store).end(master.quorum);
    }

    /** A voter that the group counts from now on, and that is not there any more. */
    private void joinAndGo(LoneMaster master) throws Exception {
        Path home = Files.createDirectories(homes.resolve("gone"));
        NodeOptions options = new NodeOptions(
                "test",
                "gone",
                new HostPort("localhost", FreePorts.any()),
                Set.of(master.address),
                1,
                home,
                16 << 20,
                0,
                0,
                Standard.timeouts());
        new ReplicatedEnvironment(home.toFile(), JeSettings.backEnd(options), JeSettings.environment(options)).close();
    }

    private static long lastCommit(LoneMaster master) {
        return RepInternal.getNonNullRepImpl(master.environment)
                .getRepNode()
                .getCurrentTxnEndVLSN()
                .getSequence();
    }
}
