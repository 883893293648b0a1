package fish.packages;

import static org.assertj.core.api.Assertions.assertThat;

import fish.testing.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/service}, with programs beside it that only say what they were told. */
@Timeout(180)
class ServiceScriptTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    private Path data;
    private final Map<String, String> environment = new TreeMap<>();

    private record Ended(int exitCode, String output) {}

    @BeforeEach
    void makeAnInstallation() throws IOException {
        data = directory.resolve("data");
        Files.createDirectories(directory.resolve("fish/bin"));
        for (String script : List.of("service", ".env.sh")) {
            Files.copy(Path.of("../bin", script), directory.resolve("fish/bin").resolve(script));
        }
        put("setup", """
                [ ! -e "$1" ] || exit 1
                echo "$@" >>%s
                mkdir -p "$1/data" && echo state=new >"$1/home.properties"
                """.formatted(directory.resolve("setups")));
        put("back", "echo \"back $* buddy=${FISH_BUDDY-none}\"");
        put("front", "echo \"front $* buddy=${FISH_BUDDY-none}\"");
        environment.put("FISH_DATA", data.toString());
        environment.put("FISH_DIR", "b0");
        environment.put("FISH_ADDRESS", "localhost:9000");
        environment.put("FISH_BUDDY", "b0:9000,b1:9000");
    }

    @Test
    void aHomeIsMadeOnceAndWholeWhateverWasBrokenOff() throws Exception {
        assertThat(run("home").output()).contains("made " + data.resolve("b0"));
        Files.writeString(data.resolve("b0/mine"), "x");
        assertThat(run("home").output()).isEmpty();
        assertThat(data.resolve("b0/mine")).exists();
        assertThat(setups()).hasSize(1);

        environment.put("FISH_DIR", data + "/b1");
        Files.createDirectories(data.resolve(".making-b1/b1/data"));
        assertThat(run("home").exitCode()).isZero();
        assertThat(data.resolve("b1/home.properties")).exists();
        assertThat(data.resolve(".making-b1")).doesNotExist();
    }

    /** Two nodes of one machine start at the same time. */
    @Test
    void theHomeThatAnotherNodeMakesMeanwhileIsLeftAlone() throws Exception {
        Path others = Files.createDirectories(data.resolve(".making-b1/b1/data"));
        assertThat(run("home").exitCode()).isZero();
        assertThat(others).exists();
    }

    @Test
    void whatIsNoHomeIsNotOverwritten() throws Exception {
        Files.createDirectories(data.resolve("b0/data"));
        Ended refused = run("home");
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.output()).contains("is not a node's home: nothing was changed");
        assertThat(data.resolve("b0/home.properties")).doesNotExist();
    }

    @Test
    void aHomeHasTheCertificatesThatAreKeptElsewhereAndNoneIsMadeWithoutThem() throws Exception {
        Path tls = Files.createDirectory(directory.resolve("tls"));
        assertThat(run("home", "--tls", tls.toString()).exitCode()).isEqualTo(2);
        assertThat(data).doesNotExist();
        for (String file : List.of("node.pem", "ca.crt")) {
            Files.createFile(tls.resolve(file));
        }
        assertThat(run("home", "--tls", tls.toString()).exitCode()).isZero();
        assertThat(data.resolve("b0/tls").toRealPath()).isEqualTo(tls.toRealPath());
    }

    @Test
    void aNewHomeJoinsUnlessItWasToldToFoundWhichCountsOnce() throws Exception {
        run("home");
        Ended joins = run("back");
        assertThat(joins.output()).contains("one back-end founds it, once", "out back  buddy=b0:9000,b1:9000");

        assertThat(run("found").output()).contains("founds the group when its node starts next");
        assertThat(run("back").output()).contains("service: founds", "out back --want-master buddy=none");
        // It was refused, for the group lives; now it joins.
        assertThat(run("back").output()).contains("out back  buddy=b0:9000,b1:9000");
    }

    @Test
    void aFoundingThatWasInterruptedGoesOn() throws Exception {
        run("home");
        state("b0", "founding");
        assertThat(run("back").output()).contains("goes on", "out back --want-master buddy=none");
    }

    @Test
    void aMemberReturnsWhateverItWasTold() throws Exception {
        run("home");
        run("found");
        state("b0", "member");
        assertThat(run("back").output()).contains("out back  buddy=b0:9000,b1:9000");
        assertThat(data.resolve("b0/found")).doesNotExist();
        Ended refused = run("found");
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.output()).contains("has been in a group");
    }

    @Test
    void nobodyFoundsWithoutAHomeOrBesideAGroupThatFillsIt() throws Exception {
        assertThat(run("found").output()).contains("there is no home");
        run("home");
        Files.createFile(data.resolve("b0/data/00000000.jdb"));
        Ended refused = run("found");
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.output()).contains("is being filled: there is a group");
        Files.createFile(data.resolve("b0/found"));
        assertThat(run("front").output()).contains("out front  buddy=b0:9000,b1:9000");
    }

    @Test
    void ofHomesThatAreAllNewTheFirstFounds() throws Exception {
        volumes("b0", "b1", "f0");
        assertThat(prepare().exitCode()).isZero();
        assertThat(founders()).containsExactly("b0");
        assertThat(setups())
                .hasSize(3)
                .allMatch(line -> line.endsWith("--tls-host m1"))
                .anyMatch(line -> line.contains("/ca/f0 --tls --tls-host f0"));

        // Its start was broken off before anything was founded.
        Files.delete(data.resolve("b0/b0/found"));
        assertThat(prepare().output()).isEmpty();
        assertThat(founders()).containsExactly("b0");
        assertThat(setups()).hasSize(3);
    }

    @Test
    void aLostVolumeIsMadeAnewAndFoundsNothingBesideTheOthers() throws Exception {
        volumes("b0", "b1", "f0");
        prepare();
        Files.delete(data.resolve("b0/b0/found"));
        Files.move(data.resolve("b0/b0"), directory.resolve("lost"));
        state("b1/b1", "member");
        assertThat(prepare().output()).contains("made " + data.resolve("b0/b0"));
        assertThat(founders()).isEmpty();
    }

    @Test
    void aPreparationThatWasBrokenOffGoesOn() throws Exception {
        volumes("b0", "b1", "f0");
        Files.createDirectories(data.resolve("ca/b0/data"));
        Files.createDirectories(data.resolve("b0/.making/data"));
        assertThat(prepare().exitCode()).isZero();
        assertThat(founders()).containsExactly("b0");
        assertThat(data.resolve("b0/.making")).doesNotExist();
        assertThat(data.resolve("ca/b0")).doesNotExist();
    }

    @Test
    void whatIsWrongIsTold() throws Exception {
        assertThat(run("--help").output()).contains("Usage: bin/service");
        for (List<String> wrong : List.of(
                List.<String>of(),
                List.of("bakc"),
                List.of("prepare", "x"),
                List.of("ready", "x"),
                List.of("home", "x"))) {
            Ended refused = run(wrong.toArray(String[]::new));
            assertThat(refused.exitCode()).isEqualTo(2);
            assertThat(refused.output()).contains("Usage: bin/service");
        }
        assertThat(run("prepare", data.toString(), "../x").output()).contains("no name for a node here: ../x");
        assertThat(run("prepare", data.toString(), "ca").exitCode()).isEqualTo(2);
        environment.put("FISH_DIR", "");
        assertThat(run("back").output()).contains("FISH_DIR is not set");
    }

    @Test
    void aNodeThatIsNotThereIsNotReady() throws Exception {
        environment.put("PORT", "1");
        run("home");
        assertThat(run("ready", "back", "--once").exitCode()).isEqualTo(1);
        try (Program gone = Program.start("gone", List.of("true"), Map.of(), directory)) {
            gone.awaitExit(SOON);
            environment.put("MAINPID", Long.toString(gone.pid()));
        }
        assertThat(run("ready", "back").output()).contains("ended before it was ready");
    }

    private Ended prepare() throws IOException {
        return run("prepare", data.toString(), "b0", "b1", "--front", "f0", "--", "--tls-host", "m1");
    }

    private void volumes(String... names) throws IOException {
        for (String name : names) {
            Files.createDirectories(data.resolve(name));
        }
        Files.createDirectories(data.resolve("ca"));
    }

    private List<String> founders() {
        List<String> founders = new ArrayList<>();
        for (String name : List.of("b0", "b1", "f0")) {
            if (Files.exists(data.resolve(name).resolve(name).resolve("found"))) {
                founders.add(name);
            }
        }
        return founders;
    }

    private List<String> setups() throws IOException {
        return Files.readAllLines(directory.resolve("setups"));
    }

    private void state(String home, String state) throws IOException {
        Files.writeString(data.resolve(home).resolve("home.properties"), "format=1\nstate=" + state + "\n");
    }

    private void put(String program, String script) throws IOException {
        Path file = directory.resolve("fish/bin").resolve(program);
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Ended run(String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(directory.resolve("fish/bin/service").toString());
        command.addAll(List.of(arguments));
        try (Program program = Program.start("service", command, environment, directory)) {
            int exitCode = program.awaitExit(SOON);
            return new Ended(exitCode, String.join("\n", program.output()));
        }
    }
}
