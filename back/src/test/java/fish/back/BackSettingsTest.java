package fish.back;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import fish.conf.NodeSettings;
import fish.conf.ProgramException;
import fish.conf.Setting;
import fish.conf.SettingValues;
import fish.conf.Sources;
import fish.conf.Surroundings;
import fish.contract.HostPort;
import fish.group.Timeouts;
import fish.kv.Durability;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BackSettingsTest {
    private static final Path HERE = Path.of("/here");

    @Test
    void theFileListsEverySettingOnceAtItsDefault() throws Exception {
        List<String> lines = Files.readAllLines(Path.of("../conf/back.properties"));

        assertThat(lines.stream().filter(line -> line.matches("#?[a-z-]+=.*")))
                .containsExactlyInAnyOrderElementsOf(BackSettings.SETTINGS.stream()
                        .map(setting -> "#" + setting.name() + "=" + setting.standard())
                        .toList());
    }

    @Test
    void theRecordHasWhatTheTableSays() throws ProgramException {
        BackSettings settings = read(Map.of("dir", "b0", "address", "localhost:9000"), Map.of());

        assertThat(settings.node().home()).isEqualTo(Path.of("/here/database/b0"));
        assertThat(settings.node().name()).isEqualTo("b0");
        assertThat(settings.node().group()).isEqualTo("fish");
        assertThat(settings.node().http()).isEqualTo(new HostPort("localhost", 5000));
        assertThat(settings.get(NodeSettings.REQUEST_TIMEOUT)).isEqualTo(Duration.ofSeconds(10));
        assertThat(settings.get(BackSettings.DURABILITY)).isEqualTo(Durability.QUORUM);
        assertThat(settings.get(BackSettings.PRIORITY)).isEqualTo(1);
        assertThat(settings.get(BackSettings.WANT_MASTER)).isFalse();
        assertThat(settings.get(BackSettings.ACK_TIMEOUT)).isEqualTo(Duration.ofSeconds(6));
    }

    @Test
    void aBareNameLiesUnderFishDataAndAPathIsTakenAsItIs() throws ProgramException {
        Map<String, String> data = Map.of("FISH_DATA", "/data");

        assertThat(read(options("dir", "b0"), data).node().home()).isEqualTo(Path.of("/data/b0"));
        assertThat(read(options("dir", "./b0"), data).node().home()).isEqualTo(Path.of("/here/b0"));
        assertThat(read(options("dir", "/x/b7/"), data).node().name()).isEqualTo("b7");
    }

    @Test
    void theHttpAddressWinsOverThePort() throws ProgramException {
        BackSettings settings = read(options("http-address", "127.0.0.1:81"), Map.of("PORT", "80"));

        assertThat(settings.node().http()).isEqualTo(new HostPort("127.0.0.1", 81));
        assertThat(read(options("port", "0"), Map.of()).node().http().port()).isZero();
    }

    @Test
    void everyProblemIsToldAtOnce() {
        assertThat(problems(Map.of("priority", "-1", "durability", "much", "feeder-timeout", "5s")))
                .hasSize(5)
                .anyMatch(problem -> problem.contains("--dir is missing"))
                .anyMatch(problem -> problem.contains("--address is missing"))
                .anyMatch(problem -> problem.contains("--priority"))
                .anyMatch(problem -> problem.contains("memory, master, quorum, all, sites"))
                .anyMatch(problem -> problem.contains("feeder-timeout is not below replica-timeout"));
    }

    @Test
    void addressesThatOthersReachNeedAYes() throws ProgramException {
        assertThat(problems(options("address", "192.0.2.1:9000")))
                .singleElement()
                .asString()
                .contains("--address", "--insecure");
        assertThat(problems(options("http-address", "0.0.0.0:5000")))
                .singleElement()
                .asString()
                .contains("--http-address", "--insecure");

        Map<String, String> insecure = new HashMap<>(options("address", "192.0.2.1:9000"));
        insecure.put("insecure", "true");
        assertThat(read(insecure, Map.of()).node().get(NodeSettings.INSECURE)).isTrue();
    }

    @Test
    void anOwnAddressThatCannotBeLookedUpIsToldAsThat() {
        for (String insecure : List.of("true", "false")) {
            Map<String, String> options = new HashMap<>(options("address", "nowhere.invalid:9000"));
            options.put("insecure", insecure);
            assertThat(problems(options)).singleElement().asString().contains("--address", "cannot be looked up");
        }
        assertThat(problems(options("http-address", "nowhere.invalid:9000")))
                .singleElement()
                .asString()
                .contains("--http-address", "cannot be looked up");
    }

    @Test
    void aHomeWhoseNameIsNoNodesNameNeedsAName() throws ProgramException {
        assertThat(problems(options("dir", "/x/a b")))
                .singleElement()
                .asString()
                .contains("--name");

        Map<String, String> named = new HashMap<>(options("dir", "/x/a b"));
        named.put("name", "b0");
        assertThat(read(named, Map.of()).node().name()).isEqualTo("b0");
    }

    @Test
    void heartbeatsMustFitTheTimeouts() {
        assertThat(problems(options("heartbeat", "1500ms")))
                .singleElement()
                .asString()
                .contains("twice the heartbeat");
    }

    @Test
    void theShortestAndTheLongestOfEachTimeoutAreTaken() throws ProgramException {
        for (List<String> times :
                List.of(List.of("100ms", "1s", "1500ms", "50ms", "100ms"), List.of("10s", "4m", "5m", "2s", "5m"))) {
            Map<String, String> options = new HashMap<>(options("heartbeat", times.get(0)));
            options.put("feeder-timeout", times.get(1));
            options.put("replica-timeout", times.get(2));
            options.put("election-timeout", times.get(3));
            options.put("ack-timeout", times.get(4));
            BackSettings settings = read(options, Map.of());
            assertThatCode(() -> new Timeouts(
                            settings.get(NodeSettings.HEARTBEAT),
                            settings.get(BackSettings.FEEDER_TIMEOUT),
                            settings.get(NodeSettings.REPLICA_TIMEOUT),
                            settings.get(BackSettings.ELECTION_TIMEOUT),
                            settings.get(BackSettings.ACK_TIMEOUT)))
                    .doesNotThrowAnyException();
        }
        assertThat(problems(options("heartbeat", "50ms"))).hasSize(1);
        assertThat(problems(options("election-timeout", "3s"))).hasSize(1);
    }

    private static Map<String, String> options(String name, String value) {
        Map<String, String> options = new HashMap<>(Map.of("dir", "b0", "address", "localhost:9000"));
        options.put(name, value);
        return options;
    }

    private static List<String> problems(Map<String, String> options) {
        ProgramException refused = catchThrowableOfType(ProgramException.class, () -> read(options, Map.of()));
        assertThat(refused.exitCode()).isEqualTo(2);
        return refused.problems();
    }

    private static BackSettings read(Map<String, String> options, Map<String, String> environment)
            throws ProgramException {
        List<Setting<?>> known = BackSettings.SETTINGS;
        Surroundings surroundings = new Surroundings(
                environment,
                HERE,
                HERE,
                new ByteArrayInputStream(new byte[0]),
                System.out,
                System.err,
                Clock.systemUTC());
        return BackSettings.from(
                SettingValues.resolve(known, new Sources("", Map.of(), environment, options)), surroundings);
    }
}
