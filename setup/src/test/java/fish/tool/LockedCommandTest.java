package fish.tool;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import fish.testing.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class LockedCommandTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final long FOREVER = 100_000;

    private final Uptime uptime = Uptime.ofSystem();

    @TempDir
    private Path directory;

    @BeforeEach
    void groups() {
        assumeTrue(uptime.isShared(), "this system has no /proc/uptime: commands have no group and no guard");
    }

    private LockedCommand start(long forMillis, String script) throws Exception {
        return LockedCommand.start(
                List.of("sh", "-c", script, directory.toString()),
                ProcessBuilder.Redirect.INHERIT,
                17,
                uptime.millis() + forMillis,
                uptime);
    }

    /** Waits however busy the machine is. */
    private static int exitCode(LockedCommand command) throws Exception {
        OptionalInt ended = command.exitCode(SOON.toMillis());
        assertThat(ended).isPresent();
        return ended.getAsInt();
    }

    private static boolean isAlive(Path pid) throws Exception {
        return ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
                .map(ProcessHandle::isAlive)
                .orElse(false);
    }

    @Test
    void theCommandHasTheTokenAndItsOwnExitCode() throws Exception {
        try (LockedCommand command = start(FOREVER, "[ $FISH_LOCK_REVISION = 17 ] && exit 7")) {
            assertThat(exitCode(command)).isEqualTo(7);
        }
    }

    @Test
    void whatIsTooLateIsNotStarted() throws Exception {
        try (LockedCommand command = start(-1, "echo x > $0/x")) {
            assertThat(LockedCommand.canBeLate(exitCode(command))).isTrue();
        }
        assertThat(directory.resolve("x")).doesNotExist();
    }

    @Test
    void theGuardKillsAllOfItInTimeThoughNobodyElseDoes() throws Exception {
        try (LockedCommand command = start(
                FOREVER,
                "trap '' TERM; sh -c 'echo $$ > $0/pid.part; mv $0/pid.part $0/pid; sleep 100' $0; sleep 100")) {
            Path child = directory.resolve("pid");
            eventually(SOON, () -> assertThat(child).exists());
            command.mayRunUntil(uptime.millis() + 1_000);
            assertThat(exitCode(command)).isEqualTo(137);
            eventually(SOON, () -> assertThat(isAlive(child)).isFalse());
        }
    }

    @Test
    void aGuardWhoseFileIsGoneKeepsToWhatItSaidLast() throws Exception {
        Path child = directory.resolve("pid");
        try (LockedCommand command = start(10_000, "echo $$ > $0/pid.part; mv $0/pid.part $0/pid; sleep 100")) {
            eventually(SOON, () -> assertThat(child).exists());
            delete(guardFile(Files.readString(child).strip()).resolveSibling(""));
            assertThat(exitCode(command)).isEqualTo(137);
        }
    }

    @Test
    void aGuardsFileThatIsGoneIsMadeAgainAndOneInItsPlaceIsTold() throws Exception {
        Path child = directory.resolve("pid");
        try (LockedCommand command = start(FOREVER, "echo $$ > $0/pid.part; mv $0/pid.part $0/pid; sleep 100")) {
            eventually(SOON, () -> assertThat(child).exists());
            Path file = guardFile(Files.readString(child).strip());
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.resolveSibling(""))))
                    .isEqualTo("rwx------");
            delete(file.resolveSibling(""));
            Files.createFile(file.resolveSibling(""));
            assertThatThrownBy(() -> command.mayRunUntil(uptime.millis() + 1_000))
                    .isInstanceOf(IOException.class);
            Files.delete(file.resolveSibling(""));
            command.mayRunUntil(uptime.millis() + 1_000);
            assertThat(exitCode(command)).isEqualTo(137);
        }
    }

    /** By the guard's command line, once it runs. */
    private static Path guardFile(String group) {
        return Eventually.eventuallyGet(SOON, () -> ProcessHandle.allProcesses()
                .map(process -> List.of(process.info().arguments().orElse(new String[0])))
                .filter(words -> words.contains("fish-lock-guard") && words.indexOf(group) == words.size() - 2)
                .map(words -> Path.of(words.get(words.indexOf("fish-lock-guard") + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no guard of " + group)));
    }

    private static void delete(Path directory) throws IOException {
        Files.deleteIfExists(directory.resolve("until"));
        Files.delete(directory);
    }

    @Test
    void aSignalReachesAllOfIt() throws Exception {
        try (LockedCommand command =
                start(FOREVER, "trap 'exit 9' TERM; sleep 100 & echo $! > $0/pid.part; mv $0/pid.part $0/pid; wait")) {
            Path child = directory.resolve("pid");
            eventually(SOON, () -> assertThat(child).exists());
            command.signal("TERM");
            assertThat(exitCode(command)).isEqualTo(9);
            eventually(SOON, () -> assertThat(isAlive(child)).isFalse());
        }
    }

    @Test
    void whatItLeftRunningIsSeenUntilItIsKilled() throws Exception {
        try (LockedCommand command = start(FOREVER, "sleep 100 & exit 3")) {
            assertThat(exitCode(command)).isEqualTo(3);
            assertThat(command.hasLeftSome()).isTrue();
            command.kill();
            eventually(SOON, () -> assertThat(command.hasLeftSome()).isFalse());
        }
    }

    @Test
    void nothingRunsOnThatNobodyLooksAfter() throws Exception {
        Path child = directory.resolve("pid");
        try (LockedCommand command = start(FOREVER, "echo $$ > $0/pid.part; mv $0/pid.part $0/pid; sleep 100")) {
            eventually(SOON, () -> assertThat(child).exists());
            assertThat(command.hasLeftSome()).isTrue();
        }
        eventually(SOON, () -> assertThat(isAlive(child)).isFalse());
    }
}
