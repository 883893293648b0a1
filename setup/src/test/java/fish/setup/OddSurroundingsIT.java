package fish.setup;

import static org.assertj.core.api.Assertions.assertThat;

import fish.testing.HttpProbe;
import fish.testing.Program;
import fish.testing.Programs;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs in languages, character sets and directories that are not the usual ones. */
class OddSurroundingsIT {
    private static final Duration LONG = Duration.ofSeconds(90);

    @TempDir
    private Path directory;

    @Test
    void theLanguageOfTheSystemChangesNothingAndOneBuddyThatIsKnownIsEnough() throws Exception {
        try (Programs programs = Programs.ofBuild()) {
            String at = "localhost:" + programs.freePort();
            programs.javaOptions("-Xmx256m -Duser.language=tr -Duser.country=TR");
            programs.setup("b0");
            Program back = programs.back("--dir", "b0", "--address", at, "--want-master", "--port", "0");
            back.awaitReady(LONG);

            programs.javaOptions("-Xmx256m -Duser.language=az");
            programs.setup("r0");
            Program front = programs.front(
                    "--dir",
                    "r0",
                    "--address",
                    "localhost:" + programs.freePort(),
                    "--buddy",
                    "nowhere.invalid:9000",
                    "--buddy",
                    at,
                    "--port",
                    "0");
            putsAndGets(front.awaitReady(LONG));
            assertThat(front.terminate(LONG)).isZero();
            assertThat(back.terminate(LONG)).isZero();
        }
    }

    @Test
    void aHomeWithLettersBeyondAsciiWorksInTheCLocale() throws Exception {
        Path home = directory.resolve("größe: 1/b0");
        try (Programs programs = Programs.ofBuild()) {
            List<String> ascii = List.of("env", "-u", "LANG", "-u", "LC_CTYPE", "LC_ALL=C");
            Program setup = programs.start("setup", ascii, "setup", List.of(home.toString()));
            assertThat(setup.awaitExit(LONG)).as("%s", setup.output()).isZero();
            assertThat(setup.output()).anyMatch(line -> line.contains("--dir '" + home + "' --address"));
            assertThat(home.resolve("home.properties")).exists();

            programs.javaOptions("-Xmx256m");
            String at = "localhost:" + programs.freePort();
            List<String> options = List.of("--dir", home.toString(), "--address", at, "--want-master", "--port", "0");
            Program back = programs.start("back", ascii, "back", options);
            putsAndGets(back.awaitReady(LONG));
            assertThat(back.terminate(LONG)).isZero();
        }
    }

    @Test
    void aNodeListensAtAllThatLocalhostMeans() throws Exception {
        Path hosts = Files.writeString(directory.resolve("hosts"), "127.0.0.1 localhost\n::1 localhost\n");
        try (Programs programs = Programs.ofBuild()) {
            programs.javaOptions("-Xmx256m -Djdk.net.hosts.file=" + hosts);
            programs.setup("b0");
            String at = "localhost:" + programs.freePort();
            Program back = programs.back("--dir", "b0", "--address", at, "--want-master", "--port", "0");
            int port = back.awaitReady(LONG).getPort();
            putsAndGets(URI.create("http://127.0.0.1:" + port));
            putsAndGets(URI.create("http://[::1]:" + port));
            assertThat(back.terminate(LONG)).isZero();
        }
    }

    @Test
    void aReleaseRunsFromAPathWithSpacesAndSaysThatItDoesNotFromOneWithAColon() throws Exception {
        Path release = copyOfRelease("with some spaces");
        try (Programs programs = Programs.at(release)) {
            programs.setup("b0");
            for (String program : List.of("back", "front", "demo")) {
                Program help = programs.start(program, List.of(), program, List.of("--version"));
                assertThat(help.awaitExit(LONG)).as("%s", help.output()).isZero();
            }
        }
        try (Programs programs = Programs.at(copyOfRelease("with:colon"))) {
            Program refused = programs.start("setup", List.of(), "setup", List.of("b0"));
            assertThat(refused.awaitExit(LONG)).isEqualTo(2);
            assertThat(refused.output()).singleElement().asString().contains("colon", "move it");
        }
    }

    private Path copyOfRelease(String name) throws IOException {
        Path from = Path.of(System.getProperty(Programs.HOME)).toAbsolutePath();
        Path lib = Files.exists(from.resolve("lib")) ? from.resolve("lib") : from.resolve("target/fish/lib");
        Path to = Files.createDirectories(directory.resolve(name));
        Files.createSymbolicLink(to.resolve("lib"), lib);
        Files.createSymbolicLink(to.resolve("conf"), from.resolve("conf"));
        Files.createDirectories(to.resolve("bin"));
        try (Stream<Path> scripts = Files.list(from.resolve("bin"))) {
            for (Path script : scripts.toList()) {
                Files.copy(
                        script, to.resolve("bin").resolve(script.getFileName().toString()));
            }
        }
        return to;
    }

    private static void putsAndGets(URI node) throws IOException {
        HttpProbe probe = HttpProbe.of(node, LONG);
        assertThat(probe.put("i", "I").param("timeout", "30s").send().isSuccess())
                .isTrue();
        assertThat(probe.get("i").send().text()).isEqualTo("I");
    }
}
