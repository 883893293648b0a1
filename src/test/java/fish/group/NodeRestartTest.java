package fish.group;

import static com.sleepycat.je.rep.ReplicatedEnvironment.State.MASTER;
import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import fish.contract.HostPort;
import fish.group.probe.GroupProbe;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.SocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node that is killed and started again at once is the same node to its group. */
@Timeout(120)
class NodeRestartTest {
    private static final Duration LIMIT = Duration.ofSeconds(50);

    @TempDir
    Path homes;

    @Test
    void comesBackUnderItsName() throws Exception {
        HostPort first = JeNode.freeAddress();
        HostPort address = JeNode.freeAddress();
        Path out = homes.resolve("b1.out");
        String[] arguments = {"fish", "b1", homes.resolve("b1").toString(), address.toString(), first.toString()};
        try (JeNode master = JeNode.backEnd("fish", "b0", homes.resolve("b0"), first, first)) {
            Process running = FreshJvm.start(JeNode.class, List.of(), out, arguments);
            try {
                eventually(LIMIT, () -> assertThat(out).content().contains("opened REPLICA"));
                running.destroyForcibly().waitFor();

                assertThat(whyNameIsTaken(first, address)).isEmpty();
                running = FreshJvm.start(JeNode.class, List.of(), out, arguments);
                eventually(LIMIT, () -> assertThat(out).content().contains("opened REPLICA"));
            } finally {
                running.destroyForcibly().waitFor();
            }
            assertThat(master.state()).isEqualTo(MASTER);
        }
    }

    private static Optional<String> whyNameIsTaken(HostPort buddy, HostPort address) throws InterruptedException {
        GroupProbe probe = new GroupProbe(SocketFactory.getDefault());
        GroupProbe.Result found = probe.probe(Set.of(buddy), "fish", LIMIT);
        assertThat(found.member("b1")).isPresent();
        return probe.whyNameIsTaken(found, "b1", address, LIMIT);
    }
}
