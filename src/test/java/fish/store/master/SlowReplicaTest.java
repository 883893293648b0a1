package fish.store.master;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.sleepycat.je.rep.ReplicatedEnvironment;
import com.sleepycat.je.rep.ReplicationConfig;
import fish.contract.HostPort;
import fish.group.JeSettings;
import fish.group.NodeOptions;
import fish.kv.Durability;
import fish.kv.Outcome;
import fish.kv.Txn;
import fish.store.LoneMaster;
import fish.testing.FreePorts;
import fish.testing.Standard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One electable node of three is slow: who asked for every node waits for it, and nobody else. */
@Timeout(120)
class SlowReplicaTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String SLOW_MILLIS = "200";

    @TempDir
    Path homes;

    private ReplicatedEnvironment follower(LoneMaster master, String name, String delayMillis) throws IOException {
        HostPort address = new HostPort("localhost", FreePorts.any());
        Path home = Files.createDirectories(homes.resolve(name));
        NodeOptions options = new NodeOptions(
                "test", name, address, Set.of(master.address), 1, home, 16 << 20, 0, 0, Standard.timeouts());
        ReplicationConfig config = JeSettings.backEnd(options);
        config.setConfigParam("je.rep.test.replicaDelay", delayMillis);
        return new ReplicatedEnvironment(home.toFile(), config, JeSettings.environment(options));
    }

    /** Whose key is added once it is committed. */
    private static void send(LoneMaster master, String key, Durability durability, List<String> committed) {
        master.pen.write(master.write(Txn.of(LoneMaster.putting(key, "1")), durability, 60_000), outcome -> {
            if (outcome instanceof Outcome.Committed) {
                committed.add(key);
            }
        });
    }

    @Test
    void othersDoNotWaitForAWriteThatNeedsEveryNode() throws Exception {
        Path home = Files.createDirectories(homes.resolve("master"));
        try (LoneMaster master = LoneMaster.in(home);
                ReplicatedEnvironment quick = follower(master, "quick", "0");
                ReplicatedEnvironment slow = follower(master, "slow", SLOW_MILLIS)) {
            assertThat(quick.isValid() && slow.isValid()).isTrue();
            // So far behind is the slow one that what needs it takes some seconds.
            for (int i = 0; i < 8; i++) {
                master.run(Txn.of(LoneMaster.putting("before", "" + i)));
            }

            List<String> committed = new CopyOnWriteArrayList<>();
            send(master, "all", Durability.ALL, committed);
            CompletableFuture<Outcome> hurried =
                    master.send(Txn.of(LoneMaster.putting("hurried", "1")), Durability.SITES, 1_000);
            for (int i = 0; i < 3; i++) {
                send(master, "k" + i, Durability.QUORUM, committed);
            }
            assertThat(LoneMaster.await(hurried)).isInstanceOf(Outcome.Unknown.class);
            eventually(SOON, () -> assertThat(committed).containsExactly("k0", "k1", "k2", "all"));
        }
    }
}
