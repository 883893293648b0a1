package fish.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    private Path home;

    @Test
    void aReadyProgramTellsItsAddress() throws IOException {
        script("back", "echo starting >&2", "echo ready \"http://localhost:$2\" as b0", "exec sleep 600");
        try (Programs programs = Programs.at(home)) {
            Program back = programs.back("--port", "5000");
            assertThat(back.awaitReady(SOON)).isEqualTo(URI.create("http://localhost:5000"));
            assertThat(back.awaitLine(SOON, line -> line.startsWith("err "))).isEqualTo("err starting");
        }
    }

    @Test
    void aProgramThatEndsWithoutBeingReadyFailsWithWhatItSaid() throws IOException {
        script("back", "echo no such home >&2", "exit 2");
        try (Programs programs = Programs.at(home)) {
            Program back = programs.back();
            assertThatThrownBy(() -> back.awaitReady(SOON)).hasMessageContaining("no such home");
            assertThat(back.awaitExit(SOON)).isEqualTo(2);
        }
    }

    @Test
    void aSilentProgramIsWaitedForOnlySoLong() throws IOException {
        script("front", "exec sleep 600");
        try (Programs programs = Programs.at(home)) {
            Program front = programs.front();
            assertThatThrownBy(() -> front.awaitReady(Duration.ofMillis(50))).hasMessageContaining("within");
        }
    }

    @Test
    void terminatingGivesTheExitCodeEvenOfAPausedProgram() throws IOException {
        script("back", "trap 'exit 0' TERM", "echo ready http://localhost:1", "while :; do sleep 0.05; done");
        try (Programs programs = Programs.at(home)) {
            Program back = programs.back();
            back.awaitReady(SOON);
            back.pause();
            assertThat(back.terminate(SOON)).isZero();
        }
    }

    @Test
    void whatAProgramSaysWhileItStopsIsKept() throws IOException {
        script(
                "back",
                "trap 'echo handed over >&2; exit 0' TERM",
                "echo ready http://localhost:1",
                "while :; do sleep 0.05; done");
        try (Programs programs = Programs.at(home)) {
            Program back = programs.back();
            back.awaitReady(SOON);
            assertThat(back.terminate(SOON)).isZero();
            assertThat(back.output()).contains("err handed over");
        }
    }

    @Test
    void aPausedProgramStandsStillUntilItIsResumed() throws IOException {
        script("back", "while read line; do :; done", "echo ready http://localhost:1", "exec sleep 600");
        try (Programs programs = Programs.at(home)) {
            Program back = programs.back();
            back.awaitReady(SOON);
            back.pause();
            Path stat = Path.of("/proc/" + back.pid() + "/stat");
            Eventually.eventually(SOON, () -> assertThat(Files.readString(stat)).contains(") T "));
            back.resume();
            Eventually.eventually(SOON, () -> assertThat(Files.readString(stat)).doesNotContain(") T "));
        }
    }

    @Test
    void closingEndsWhatWasStartedAndWhatThatStarted() throws IOException {
        script("back", "sleep 601 &", "echo \"child $!\"", "wait");
        Programs programs = Programs.at(home);
        Program back = programs.back();
        String line = back.awaitLine(SOON, printed -> printed.startsWith("out child "));
        long child = Long.parseLong(line.substring("out child ".length()));
        programs.close();
        programs.close();
        assertThat(back.isAlive()).isFalse();
        Eventually.eventually(SOON, () -> assertThat(ProcessHandle.of(child).map(ProcessHandle::isAlive))
                .isNotEqualTo(java.util.Optional.of(true)));
        assertThat(programs.data()).doesNotExist();
    }

    @Test
    void setupRunsToItsEndWithTheDataDirectory() throws IOException {
        script("setup", "mkdir \"$FISH_DATA/$1\"");
        try (Programs programs = Programs.at(home)) {
            programs.setup("b0");
            assertThat(programs.data().resolve("b0")).isDirectory();
            assertThatThrownBy(() -> programs.setup("b0")).hasMessageContaining("setup exits with 1");
        }
    }

    private void script(String name, String... lines) throws IOException {
        Path file = Files.createDirectories(home.resolve("bin")).resolve(name);
        Files.writeString(file, "#!/bin/sh\n" + String.join("\n", List.of(lines)) + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }
}
