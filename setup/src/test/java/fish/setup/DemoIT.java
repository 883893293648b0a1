package fish.setup;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The demo's own process, with small shell scripts for nodes: however it ends, no node outlives it. */
@Timeout(300)
class DemoIT {
    private static final Duration SOON = Duration.ofSeconds(90);

    @TempDir
    private Path directory;

    private Process demo;

    @BeforeEach
    void start() throws Exception {
        Files.createDirectory(directory.resolve("bin"));
        for (String program : List.of("back", "front")) {
            Path script = Files.writeString(
                    directory.resolve("bin").resolve(program),
                    "#!/bin/sh\necho event=hello >&2\necho \"ready http://localhost:$6\"\nexec cat\n");
            Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        demo = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dfish.home=" + directory,
                        "-cp",
                        Path.of(System.getProperty("fish.home"), "lib") + "/*",
                        "fish.setup.DemoMain",
                        "--dir",
                        directory.resolve("homes").toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
        eventually(SOON, () -> assertThat(output()).contains("Ctrl-C stops everything"));
    }

    @AfterEach
    void stop() {
        demo.destroyForcibly();
    }

    @Test
    void itSaysWhatToTryAndStopsEverythingOnASignal() throws Exception {
        assertThat(output()).contains("b2 | is ready at", "b0 | event=hello", "/kv/hello -d world", "kill -9");
        List<ProcessHandle> nodes = nodes();

        demo.destroy();
        assertThat(demo.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(demo.exitValue()).as(output()).isZero();
        assertThat(nodes).hasSize(5).noneMatch(ProcessHandle::isAlive);
        assertThat(directory.resolve("homes")).isEmptyDirectory();
    }

    @Test
    void evenWhenItIsKilledNoNodeOutlivesIt() throws Exception {
        List<ProcessHandle> nodes = nodes();

        demo.destroyForcibly();
        eventually(SOON, () -> assertThat(nodes).hasSize(5).noneMatch(ProcessHandle::isAlive));
    }

    @Test
    void aNodeThatIsKilledIsToldAndTheOthersGoOn() throws Exception {
        List<ProcessHandle> nodes = nodes();

        nodes.get(0).destroyForcibly();
        eventually(SOON, () -> assertThat(output()).contains("ended with exit code 137; to start it again: "));
        assertThat(nodes.subList(1, 5)).allMatch(ProcessHandle::isAlive);
    }

    private List<ProcessHandle> nodes() throws IOException {
        return Pattern.compile("starts, pid (\\d+)")
                .matcher(output())
                .results()
                .map(found -> ProcessHandle.of(Long.parseLong(found.group(1))).orElseThrow())
                .toList();
    }

    private String output() throws IOException {
        return Files.readString(directory.resolve("output"));
    }
}
