package fish.setup;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import fish.conf.Commands;
import fish.conf.Surroundings;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The demo with small shell scripts for nodes: what it starts, says, stops and leaves behind. */
@Timeout(300)
class DemoCommandTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();

    @TempDir
    private Path directory;

    @BeforeEach
    void makePrograms() throws IOException {
        Files.createDirectory(directory.resolve("bin"));
        program("back", "echo event=hello >&2; echo \"ready http://localhost:$6\"; cat");
        program("front", "echo \"ready http://localhost:$6\"; cat");
    }

    @Test
    void aNodeThatCannotStartIsToldWithItsLastWordsAndNothingStaysBehind() throws IOException {
        program("front", "echo the disk is full >&2; exit 1");

        assertThat(run("--dir", "homes")).isEqualTo(1);
        assertThat(said()).contains("r0 ended before it was ready", "the disk is full", "b2 | is ready at");
        assertNoneRuns(5);
        assertThat(directory.resolve("homes")).isEmptyDirectory();
    }

    @Test
    void homesCanBeKeptAndUsedAgain() throws IOException {
        program("front", "exit 1");

        assertThat(run("--dir", "homes", "--backs", "1", "--fronts", "1", "--keep"))
                .isEqualTo(1);
        assertThat(directory.resolve("homes/b0/home.properties")).exists();
        assertThat(run("--dir", "homes", "--backs", "1", "--fronts", "1")).isEqualTo(1);
        assertThat(directory.resolve("homes/b0/home.properties")).exists();
    }

    @Test
    void whenItDiesTheNodesSeeTheirInputEnd() throws Exception {
        Child node = new Child(
                "b0",
                List.of(directory.resolve("bin/front").toString(), "1", "2", "3", "4", "5", "7"),
                System.getenv(),
                line -> {},
                SOON);
        node.start();
        assertThat(node.awaitReady(SOON)).isEqualTo("http://localhost:7");
        ProcessHandle process = ProcessHandle.of(node.pid()).orElseThrow();

        node.askToStop();
        eventually(SOON, () -> assertThat(process.isAlive()).isFalse());
        node.close();
        node.close();
    }

    @Test
    void aNodeThatDoesNotStopIsKilled() throws Exception {
        program("front", "echo \"ready http://localhost:$6\"; exec sleep 600");
        Child node = new Child(
                "b0",
                List.of(directory.resolve("bin/front").toString(), "1", "2", "3", "4", "5", "7"),
                System.getenv(),
                line -> {},
                Duration.ofMillis(50));
        node.start();
        node.awaitReady(SOON);
        ProcessHandle process = ProcessHandle.of(node.pid()).orElseThrow();

        node.close();
        assertThat(process.isAlive()).isFalse();
    }

    @Test
    void numbersThatMakeNoGroupAreRefused() {
        assertThat(run("--backs", "0")).isEqualTo(2);
        assertThat(run("--fronts", "30")).isEqualTo(2);
        assertThat(run("--port", "65536")).isEqualTo(2);
        assertThat(said()).contains("at least one of each", "--port is a number");
    }

    private void assertNoneRuns(int started) {
        Matcher pids = Pattern.compile("starts, pid (\\d+)").matcher(said());
        assertThat(pids.results().map(found -> Long.parseLong(found.group(1))).filter(pid -> ProcessHandle.of(pid)
                        .map(ProcessHandle::isAlive)
                        .orElse(false)))
                .isEmpty();
        assertThat(Pattern.compile("starts, pid").matcher(said()).results()).hasSize(started);
    }

    private void program(String name, String script) throws IOException {
        Path file = Files.writeString(directory.resolve("bin").resolve(name), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private String said() {
        return output.toString(StandardCharsets.UTF_8);
    }

    private int run(String... arguments) {
        PrintStream stream = new PrintStream(output, true, StandardCharsets.UTF_8);
        Surroundings surroundings = new Surroundings(
                Map.of("PATH", System.getenv("PATH")),
                directory,
                directory,
                new ByteArrayInputStream(new byte[0]),
                stream,
                stream,
                Clock.systemUTC());
        return Commands.withHouseRules(new CommandLine(new DemoCommand(surroundings, code -> {})), surroundings)
                .execute(arguments);
    }
}
