package fish.system;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import fish.system.SharedGroup.Running;
import fish.testing.HttpAnswer;
import fish.testing.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code bin/fish lock} under faults: two commands never run at once, and what is lost is told. */
@ExtendWith(SharedGroup.class)
@Timeout(400)
class LockIT {
    private static final Duration SOON = Duration.ofSeconds(90);

    /** Ignores TERM, and writes the time again and again: what the lock must never let two do at once. */
    private static final String BEATING =
            "trap '' TERM; echo begun; while :; do date +%s%N >> \"$0\"; sleep 0.05; done";

    private final List<Program> started = new ArrayList<>();
    private Running running;

    @BeforeEach
    void group(Running shared) {
        running = shared;
        shared.programs()
                .environment(
                        "FISH_URL",
                        shared.group().frontUrls().stream()
                                .map(url -> url.toString().replaceAll("/$", ""))
                                .collect(Collectors.joining(",")));
    }

    @AfterEach
    void close() {
        started.forEach(Program::close);
        running.makeWhole();
    }

    private Program lock(String... args) {
        List<String> all = new ArrayList<>(List.of("lock"));
        all.addAll(List.of(args));
        Program program = running.programs().start("fish", List.of(), "fish", all);
        started.add(program);
        return program;
    }

    private Path beats(String name) throws IOException {
        Path file = running.programs().data().resolve(name);
        Files.deleteIfExists(file);
        return file;
    }

    private static List<Long> times(Path beats) throws IOException {
        return Files.readAllLines(beats).stream()
                .filter(line -> line.length() == 19)
                .map(Long::valueOf)
                .sorted(Comparator.naturalOrder())
                .toList();
    }

    private static void assertApart(Path first, Path second) throws IOException {
        List<Long> before = times(first);
        List<Long> after = times(second);
        assertThat(before).isNotEmpty();
        assertThat(after).isNotEmpty();
        assertThat(before.get(before.size() - 1)).isLessThan(after.get(0));
    }

    private HttpAnswer record(String key) {
        try {
            return running.front(0).get(key).send();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void theCommandRunsWhileTheLockIsHeldAndItsExitCodeIsOurs() throws IOException {
        Path token = running.programs().data().resolve("token");
        Program held = lock(
                "lock/a",
                "--ttl",
                "30s",
                "--",
                "sh",
                "-c",
                "echo $FISH_LOCK_REVISION > \"$0\"; read x; exit 7",
                token + "");
        // Its standard input is ours, which is empty.
        assertThat(held.awaitExit(SOON)).isEqualTo(7);
        assertThat(Long.parseLong(Files.readString(token).strip())).isPositive();
        assertThat(record("lock/a").status()).isEqualTo(404);

        assertThat(lock("lock/a", "--", "no-such-command").awaitExit(SOON)).isEqualTo(127);
        assertThat(lock("lock/a").awaitExit(SOON)).isEqualTo(2);
        assertThat(lock("lock/a", "--ttl", "1ms", "--", "true").awaitExit(SOON)).isEqualTo(2);
    }

    @Test
    void whoDoesNotHaveItInTimeSays75AndASignalGoesToTheCommand() throws IOException {
        Program held = lock(
                "lock/b",
                "--ttl",
                "15s",
                "--",
                "sh",
                "-c",
                "trap 'exit 9' TERM; echo begun; while :; do sleep 0.1; done");
        held.awaitLine(SOON, line -> line.equals("out begun"));
        String value = record("lock/b").text();
        long created = Long.parseLong(record("lock/b").header("Fish-Created"));
        assertThat(value).contains("\"holder\":", "\"pid\":");
        Program refused = lock("lock/b", "--wait", "0s", "--", "true");
        assertThat(refused.awaitExit(SOON)).isEqualTo(75);
        assertThat(refused.output()).anyMatch(line -> line.contains("held by"));
        assertThat(lock("lock/b", "--wait", "500ms", "--", "true").awaitExit(SOON))
                .isEqualTo(75);

        Program waits = lock("lock/b", "--wait", "1m", "--", "true");
        waits.awaitLine(SOON, line -> line.contains("waits for the lock"));
        // It is renewed, and stays the same lock.
        eventually(SOON, () -> assertThat(record("lock/b").revision()).isGreaterThan(created));
        assertThat(record("lock/b").header("Fish-Created")).isEqualTo(Long.toString(created));
        assertThat(held.terminate(SOON)).isEqualTo(9);
        assertThat(waits.awaitExit(SOON)).isZero();
    }

    @Test
    void aHolderThatIsKilledLeavesNoCommandToTheNext() throws IOException {
        Path first = beats("killed");
        Path second = beats("after-killed");
        Program held = lock("lock/c", "--ttl", "10s", "--", "sh", "-c", BEATING, first.toString());
        held.awaitLine(SOON, line -> line.equals("out begun"));
        Program next = lock("lock/c", "--ttl", "10s", "--", "sh", "-c", "date +%s%N > \"$0\"", second.toString());
        next.awaitLine(SOON, line -> line.contains("waits for the lock"));
        // It alone: its command lives on.
        ProcessHandle.of(held.pid()).orElseThrow().destroyForcibly();
        assertThat(next.awaitExit(SOON)).isZero();
        assertApart(first, second);
    }

    @Test
    void aHolderThatIsPausedLosesItsCommandBeforeTheNextBegins() throws IOException {
        Path first = beats("paused");
        Path second = beats("after-paused");
        Program held = lock("lock/d", "--ttl", "10s", "--", "sh", "-c", BEATING, first.toString());
        held.awaitLine(SOON, line -> line.equals("out begun"));
        Program next = lock("lock/d", "--ttl", "10s", "--", "sh", "-c", "date +%s%N > \"$0\"", second.toString());
        next.awaitLine(SOON, line -> line.contains("waits for the lock"));
        held.pause();
        assertThat(next.awaitExit(SOON)).isZero();
        held.resume();
        assertThat(held.awaitExit(SOON)).isEqualTo(76);
        assertApart(first, second);
    }

    @Test
    void aLockThatIsTakenAwayIsToldAtTheNextRenewal() throws IOException {
        Path beats = beats("taken");
        Program held = lock("lock/e", "--ttl", "10s", "--", "sh", "-c", BEATING, beats.toString());
        held.awaitLine(SOON, line -> line.equals("out begun"));
        assertThat(running.front(0).request("DELETE", "/kv/lock/e").send().status())
                .isEqualTo(200);
        assertThat(held.awaitExit(SOON)).isEqualTo(76);
        assertThat(held.output()).anyMatch(line -> line.contains("the lock is lost"));
    }

    @Test
    void aFailOverTakesNoLockAway() throws IOException {
        Path beats = beats("fail-over");
        Program held = lock(
                "lock/f",
                "--ttl",
                "40s",
                "--",
                "sh",
                "-c",
                "echo begun; until [ -e \"$0\" ]; do sleep 0.1; done",
                beats.toString());
        held.awaitLine(SOON, line -> line.equals("out begun"));
        long created = Long.parseLong(record("lock/f").header("Fish-Created"));
        running.group().master(SOON).program().kill9();
        long atDeath = record("lock/f").revision();
        eventually(SOON, () -> assertThat(record("lock/f").revision()).isGreaterThan(atDeath));
        assertThat(record("lock/f").header("Fish-Created")).isEqualTo(Long.toString(created));
        assertThat(lock("lock/f", "--wait", "0s", "--", "true").awaitExit(SOON)).isEqualTo(75);
        Files.writeString(beats, "end\n");
        assertThat(held.awaitExit(SOON)).isZero();
    }
}
