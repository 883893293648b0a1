package fish.system;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import fish.testing.Program;
import fish.testing.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The lines with which users make a group by hand, as they stand, where users may stand. */
@Timeout(400)
class GroupByHandIT {
    private static final Duration SOON = Duration.ofSeconds(90);

    @TempDir
    private Path directory;

    @Test
    void theLinesWorkInAReleaseThatWasUnpacked() throws Exception {
        Path target = Path.of(System.getProperty(Programs.HOME), "..");
        Path archive = oneOf(target, name -> name.endsWith(".tar.gz")).orElseThrow();
        try (Program tar = Program.start("tar", List.of("tar", "-xzf", archive.toString()), Map.of(), directory)) {
            assertThat(tar.awaitExit(SOON)).isZero();
        }
        theLinesWork(oneOf(directory, name -> name.startsWith("fish-")).orElseThrow(), Optional.empty());
    }

    @Test
    void theLinesWorkWhereTheReleaseWasBuilt() throws Exception {
        theLinesWorkBeside(Optional.empty());
    }

    @Test
    void theLinesWorkOnJava25() throws Exception {
        Optional<Path> java = javaHome("25");
        assumeTrue(java.isPresent(), "no JDK 25 lies beside the JDK that runs this test: not tried on 25");
        theLinesWorkBeside(java);
    }

    /** In an empty directory, so that no homes come to lie in the release. */
    private void theLinesWorkBeside(Optional<Path> java) throws Exception {
        Path bin = Path.of(System.getProperty(Programs.HOME)).toAbsolutePath().resolve("bin");
        Path link = Files.createSymbolicLink(directory.resolve("bin"), bin);
        try {
            theLinesWork(directory, java);
        } finally {
            Files.delete(link);
        }
    }

    private void theLinesWork(Path where, Optional<Path> java) throws Exception {
        try (ByHand shell = new ByHand(where, java)) {
            shell.run("bin/setup b0");
            Program b0 =
                    shell.start("PORT=5000 bin/back --dir b0 --address localhost:9000 --want-master --priority 10");
            b0.awaitReady(SOON);

            shell.run("bin/setup b1");
            Program b1 = shell.start("PORT=5001 bin/back --dir b1 --address localhost:9001 --buddy localhost:9000");

            shell.run("bin/setup r0");
            Program r0 = shell.start("PORT=8000 bin/front --dir r0 --address localhost:9002 --buddy localhost:9000");
            r0.awaitReady(SOON);
            b1.awaitReady(SOON);

            assertThat(shell.run("curl -sS -X PUT localhost:8000/kv/hello -d world"))
                    .contains("\"key\":\"hello\"");
            assertThat(shell.run("curl -sS localhost:8000/kv/hello")).isEqualTo("out world");

            assertThat(where.resolve("database/r0")).isDirectory();
            java.ifPresent(home -> b0.awaitLine(SOON, line -> line.contains("java=25")));
            eventually(SOON, () -> assertThat(shell.run("curl -sS localhost:8000/cluster"))
                    .contains("\"b0\"", "\"b1\"", "\"r0\""));
            for (Program program : List.of(r0, b1, b0)) {
                assertThat(program.terminate(SOON)).as(program.name()).isZero();
            }
        }
    }

    /** A JDK beside the one that runs this. */
    private static Optional<Path> javaHome(String major) throws IOException {
        Path all = Path.of(System.getProperty("java.home")).toRealPath().getParent();
        List<Path> homes = new ArrayList<>();
        try (Stream<Path> beside = Files.list(all)) {
            for (Path home : beside.toList()) {
                Path release = home.resolve("release");
                if (Files.isExecutable(home.resolve("bin/java"))
                        && Files.isReadable(release)
                        && Files.readString(release).contains("JAVA_VERSION=\"" + major)) {
                    homes.add(home);
                }
            }
        }
        return homes.stream().findFirst();
    }

    private static Optional<Path> oneOf(Path parent, Predicate<String> name) throws IOException {
        try (Stream<Path> children = Files.list(parent)) {
            return children.filter(child -> name.test(child.getFileName().toString()))
                    .findFirst();
        }
    }
}
