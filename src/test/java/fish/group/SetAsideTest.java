package fish.group;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import fish.kv.Durability;
import fish.kv.Outcome;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Back-ends whose logs are of no use to them: damaged, or with commits that the group has not. */
@Timeout(180)
class SetAsideTest {
    private static final Duration SOON = Duration.ofSeconds(40);

    @TempDir
    Path homes;

    @Test
    void aDamagedLogIsSetAsideAndTheNodeFilledAgain() throws Exception {
        try (BackEnds group = founded()) {
            write(group, 20);
            awaitSame(group, "b2");
            // Stopped in an orderly way it would not read again what lies before its last checkpoint.
            group.kill("b2");
            flipInTheMiddle(lastLog(group.home("b2")));
            write(group, 5);
            group.start("b2");
            group.awaitIn("b2", SOON);
            assertThat(group.told("b2").events).containsSubsequence("set-aside", "filled");
            assertThat(group.told("b2").failures).isEmpty();
            awaitSame(group, "b2");
        }
    }

    /** All lose power; what had not been forced to disk is on one disk alone, and that one comes late. */
    @Test
    void commitsThatTheGroupLacksAreKeptAside() throws Exception {
        try (BackEnds group = founded()) {
            String late = "b0";
            write(group, 3);
            for (String name : List.of("b1", "b2")) {
                awaitSame(group, name);
                copy(group.home(name), homes.resolve("disk-" + name));
            }
            for (int i = 0; i < 10; i++) {
                assertThat(group.put("lost" + i, "x", Durability.MEMORY)).isInstanceOf(Outcome.Committed.class);
            }
            for (String name : List.of("b0", "b1", "b2")) {
                group.kill(name);
            }
            for (String name : List.of("b1", "b2")) {
                group.wipe(name);
                copy(homes.resolve("disk-" + name), group.home(name));
                group.start(name);
            }
            eventually(SOON, () -> assertThat(group.put("new", "y")).isInstanceOf(Outcome.Committed.class));
            group.start(late);
            group.awaitIn(late, SOON);
            awaitSame(group, late);
            assertThat(group.told(late).events).containsSubsequence("set-aside", "kept-aside", "filled");
            assertThat(group.told(late).lines)
                    .anyMatch(line -> line.startsWith("kept-aside") && line.contains("lacks 10 commits"));
            assertThat(LogFiles.in(asides(group, late).get(0))).isNotEmpty();
            assertThat(group.get("new")).isEqualTo(Optional.of("y"));
            assertThat(group.get("lost0")).isEmpty();
        }
    }

    @Test
    void aCopyThatWasKilledHalfWayIsThrownAway() throws Exception {
        try (BackEnds group = founded()) {
            write(group, 3);
            group.stop("b2");
            new FillMarker(group.home("b2")).write(FillMarker.Content.BLANK);
            Files.write(group.home("b2").resolve("7fffffff.jdb"), new byte[100]);
            group.start("b2");
            group.awaitIn("b2", SOON);
            awaitSame(group, "b2");
            assertThat(group.told("b2").events).containsSubsequence("beginning-anew", "filled");
        }
    }

    @Test
    void aMoveThatWasKilledHalfWayIsFinished() throws Exception {
        try (BackEnds group = founded()) {
            write(group, 3);
            group.stop("b2");
            new FillMarker(group.home("b2")).write(new FillMarker.Content("aside-then", true));
            Files.createDirectories(group.home("b2").resolve("aside-then"));
            group.start("b2");
            group.awaitIn("b2", SOON);
            awaitSame(group, "b2");
            assertThat(group.told("b2").events).containsSubsequence("aside-removed", "filled");
            assertThat(asides(group, "b2")).isEmpty();
        }
    }

    @Test
    void aDamagedMarkHasAllMovedAndFilledAgain() throws Exception {
        try (BackEnds group = founded()) {
            write(group, 3);
            group.stop("b2");
            Files.writeString(group.home("b2").resolve(FillMarker.FILE), "1\n\nfalsf\n?");
            write(group, 3);
            group.start("b2");
            group.awaitIn("b2", SOON);
            awaitSame(group, "b2");
            assertThat(group.told("b2").events).containsSubsequence("set-aside", "aside-removed", "filled");
            assertThat(group.told("b2").failures).isEmpty();
        }
    }

    @Test
    void withManyKeptAlreadyItStopsAndSaysSo() throws Exception {
        try (BackEnds group = founded()) {
            write(group, 20);
            awaitSame(group, "b2");
            // Stopped in an orderly way it would not read again what lies before its last checkpoint.
            group.kill("b2");
            for (int i = 0; i < Asides.KEPT_MAX; i++) {
                Files.createDirectories(group.home("b2").resolve("aside-" + i));
            }
            flipInTheMiddle(lastLog(group.home("b2")));
            group.start("b2");
            eventually(SOON, () -> assertThat(group.told("b2").failures).hasSize(1));
            assertThat(group.told("b2").failures.get(0)).contains("aside-0");
            assertThat(lastLog(group.home("b2"))).isNotEmptyFile();
        }
    }

    private static List<Path> asides(BackEnds group, String name) throws IOException {
        try (Stream<Path> files = Files.list(group.home(name))) {
            return files.filter(file -> file.getFileName().toString().startsWith("aside-"))
                    .toList();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        for (Path file : LogFiles.in(from)) {
            Files.copy(file, to.resolve(file.getFileName()));
        }
    }

    private BackEnds founded() throws Exception {
        BackEnds group = new BackEnds(homes, "b0", "b1", "b2");
        group.start("b0");
        eventually(SOON, () -> assertThat(group.master()).isPresent());
        for (String name : List.of("b1", "b2")) {
            group.start(name);
            group.awaitIn(name, SOON);
        }
        return group;
    }

    private static void write(BackEnds group, int count) {
        for (int i = 0; i < count; i++) {
            assertThat(group.put("k" + i, "v")).isInstanceOf(Outcome.Committed.class);
        }
    }

    private static void awaitSame(BackEnds group, String name) {
        String master = group.master().orElseThrow().masterRecord().name();
        eventually(SOON, () -> assertThat(group.member(name).store().lastRevision())
                .isEqualTo(group.member(master).store().lastRevision()));
    }

    private static Path lastLog(Path home) throws IOException {
        List<Path> logs = LogFiles.in(home);
        return logs.get(logs.size() - 1);
    }

    /** In front of commits that were forced to disk. */
    private static void flipInTheMiddle(Path log) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "rw")) {
            long at = file.length() - 6_000;
            file.seek(at);
            int before = file.read();
            file.seek(at);
            file.write(before ^ 0xff);
        }
    }
}
