package fish.jefix;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.sleepycat.je.rep.RepInternal;
import com.sleepycat.je.rep.vlsn.VLSNIndex;
import com.sleepycat.je.rep.vlsn.VLSNRange;
import com.sleepycat.je.utilint.VLSN;
import fish.contract.HostPort;
import fish.group.JeNode;
import fish.testing.FreePorts;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RollbackFixTest {
    @TempDir
    Path homes;

    @Test
    void aReplicaThatWasSentMoreThanItKeptCloses() throws Exception {
        JeFixes.apply();
        HostPort first = new HostPort("localhost", FreePorts.any());
        HostPort second = new HostPort("localhost", FreePorts.any());
        try (JeNode master = JeNode.backEnd("rollback", "b0", homes.resolve("b0"), first, first);
                JeNode replica = JeNode.backEnd("rollback", "b1", homes.resolve("b1"), second, first)) {
            eventually(Duration.ofSeconds(60), () -> assertThat(
                            Index.of(replica).getRange().getLast())
                    .isEqualTo(Index.of(master).getRange().getLast()));
            VLSNIndex index = Index.of(replica);
            VLSN last = index.getRange().getLast();

            index.setReplicaLatestVLSNSeq(last.getSequence() + 2);
            index.truncateFromTail(last.getNext(), 0);

            assertThat(index.getLatestAllocatedVal()).isEqualTo(last.getSequence());
            assertTimeoutPreemptively(Duration.ofSeconds(60), replica::close);
        }
    }

    /** Apart from the test, whose methods are looked at, and their types loaded, before JE is corrected. */
    private static final class Index {
        static VLSNIndex of(JeNode node) {
            return RepInternal.getNonNullRepImpl(node.environment()).getVLSNIndex();
        }
    }

    @Test
    void refusesAClassWithoutTheMethod() {
        byte[] other = JeClass.bytes(VLSNRange.class, "GhostBucket");
        assertThatThrownBy(() -> RollbackPatch.corrected(other))
                .isInstanceOf(JeFixException.class)
                .hasMessageContaining("found 0");
    }
}
