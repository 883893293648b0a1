package fish.front;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import fish.conf.ProgramException;
import fish.conf.SettingValues;
import fish.conf.Sources;
import fish.conf.Surroundings;
import fish.contract.HostPort;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FrontSettingsTest {
    @Test
    void theFileListsEverySettingOnceAtItsDefault() throws Exception {
        List<String> lines = Files.readAllLines(Path.of("../conf/front.properties"));

        assertThat(lines.stream().filter(line -> line.matches("#?[a-z-]+=.*")))
                .containsExactlyInAnyOrderElementsOf(FrontSettings.SETTINGS.stream()
                        .map(setting -> "#" + setting.name() + "=" + setting.standard())
                        .toList());
    }

    @Test
    void theRecordHasWhatTheTableSays() throws ProgramException {
        FrontSettings settings = read(Map.of("dir", "r0", "address", "localhost:9002", "buddy", "localhost:9000"));

        assertThat(settings.node().http()).isEqualTo(new HostPort("localhost", 8000));
        assertThat(settings.node().buddies()).containsExactly(new HostPort("localhost", 9000));
        assertThat(settings.get(FrontSettings.HELD_REQUESTS)).isEqualTo(10_000);
        assertThat(settings.get(FrontSettings.HELD_BYTES)).hasToString("32MiB");
    }

    @Test
    void everyProblemIsToldAtOnce() {
        ProgramException refused = catchThrowableOfType(
                ProgramException.class, () -> read(Map.of("address", "192.0.2.1:9", "held-requests", "-1")));

        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.problems()).hasSize(3);
    }

    private static FrontSettings read(Map<String, String> options) throws ProgramException {
        Path here = Path.of("/here");
        Surroundings surroundings = new Surroundings(
                Map.of(), here, here, new ByteArrayInputStream(new byte[0]), System.out, System.err, Clock.systemUTC());
        return FrontSettings.from(
                SettingValues.resolve(FrontSettings.SETTINGS, Sources.ofOptions(options)), surroundings);
    }
}
