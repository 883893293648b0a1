package fish.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sleepycat.je.DbInternal;
import com.sleepycat.je.Environment;
import com.sleepycat.je.EnvironmentConfig;
import com.sleepycat.je.rep.NodeType;
import com.sleepycat.je.rep.ReplicationConfig;
import com.sleepycat.je.util.DbVerifyLog;
import com.sleepycat.je.util.LogVerificationException;
import fish.contract.HostPort;
import fish.kv.Durability;
import fish.store.JeDurability;
import fish.testing.Standard;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JeSettingsTest {
    private static final HostPort ADDRESS = new HostPort("localhost", 9000);

    @TempDir
    Path home;

    private NodeOptions options() {
        return options(Set.of(new HostPort("localhost", 9002), new HostPort("localhost", 9001)));
    }

    private NodeOptions options(Set<HostPort> helpers) {
        return new NodeOptions("fish", "b0", ADDRESS, helpers, 10, home, 32 << 20, 1 << 30, 5, Standard.timeouts());
    }

    @Test
    void aBackEndVotesAndAFrontEndDoesNot() {
        ReplicationConfig back = JeSettings.backEnd(options());
        ReplicationConfig front = JeSettings.frontEnd(options());

        assertThat(back.getNodeType()).isEqualTo(NodeType.ELECTABLE);
        assertThat(back.getNodePriority()).isEqualTo(10);
        assertThat(front.getNodeType()).isEqualTo(NodeType.SECONDARY);
        assertThat(back.getGroupName()).isEqualTo("fish");
        assertThat(back.getNodeName()).isEqualTo("b0");
        assertThat(back.getNodeHostPort()).isEqualTo("localhost:9000");
        assertThat(back.getHelperHosts()).isEqualTo("localhost:9001,localhost:9002");
    }

    @Test
    void aBuddyThatCannotBeLookedUpIsLeftOutAndAllOfThemAreForNow() throws Exception {
        HostPort unknown = new HostPort("nowhere.invalid", 9001);
        Set<HostPort> one = Set.of(unknown, new HostPort("localhost", 9002));
        assertThat(JeSettings.frontEnd(options(one)).getHelperHosts()).isEqualTo("localhost:9002");
        assertThatThrownBy(() -> JeSettings.frontEnd(options(Set.of(unknown))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("nowhere.invalid:9001");

        Files.createFile(home.resolve("00000000.jdb"));
        assertThat(JeSettings.frontEnd(options(Set.of(unknown))).getHelperHosts())
                .isEmpty();
    }

    @Test
    void durationsCarryTheirUnit() {
        ReplicationConfig back = JeSettings.backEnd(options());

        assertThat(back.getConfigParam("je.rep.heartbeatInterval")).isEqualTo("250");
        assertThat(back.getConfigParam("je.rep.electionsReadTimeout")).isEqualTo("300 ms");
        assertThat(back.getConfigParam("je.rep.feederTimeout")).isEqualTo("2000 ms");
        assertThat(back.getConfigParam("je.rep.replicaTimeout")).isEqualTo("4000 ms");
        assertThat(back.getReplicaAckTimeout(TimeUnit.MILLISECONDS)).isEqualTo(6000);
    }

    @Test
    void keepsWhatIsKnownAsDurableAndAcknowledgesEachCommitOnDisk() {
        ReplicationConfig back = JeSettings.backEnd(options());

        assertThat(back.getConfigParam(ReplicationConfig.TXN_ROLLBACK_LIMIT)).isEqualTo("1");
        assertThat(back.getConfigParam(ReplicationConfig.REPLICA_MAX_GROUP_COMMIT))
                .isEqualTo("0");
        assertThat(JeSettings.environment(options()).getDurability().toString())
                .isEqualTo(JeDurability.of(Durability.QUORUM).toString())
                .isEqualToIgnoringCase("SYNC,SYNC,SIMPLE_MAJORITY");
    }

    @Test
    void limitsOfTheDiskAndTheCacheAreThoseOfTheOptions() {
        EnvironmentConfig environment = JeSettings.environment(options());

        DiskLimits limits = new DiskLimits(1L << 30, 5);
        assertThat(environment.getConfigParam(EnvironmentConfig.FREE_DISK))
                .isEqualTo(Long.toString(limits.jeFreeBytes()));
        assertThat(environment.getMaxDisk()).isEqualTo(limits.jeMaxBytes());
        assertThat(environment.getConfigParam(EnvironmentConfig.LOG_FILE_MAX))
                .isEqualTo(Long.toString(limits.logFileBytes()));
        assertThat(environment.getConfigParam(EnvironmentConfig.MAX_MEMORY)).isEqualTo("33554432");
        assertThat(environment.getConfigParam(EnvironmentConfig.STATS_COLLECT)).isEqualTo("false");
        assertThat(environment.getLockTimeout(TimeUnit.SECONDS)).isEqualTo(7);
    }

    /** Of a byte that nobody would have read it makes a store that cannot be opened. */
    @Test
    void jesOwnVerifierIsOffSinceWhatItFindsKeepsTheStoreFromOpening() throws Exception {
        EnvironmentConfig config = JeSettings.environment(options());
        try (Environment environment = new Environment(home.toFile(), config)) {
            assertThat(DbInternal.getNonNullEnvImpl(environment)
                            .getDataVerifier()
                            .getCronSchedule())
                    .isNull();
        }
        new Environment(home.toFile(), config).close();

        Path log = home.resolve("00000000.jdb");
        byte[] bytes = Files.readAllBytes(log);
        bytes[bytes.length / 2] ^= 0x10;
        Environment open = new Environment(home.toFile(), config);
        Files.write(log, bytes);
        assertThatThrownBy(() -> new DbVerifyLog(open).verifyAll()).isInstanceOf(LogVerificationException.class);
        assertThat(open.isValid()).isFalse();
        open.close();

        bytes[bytes.length / 2] ^= 0x10;
        Files.write(log, bytes);
        assertThatThrownBy(() -> new Environment(home.toFile(), config))
                .satisfies(refused -> assertThat(OpenFailure.of(refused)).isEqualTo(OpenFailure.UNUSABLE));
    }

    @Test
    void refusesAHomeWhosePropertyFileWouldOverrideThem() throws Exception {
        Files.writeString(home.resolve("je.properties"), "je.rep.txnRollbackLimit=10");

        assertThatThrownBy(() -> JeSettings.backEnd(options()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("je.properties");
    }

    @Test
    void refusesTimeoutsThatWouldBreakAPromise() {
        Duration second = Duration.ofSeconds(1);
        Duration two = Duration.ofSeconds(2);
        Duration beat = Duration.ofMillis(100);

        assertThatThrownBy(() -> new Timeouts(beat, two, two, beat, second)).hasMessageContaining("replica timeout");
        assertThatThrownBy(() -> new Timeouts(second, second, two, beat, second))
                .hasMessageContaining("feeder timeout");
        assertThatThrownBy(() -> new Timeouts(beat, second, two, two.plusMillis(1), second))
                .hasMessageContaining("election timeout");
        assertThatThrownBy(() -> new Timeouts(Duration.ZERO, second, two, beat, second))
                .hasMessageContaining("heartbeat");
    }

    @Test
    void refusesNamesThatJeCannotTake() {
        for (String bad : new String[] {"", "a|b", "a b", "a,b", "ä", "x".repeat(129)}) {
            assertThatThrownBy(() -> new NodeOptions(
                            "fish", bad, ADDRESS, Set.of(), 1, home, 1 << 20, 0, 0, Standard.timeouts()))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
