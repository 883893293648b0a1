package fish.setup;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The programs as they are released, each as a process of its own. */
@Timeout(600)
class ProgramsIT {
    @TempDir
    private Path directory;

    private record Ended(int exitCode, String output) {}

    @Test
    void setupMakesAHomeOnceAndMovesItAsideWhenForced() throws Exception {
        Ended made = run("setup", "b0");
        assertThat(made.exitCode()).as(made.output()).isZero();
        assertThat(directory.resolve("database/b0/home.properties")).exists();

        assertThat(run("setup", "b0").exitCode()).isEqualTo(1);
        assertThat(run("setup", "b0", "--force").exitCode()).isZero();
        try (var homes = Files.list(directory.resolve("database"))) {
            assertThat(homes).hasSize(2);
        }
    }

    @Test
    void nodesStartFromClassesThatSetupPrepared() throws Exception {
        assertThat(run("setup", "b0").exitCode()).isZero();
        for (String main : List.of("back.BackMain", "front.FrontMain")) {
            Path loads = directory.resolve(main);
            String program = main.substring(0, main.indexOf('.'));
            run(Map.of("FISH_JAVA_OPTS", "-Xlog:class+load:file=" + loads), program, "--version");
            assertThat(Files.readAllLines(loads))
                    .anyMatch(line -> line.contains(" fish." + main + " source: shared objects file"));
        }
    }

    @Test
    void everyProgramHasHelpAndAVersionAndRefusesWhatItDoesNotKnow() throws Exception {
        for (String program : List.of("setup", "back", "front", "demo", "fish", "bench")) {
            assertThat(run(program, "--help").exitCode()).isZero();
            assertThat(run(program, "--version").output()).startsWith("fish ").doesNotContain("development");
            Ended refused = run(program, "--hepl");
            assertThat(refused.exitCode()).isEqualTo(2);
            assertThat(refused.output()).contains("--hepl", "--help").doesNotContain("\u001b[");
        }
    }

    @Test
    void theReleasedSettingsAreAllRightAndAMissingHomeIsTold() throws Exception {
        for (String program : List.of("back", "front")) {
            Ended refused = run(program, "--dir", "b7", "--address", "localhost:9000", "--buddy", "localhost:9001");
            assertThat(refused.exitCode()).isEqualTo(2);
            assertThat(refused.output()).contains("bin/setup b7");
        }
    }

    /** In words of Fish's own, and not JE's. */
    @Test
    void whatReplicationWouldRefuseIsToldInOneLine() throws Exception {
        assertThat(run("setup", "b0").exitCode()).isZero();
        Ended mixed = run("back", "--dir", "b0", "--address", "localhost:9000", "--buddy", "192.0.2.1:9001");
        assertThat(mixed.exitCode()).as(mixed.output()).isEqualTo(2);
        assertThat(mixed.output()).contains("back: --address localhost:9000 is a loopback address");
        assertThat(mixed.output().lines()).noneMatch(line -> line.startsWith("\tat "));

        Files.createFile(directory.resolve("database/b0/data/je.properties"));
        Ended overridden = run("back", "--dir", "b0", "--address", "localhost:9000", "--want-master");
        assertThat(overridden.exitCode()).as(overridden.output()).isEqualTo(2);
        assertThat(overridden.output()).contains("je.properties would override");
        assertThat(overridden.output().lines()).noneMatch(line -> line.startsWith("\tat "));
    }

    @Test
    void anOldJavaIsRefusedInWords() throws Exception {
        Path old = Files.createDirectories(directory.resolve("jdk/bin"));
        Path java = Files.writeString(old.resolve("java"), "#!/bin/sh\n");
        assertThat(java.toFile().setExecutable(true)).isTrue();
        Files.writeString(directory.resolve("jdk/release"), "JAVA_VERSION=\"11.0.2\"\n");

        Ended refused = run(Map.of("JAVA_HOME", directory.resolve("jdk").toString()), "setup", "b0");
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.output()).contains("Java 11", "17 or later");
    }

    /** The CA's key is in them for the moment. */
    @Test
    void aSetupThatIsStoppedWhileItMakesCertificatesLeavesNoFilesOfThem() throws Exception {
        Path temporary = Files.createDirectory(directory.resolve("temporary"));
        Process process = builder(Map.of("FISH_JAVA_OPTS", "-Djava.io.tmpdir=" + temporary), "setup", "b0", "--tls")
                .start();
        try {
            eventually(Duration.ofSeconds(90), () -> {
                if (process.isAlive()) {
                    // Ended by the signal, or done before it came.
                    assertThat(process.exitValue()).isIn(0, 128 + 15);
                    assertThat(temporary).isDirectoryRecursivelyContaining("glob:**/fish-keytool-*/password");
                }
            });
            process.destroy();
            assertThat(process.waitFor(90, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(temporary).isDirectoryNotContaining("glob:**/fish-keytool-*");
    }

    private Ended run(String program, String... arguments) throws IOException, InterruptedException {
        return run(Map.of(), program, arguments);
    }

    private Ended run(Map<String, String> environment, String program, String... arguments)
            throws IOException, InterruptedException {
        Process process = builder(environment, program, arguments).start();
        try {
            assertThat(process.waitFor(90, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Ended(process.exitValue(), Files.readString(directory.resolve("output"), StandardCharsets.UTF_8));
    }

    private ProcessBuilder builder(Map<String, String> environment, String program, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("fish.home"), "bin", program).toString());
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("FISH_"));
        builder.environment().putAll(environment);
        return builder;
    }
}
