package fish.setup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The scripts on a machine that lacks what they need: the PATH has a few tools and what each test puts there. */
@Timeout(180)
class NeedsTest {
    private static final List<String> TOOLS = List.of(
            "awk",
            "cat",
            "chmod",
            "date",
            "dirname",
            "env",
            "find",
            "grep",
            "ls",
            "mkdir",
            "readlink",
            "sed",
            "tail",
            "tee");
    private static final String INSTALL = "apt-get install -y --no-install-recommends ";

    @TempDir
    private Path directory;

    private Path tools;
    private final Map<String, String> environment = new TreeMap<>();

    private record Ended(int exitCode, String output) {}

    @BeforeEach
    void makeACheckoutOnABareMachine() throws IOException {
        tools = Files.createDirectory(directory.resolve("tools"));
        for (String tool : TOOLS) {
            Path real = Files.exists(Path.of("/usr/bin", tool)) ? Path.of("/usr/bin", tool) : Path.of("/bin", tool);
            put(tool, "exec " + real + " \"$@\"");
        }
        Files.createDirectories(directory.resolve("fish/bin"));
        for (String script : List.of("demo", "check", ".env.sh", ".needs.sh", ".archive.sh", ".build.sh")) {
            Files.copy(Path.of("../bin", script), directory.resolve("fish/bin").resolve(script));
        }
        Files.createFile(directory.resolve("fish/pom.xml"));
        put("id", "echo 1000");
        put("apt-cache", "case $2 in openjdk-17-*) echo '  Candidate: 17.0.1' ;; esac");
        put("apt-get", "echo \"$@\" >>" + directory.resolve("apt"));
    }

    @Test
    void whoIsNotRootGetsTheLineToRun() throws Exception {
        Ended ended = run("check");
        assertThat(ended.exitCode()).isEqualTo(2);
        assertThat(ended.output())
                .contains("there is no JDK 17 or later, which is needed to build Fish", "\nsu -c 'apt-get update && ");
        assertThat(ended.output())
                .contains(INSTALL
                        + "openjdk-17-jdk-headless maven iproute2 procps curl chromium chromium-driver python3 nodejs"
                        + " dpkg systemd'\n");
        assertThat(directory.resolve("apt")).doesNotExist();

        put("sudo", "exit 1");
        assertThat(run("demo").output())
                .contains("\nsudo apt-get update && sudo " + INSTALL + "openjdk-17-jdk-headless maven\n");
    }

    @Test
    void rootGetsWhatIsMissingAndIsToldOfIt() throws Exception {
        put("id", "echo 0");
        putAptGetThatInstalls("echo '[INFO] Building Fish: all 0.1 [1/1]'; echo '[ERROR] not today'; exit 1");

        Ended ended = run("demo");
        assertThat(Files.readAllLines(directory.resolve("apt")).get(1)).endsWith(" openjdk-17-jdk-headless maven");
        assertThat(ended.output())
                .contains("installing openjdk-17-jdk-headless maven\n", "part 1 of 1: Fish: all\n")
                .contains("[ERROR] not today", "Fish could not be built");
        assertThat(ended.exitCode()).isEqualTo(1);
    }

    @Test
    void theCheckSumsUpAFailedBuildToo() throws Exception {
        put("id", "echo 0");
        putAptGetThatInstalls("echo '[ERROR] not today'; exit 1");

        Ended ended = run("check");
        assertThat(ended.output())
                .contains("[ERROR] not today", "check: 0 tests, 0 failed")
                .endsWith(": FAILED\n");
        assertThat(ended.exitCode()).isEqualTo(1);
    }

    @Test
    void whatAptDoesNotBringIsTold() throws Exception {
        put("id", "echo 0");
        Ended nothingNew = run("demo");
        assertThat(nothingNew.exitCode()).isEqualTo(2);
        assertThat(nothingNew.output()).contains("installed openjdk-17-jdk-headless, but there is no JDK 17");

        put("apt-get", "exit 100");
        Ended failed = run("demo");
        assertThat(failed.exitCode()).isEqualTo(2);
        assertThat(failed.output()).contains("apt-get could not install openjdk-17-jdk-headless maven");

        Files.delete(tools.resolve("apt-get"));
        Ended elsewhere = run("demo");
        assertThat(elsewhere.exitCode()).isEqualTo(2);
        assertThat(elsewhere.output()).contains("JDK 17 or later", "Maven 3.8 or later", "install what is missing");
    }

    @Test
    void aMavenThatIsTooOldCountsAsNone() throws Exception {
        put("javac", "echo javac 17.0.1");
        put("mvn", "echo Apache Maven 3.6.3");
        assertThat(run("demo").output()).contains("no Maven 3.8").doesNotContain("no JDK");
    }

    @Test
    void aJavaHomeOfOnesOwnIsLeftToItsOwner() throws Exception {
        put("id", "echo 0");
        environment.put("JAVA_HOME", directory.toString());
        Ended ended = run("demo");
        assertThat(ended.exitCode()).isEqualTo(2);
        assertThat(ended.output()).contains("JAVA_HOME is " + directory);
        assertThat(directory.resolve("apt")).doesNotExist();
    }

    @Test
    void aReleaseNeedsAJavaAlone() throws Exception {
        Files.delete(directory.resolve("fish/pom.xml"));
        Files.delete(directory.resolve("fish/bin/.build.sh"));
        Files.createFile(Files.createDirectory(directory.resolve("fish/lib")).resolve("fish-setup-0.jar"));
        Ended ended = run("demo");
        assertThat(ended.exitCode()).isEqualTo(2);
        assertThat(ended.output()).contains(INSTALL + "openjdk-17-jre-headless'\n");
    }

    private void put(String name, String script) throws IOException {
        Path file = tools.resolve(name);
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** Whatever it is asked for, it brings all; {@code mvn} does what is given, but knows its version. */
    private void putAptGetThatInstalls(String mvn) throws IOException {
        String there = tools.toString();
        put("apt-get", """
                echo "$@" >>%s
                printf '#!/bin/sh\\necho javac 17.0.1\\n' >%s/javac
                cat >%s/mvn <<'END'
                #!/bin/sh
                if [ "$1" = -v ]; then echo Apache Maven 3.8.7; exit; fi
                %s
                END
                for name in javac mvn ip kill curl chromium chromedriver python3 node dpkg-deb systemd-analyze; do
                    [ -e %s/$name ] || echo '#!/bin/sh' >%s/$name
                    chmod +x %s/$name
                done
                """.formatted(directory.resolve("apt"), there, there, mvn, there, there, there));
    }

    private Ended run(String script) throws IOException, InterruptedException {
        Path output = directory.resolve("output");
        ProcessBuilder builder = new ProcessBuilder(
                        directory.resolve("fish/bin").resolve(script).toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.environment().put("PATH", tools.toString());
        Process process = builder.start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Ended(process.exitValue(), Files.readString(output));
    }
}
