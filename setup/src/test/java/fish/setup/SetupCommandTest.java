package fish.setup;

import static org.assertj.core.api.Assertions.assertThat;

import fish.conf.Commands;
import fish.conf.ProgramException;
import fish.conf.Surroundings;
import fish.contract.HostPort;
import fish.home.Home;
import fish.home.Role;
import fish.tls.CertificateAuthority;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class SetupCommandTest {
    private static final Clock NOON = Clock.fixed(Instant.parse("2026-01-31T12:00:00Z"), ZoneOffset.UTC);

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();

    @TempDir
    private Path directory;

    @Test
    void aBareNameMakesAHomeAmongTheOthersAndSaysWhatToRunNext() throws ProgramException {
        assertThat(run("b0")).isZero();
        assertThat(output.toString(StandardCharsets.UTF_8))
                .contains("made " + directory.resolve("database/b0"), "bin/back --dir b0", "bin/front --dir b0");
        Home.open(directory.resolve("database/b0"), Role.BACK).close();
    }

    @Test
    void homesThatAreMadeSideBySideAreOfOneCa() throws Exception {
        List<Callable<Integer>> both = List.of(() -> run("b0", "--tls"), () -> run("b1", "--tls"));
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            for (Future<Integer> one : threads.invokeAll(both)) {
                assertThat(one.get()).isZero();
            }
        } finally {
            threads.shutdownNow();
        }
        Path ca = directory.resolve("database/ca");
        for (String home : List.of("b0", "b1")) {
            assertThat(directory.resolve("database").resolve(home).resolve("tls/ca.crt"))
                    .hasSameTextualContentAs(ca.resolve("ca.crt"));
        }
        try (Stream<Path> files = Files.list(ca)) {
            assertThat(files.map(file -> String.valueOf(file.getFileName())))
                    .containsExactlyInAnyOrder("ca.crt", "ca.pem");
        }
    }

    @Test
    void aPathIsTakenAsItIs() throws ProgramException {
        assertThat(run("./homes/b0")).isZero();
        Home.open(directory.resolve("homes/b0"), Role.FRONT).close();
    }

    @Test
    void linesToPasteAreQuotedWhereTheyMustBe() {
        assertThat(run("./my homes/b0")).isZero();
        assertThat(output.toString(StandardCharsets.UTF_8))
                .contains("bin/back --dir './my homes/b0' --address", "bin/front --dir './my homes/b0' --address");
    }

    @Test
    void whatIsThereStaysUnlessForcedAndThenMovesAside() throws IOException {
        run("b0");
        Path precious = Files.writeString(directory.resolve("database/b0/data/precious"), "x");

        assertThat(run("b0")).isEqualTo(1);
        assertThat(precious).exists();
        assertThat(run("b0", "--force")).isZero();
        assertThat(precious).doesNotExist();
        assertThat(directory.resolve("database/b0.20260131T120000.000/data/precious"))
                .exists();
    }

    @Test
    void onlyABackEndsWholeHomeThatNobodyUsesFoundsAGroupAnew() throws ProgramException {
        run("b0");
        assertThat(run("c0", "--restore", "b9")).isEqualTo(2);
        assertThat(run("c0", "--restore", "b0")).isEqualTo(2);
        try (Home used = Home.open(directory.resolve("database/b0"), Role.BACK)) {
            used.joined("fish", "b0");
            assertThat(run("c0", "--restore", "b0")).isEqualTo(1);
        }
        // A member's home without its logs.
        assertThat(run("c0", "--restore", "b0")).isEqualTo(1);
        assertThat(output.toString(StandardCharsets.UTF_8))
                .contains("b9 is not a node's home", "b0 is not the home of a back-end", "in use by another process")
                .contains("no group can be founded from");
        assertThat(directory.resolve("database").toFile().list()).containsExactly("b0");
    }

    @Test
    void aWrongCommandLineIsRefused() {
        assertThat(run()).isEqualTo(2);
        assertThat(run("b0", "--forec")).isEqualTo(2);
        assertThat(output.toString(StandardCharsets.UTF_8)).contains("did you mean", "--force");
        assertThat(directory.resolve("database")).doesNotExist();
    }

    @Test
    void aHomeHasACertificateOfTheCaBesideItWhichIsMadeOnce() throws IOException {
        assertThat(run("b0", "--tls", "--tls-host", "m1.example,10.1.2.3")).isZero();
        Path ca = directory.resolve("database/ca/ca.pem");
        String made = Files.readString(ca);
        assertThat(output.toString(StandardCharsets.UTF_8)).contains("made a CA", "825 days", "m1.example", "10.1.2.3");
        assertThat(run("b1", "--tls")).isZero();
        assertThat(ca).content().isEqualTo(made);
        Path home = directory.resolve("database/b0");
        assertThat(directory.resolve("database/b1/tls/ca.crt")).hasSameTextualContentAs(home.resolve("tls/ca.crt"));
        for (Path file : List.of(ca, home.resolve("tls/node.pem"))) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home)))
                .isEqualTo("rwx------");

        String before = Files.readString(home.resolve("tls/node.pem"));
        assertThat(run("b0", "--tls-renew")).isZero();
        assertThat(home.resolve("tls/node.pem")).content().isNotEqualTo(before);
        assertThat(CertificateAuthority.hostsOf(home)).contains("localhost", "127.0.0.1", "m1.example", "10.1.2.3");
    }

    @Test
    void aHomeWithoutACertificateBesideACaIsMadeWithAWarning() throws IOException {
        run("b0");
        assertThat(output.toString(StandardCharsets.UTF_8)).doesNotContain("warning");
        run("b1", "--tls");
        assertThat(output.toString(StandardCharsets.UTF_8)).doesNotContain("warning");

        assertThat(run("b2")).isZero();
        assertThat(output.toString(StandardCharsets.UTF_8))
                .contains(
                        "warning: there is a CA in " + directory.resolve("database/ca"),
                        "bin/setup b2 --tls-renew --tls-host HOST\n");
        Files.delete(directory.resolve("database/ca/ca.pem"));
        assertThat(run("b3")).isZero();
        assertThat(output.toString(StandardCharsets.UTF_8))
                .contains("bin/setup b3 --tls-renew --tls-host HOST --tls-ca FILE");
        assertThat(directory.resolve("database/b3/tls")).doesNotExist();
    }

    @Test
    void besideHomesOfAGroupItSaysHowToJoinThat() throws ProgramException {
        run("b0");
        try (Home other = Home.open(directory.resolve("database/b0"), Role.BACK)) {
            other.joined("ponds", "b0");
            other.rememberAddress(new HostPort("m1.example", 9000));
        }
        output.reset();

        assertThat(run("b1")).isZero();

        assertThat(output.toString(StandardCharsets.UTF_8))
                .contains("bin/back --dir b1 --address HOST:PORT --buddy m1.example:9000 --group ponds")
                .contains("bin/front --dir b1 --address HOST:PORT --buddy m1.example:9000 --group ponds")
                .doesNotContain("--want-master");
        // Its own old home is nobody to join.
        output.reset();
        run("b0", "--force");
        assertThat(output.toString(StandardCharsets.UTF_8)).contains("--want-master");
    }

    @Test
    void aCaThatCannotBeUsedMakesNoHome() throws IOException {
        Files.writeString(directory.resolve("none.pem"), "-----BEGIN NOTHING-----");
        assertThat(run("b0", "--tls-ca", "none.pem")).isEqualTo(2);
        assertThat(run("b0", "--tls-ca", "absent.pem")).isEqualTo(2);
        assertThat(run("b0", "--tls-host", "a host")).isEqualTo(2);
        assertThat(run("ca", "--tls")).isEqualTo(2);
        assertThat(run("b0", "--tls-renew", "--force")).isEqualTo(2);
        assertThat(directory.resolve("database")).doesNotExist();
        assertThat(output.toString(StandardCharsets.UTF_8))
                .contains("holds no certificate", "there is no such file", "not a host", "name the home otherwise");

        assertThat(run("b0")).isZero();
        Files.createDirectories(directory.resolve("database/ca"));
        Files.writeString(directory.resolve("database/ca/ca.crt"), "its key is elsewhere");
        assertThat(run("b1", "--tls")).isEqualTo(2);
        assertThat(directory.resolve("database/b1")).doesNotExist();
    }

    @Test
    void aCaWhoseKeyIsAnothersMakesNoHome() throws IOException {
        run("b0", "--tls");
        Path ca = directory.resolve("database/ca/ca.pem");
        String one = Files.readString(ca);
        Files.delete(ca);
        Files.delete(directory.resolve("database/ca/ca.crt"));
        run("b1", "--tls");
        String key = "-----BEGIN PRIVATE KEY-----";
        String other = Files.readString(ca);
        Files.writeString(ca, one.substring(0, one.indexOf(key)) + other.substring(other.indexOf(key)));
        output.reset();

        assertThat(run("b2", "--tls")).isEqualTo(2);

        assertThat(output.toString(StandardCharsets.UTF_8))
                .contains("cannot be used as a CA: the key in ca.pem is not that of its certificate");
        assertThat(directory.resolve("database/b2")).doesNotExist();
    }

    /** Both files are made one after the other. */
    @Test
    void aCaWithoutTheCertificateForOthersGetsItAgain() throws IOException {
        run("b0", "--tls");
        Path certificate = directory.resolve("database/ca/ca.crt");
        String before = Files.readString(certificate);
        Files.delete(certificate);

        assertThat(run("b1", "--tls")).isZero();

        assertThat(certificate).hasContent(before);
    }

    /** Whoever has the key of another machine's node must not be able to stand for this one. */
    @Test
    void aCertificateForAnotherHostIsNotForThisMachine() throws IOException {
        assertThat(run("b0", "--tls")).isZero();
        List<String> here = CertificateAuthority.hostsOf(directory.resolve("database/b0"));
        assertThat(run("b1", "--tls", "--tls-host", "m2")).isZero();
        Path home = directory.resolve("database/b1");
        assertThat(CertificateAuthority.hostsOf(home))
                .containsExactlyInAnyOrder("localhost", "127.0.0.1", "0:0:0:0:0:0:0:1", "m2");
        assertThat(run("b1", "--tls-renew")).isZero();
        assertThat(CertificateAuthority.hostsOf(home))
                .containsExactlyInAnyOrder("localhost", "127.0.0.1", "0:0:0:0:0:0:0:1", "m2");
        assertThat(run("b0", "--tls-renew", "--tls-host", "m1")).isZero();
        assertThat(CertificateAuthority.hostsOf(directory.resolve("database/b0")))
                .containsAll(here)
                .contains("m1");
    }

    @Test
    void whatIsNoHostMakesNoHome() {
        for (String wrong : List.of("m2:9000", "https://m2", "1.2.3.400", "::x", "1:2")) {
            assertThat(run("b0", "--tls", "--tls-host", wrong)).as(wrong).isEqualTo(2);
        }
        assertThat(directory.resolve("database/b0")).doesNotExist();
        assertThat(run("b0", "--tls", "--tls-host", "1.2.3.4,fd00::7")).isZero();
    }

    @Test
    void aRenewalKeepsTheCasThatAreBelieved() throws IOException {
        run("b0", "--tls");
        Path trusted = directory.resolve("database/b0/tls/ca.crt");
        Path ours = directory.resolve("database/ca/ca.crt");
        String before = Files.readString(directory.resolve("database/b0/tls/node.pem"));
        Files.move(directory.resolve("database/ca"), directory.resolve("old"));
        assertThat(run("b0", "--tls-renew")).isEqualTo(2);
        assertThat(output.toString(StandardCharsets.UTF_8)).contains("there is no CA in", "--tls-ca FILE");
        run("b1", "--tls");
        // A new one is told to all first.
        output.reset();
        assertThat(run("b0", "--tls-renew")).isNotZero();
        assertThat(output.toString(StandardCharsets.UTF_8)).contains("do not vouch for what this one makes");
        assertThat(directory.resolve("database/b0/tls/node.pem")).hasContent(before);

        String both = Files.readString(directory.resolve("old/ca.crt")) + Files.readString(ours);
        Files.writeString(trusted, both);
        assertThat(run("b0", "--tls-renew")).isZero();
        assertThat(trusted).hasContent(both);
        assertThat(directory.resolve("database/b0/tls/node.pem")).content().isNotEqualTo(before);
    }

    private int run(String... arguments) {
        PrintStream stream = new PrintStream(output, true, StandardCharsets.UTF_8);
        Surroundings surroundings = new Surroundings(
                Map.of(), directory, directory, new ByteArrayInputStream(new byte[0]), stream, stream, NOON);
        return Commands.withHouseRules(new CommandLine(new SetupCommand(surroundings)), surroundings)
                .execute(arguments);
    }
}
