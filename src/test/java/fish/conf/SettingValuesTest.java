package fish.conf;

import static org.assertj.core.api.Assertions.assertThat;

import fish.contract.HostPort;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingValuesTest {
    private static final Setting<Duration> PATIENCE =
            Setting.duration("request-patience", "10s", "1ms", "5m", "how long");
    private static final Setting<Integer> PORT = NodeSettings.port(5000);
    private static final Setting<ByteSize> SIZE = Setting.size("size-max", "1MiB", "1B", "8MiB", "how much");
    private static final Setting<Boolean> BRAVE = Setting.flag("brave", "whether");
    private static final List<Setting<?>> KNOWN = List.of(PATIENCE, PORT, SIZE, BRAVE, NodeSettings.BUDDY);

    @Test
    void whatNobodySetsHasItsDefault() {
        SettingValues values = resolve(Map.of(), Map.of(), Map.of());

        assertThat(values.get(PATIENCE)).isEqualTo(Duration.ofSeconds(10));
        assertThat(values.get(SIZE)).isEqualTo(new ByteSize(1 << 20));
        assertThat(values.get(BRAVE)).isFalse();
        assertThat(values.find(NodeSettings.BUDDY)).isEmpty();
        assertThat(values.problems()).isEmpty();
    }

    @Test
    void theFileBeatsTheDefaultTheEnvironmentTheFileAndTheOptionAll() {
        Map<String, String> file = Map.of("request-patience", "1s", "size-max", "2MiB", "port", "1");
        Map<String, String> environment = Map.of("FISH_REQUEST_PATIENCE", "2s", "FISH_PORT", "2", "PORT", "3");
        Map<String, String> options = Map.of("request-patience", "3s");
        SettingValues values = resolve(file, environment, options);

        assertThat(values.get(SIZE)).isEqualTo(ByteSize.parse("2MiB"));
        assertThat(values.get(PORT)).isEqualTo(2);
        assertThat(values.get(PATIENCE)).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void portNeedsNoPrefixInTheEnvironmentAndAnEmptyVariableSetsNothing() {
        assertThat(resolve(Map.of(), Map.of("PORT", "8080"), Map.of()).get(PORT))
                .isEqualTo(8080);
        assertThat(resolve(Map.of(), Map.of("PORT", ""), Map.of()).get(PORT)).isEqualTo(5000);
    }

    @Test
    void aListMayHaveSeveralParts() {
        SettingValues values = resolve(Map.of(), Map.of(), Map.of("buddy", "localhost:9001,[::1]:9002"));

        assertThat(values.get(NodeSettings.BUDDY))
                .containsExactly(new HostPort("localhost", 9001), new HostPort("::1", 9002));
    }

    @Test
    void allThatIsWrongIsToldAtOnceWithItsPlaceAndWhatWouldBeRight() {
        Map<String, String> file = Map.of("request-patiense", "1s", "size-max", "9MiB");
        SettingValues values =
                resolve(file, Map.of("PORT", "http", "FISH_BRAVE", "yes"), Map.of("request-patience", "10"));

        assertThat(values.problems())
                .containsExactlyInAnyOrder(
                        "unknown setting request-patiense in x.properties; did you mean request-patience?",
                        "size-max in x.properties is \"9MiB\": it is at least 1B and at most 8MiB",
                        "PORT is \"http\": it is a whole number from 0 to 65535",
                        "FISH_BRAVE is \"yes\": it is true or false",
                        "--request-patience is \"10\": a duration is a decimal number with a unit:"
                                + " 250ms, 1.5s, 5m, 12h, 30d");
    }

    @Test
    void anUnknownVariableIsOnlyWarnedOf() {
        Map<String, String> environment = Map.of("FISH_PROT", "1", "FISH_DATA", "/x", "FISH_TOKEN", "t", "HOME", "/");
        SettingValues values = resolve(Map.of(), environment, Map.of());

        assertThat(values.problems()).isEmpty();
        assertThat(values.warnings()).containsExactly("unknown variable FISH_PROT; did you mean FISH_PORT?");
    }

    private static SettingValues resolve(
            Map<String, String> file, Map<String, String> environment, Map<String, String> options) {
        return SettingValues.resolve(KNOWN, new Sources("x.properties", file, environment, options));
    }
}
