package fish.packages;

import static org.assertj.core.api.Assertions.assertThat;

import fish.testing.Program;
import fish.testing.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the containers of {@code compose.yaml} run, as processes: one group with TLS, whatever is lost of it. */
@Timeout(600)
class ContainersIT {
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final List<String> NAMES = List.of("b0", "b1", "b2");

    private Programs programs;
    private Path volumes;
    private final Map<String, Integer> ports = new TreeMap<>();
    private final Map<String, Integer> http = new TreeMap<>();
    private final List<Program> started = new ArrayList<>();

    @BeforeEach
    void makeVolumes() throws IOException {
        programs = Programs.ofBuild();
        volumes = programs.data().resolve("volumes");
        Files.createDirectories(volumes.resolve("ca"));
        for (String name : NAMES) {
            Files.createDirectory(volumes.resolve(name));
            ports.put(name, programs.freePort());
            http.put(name, programs.freePort());
        }
    }

    @AfterEach
    void close() {
        started.forEach(Program::close);
        programs.close();
    }

    @Test
    void theFirstBackEndFoundsOneGroupAndJoinsItWhenItsVolumeWasLost() throws Exception {
        prepare();
        Program b0 = service("b0", "back");
        service("b1", "back");
        service("b2", "back");
        for (String name : NAMES) {
            ended(service(name, "ready", "back"), 0);
        }
        curl("b0", "/kv/a?durability=all&timeout=1m", "-X", "PUT", "-d", "1");

        b0.kill9();
        delete(volumes.resolve("b0/b0"));
        prepare();
        assertThat(volumes.resolve("b0/b0/found")).doesNotExist();
        // Somebody takes it for a new group: it is not founded, since the other one lives.
        ended(service("b0", "found"), 0);
        assertThat(ended(service("b0", "back"), 1)).anyMatch(line -> line.contains("still lives"));

        service("b0", "back");
        ended(service("b0", "ready", "back"), 0);
        assertThat(curl("b0", "/kv/a?consistency=local")).contains("out 1");
        assertThat(curl("b1", "/kv/a?consistency=local")).contains("out 1");
    }

    private void prepare() {
        List<String> command = new ArrayList<>(List.of(script(), "prepare", volumes.toString()));
        command.addAll(NAMES);
        ended(start("prepare", command, Map.of()), 0);
    }

    private static String script() {
        return Path.of(System.getProperty(Programs.HOME), "bin/service").toString();
    }

    private Program service(String name, String... command) {
        List<String> all = new ArrayList<>(List.of(script()));
        all.addAll(List.of(command));
        String buddies = String.join(
                ",", ports.values().stream().map(port -> "localhost:" + port).toList());
        Map<String, String> environment = Map.of(
                "FISH_DATA",
                volumes.resolve(name).toString(),
                "FISH_DIR",
                name,
                "FISH_ADDRESS",
                "localhost:" + ports.get(name),
                "FISH_BUDDY",
                buddies,
                "PORT",
                String.valueOf(http.get(name)));
        return start(name, all, environment);
    }

    private Program start(String name, List<String> command, Map<String, String> environment) {
        Program program = Program.start(name, command, environment, programs.data());
        started.add(program);
        return program;
    }

    private List<String> curl(String name, String path, String... options) {
        String ca = volumes.resolve("b1/b1/tls/ca.crt").toString();
        List<String> command =
                new ArrayList<>(List.of("curl", "-sSf", "--cacert", ca, "https://localhost:" + http.get(name) + path));
        command.addAll(List.of(options));
        return ended(start("curl", command, Map.of()), 0);
    }

    private static List<String> ended(Program program, int exitCode) {
        assertThat(program.awaitExit(SOON))
                .as("%s: %s", program.name(), program.output())
                .isEqualTo(exitCode);
        return program.output();
    }

    private static void delete(Path tree) throws IOException {
        try (Stream<Path> paths = Files.walk(tree)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
