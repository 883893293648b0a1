package fish.back;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import fish.conf.ProgramException;
import fish.conf.Surroundings;
import fish.home.Entry;
import fish.home.Home;
import fish.home.Role;
import fish.run.EventLog;
import fish.run.Node;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class BackCommandTest {
    private static final String[] FOUND = {"--dir", "b0", "--address", "localhost:9000", "--want-master"};

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final List<String> happened = new CopyOnWriteArrayList<>();

    @TempDir
    private Path directory;

    @BeforeEach
    void makeHome() throws ProgramException {
        Home.make(directory.resolve("database/b0"), Clock.systemUTC());
    }

    @Test
    void helpAndVersionAreThere() {
        assertThat(run("--help")).isZero();
        assertThat(run("--version")).isZero();
        assertThat(text(out))
                .contains("--durability", "default: quorum", "fish ")
                .doesNotContain("--stop-with-stdin");
    }

    @Test
    void anUnknownOptionIsRefusedWithTheNearestRightOne() {
        assertThat(run("--prioritty", "1")).isEqualTo(2);
        assertThat(text(err)).contains("--prioritty", "did you mean", "--priority");
    }

    @Test
    void aShortOptionThatIsMistypedIsRefusedWithTheNearestRightOneToo() {
        for (String wrong : List.of("--dri", "--dri=b0", "--dor", "-dir", "--Dir")) {
            err.reset();
            assertThat(run(wrong, "b0")).isEqualTo(2);
            assertThat(text(err)).as(wrong).contains("did you mean --dir?");
        }
    }

    @Test
    void aPathThatTheSystemCannotWriteIsToldInOneLine() {
        assertThat(run("--dir", "b\0", "--address", "localhost:9000")).isEqualTo(2);
        assertThat(text(err).lines()).hasSize(1);
        assertThat(text(err)).contains("cannot be used", "LC_ALL=C.UTF-8");
    }

    @Test
    void anUnknownSettingInTheFileIsRefusedAndAMissingFileToo() throws IOException {
        Path file = Files.writeString(directory.resolve("x.properties"), "prioritty=1\n");

        assertThat(run("--conf", file.toString())).isEqualTo(2);
        assertThat(text(err)).contains("unknown setting prioritty", "did you mean priority?", "--dir is missing");
        assertThat(run("--conf", "missing.properties")).isEqualTo(2);
    }

    @Test
    void theStandardFileIsBesideBin() throws IOException {
        Files.createDirectory(directory.resolve("conf"));
        Files.writeString(directory.resolve("conf/back.properties"), "priority=many\n");

        assertThat(run(FOUND)).isEqualTo(2);
        assertThat(text(err)).contains("priority in").contains("conf/back.properties");
    }

    @Test
    void aMissingHomeAndOneOfAnotherRoleAreRefused() throws ProgramException {
        assertThat(run("--dir", "b9", "--address", "localhost:9000")).isEqualTo(2);
        assertThat(text(err)).contains("bin/setup b9");

        try (Home home = Home.open(directory.resolve("database/b0"), Role.FRONT)) {
            home.joined("fish", "b0");
        }
        assertThat(run(FOUND)).isEqualTo(2);
        assertThat(text(err)).contains("home of a front-end");
    }

    @Test
    void aNewHomeNeedsABuddyOrTheWish() {
        assertThat(run("--dir", "b0", "--address", "localhost:9000")).isEqualTo(2);
        assertThat(text(err)).contains("--buddy", "--want-master");
        assertThat(happened).isEmpty();
    }

    @Test
    void addressesThatReplicationCannotHaveAreToldAtOnce() {
        assertThat(run("--dir", "b0", "--address", "localhost:80", "--buddy", "localhost:9001,localhost:1023"))
                .isEqualTo(2);
        assertThat(text(err).lines()).hasSize(2).allMatch(line -> line.contains("1024 to 65535"));
        assertThat(text(err)).contains("localhost:80", "localhost:1023");
        assertThat(happened).isEmpty();
    }

    /** A millisecond's part is nothing that nodes know: what is left must still be in order. */
    @Test
    void timesAreComparedAsTheyAreUsed() {
        String[] arguments = {"--dir", "b0", "--address", "localhost:9000", "--want-master", "--replica-timeout"};
        String[] equal = Arrays.copyOf(arguments, arguments.length + 1);
        equal[arguments.length] = "2000.5ms";
        assertThat(run(equal)).isEqualTo(2);
        assertThat(text(err)).contains("feeder-timeout is not below replica-timeout");
    }

    @Test
    void aHomeInUseIsAFailure() throws ProgramException {
        try (Home home = Home.open(directory.resolve("database/b0"), Role.BACK)) {
            assertThat(home.buddies()).isEmpty();
            assertThat(run(FOUND)).isEqualTo(1);
        }
        assertThat(text(err)).contains("in use");
    }

    @Test
    void itServesUntilItsInputEndsAndThenClosesCleanly() throws Exception {
        PipedOutputStream parent = new PipedOutputStream();
        PipedInputStream input = new PipedInputStream(parent);
        String[] arguments = {"--dir", "b0", "--address", "localhost:9000", "--want-master", "--stop-with-stdin"};
        CompletableFuture<Integer> exit =
                CompletableFuture.supplyAsync(() -> run(input, this::working, Map.of("FISH_PROT", "1"), arguments));

        eventually(
                Duration.ofSeconds(60), () -> assertThat(text(out)).startsWith("ready http://localhost:5000 node=b0"));
        parent.close();
        assertThat(exit.get(60, TimeUnit.SECONDS)).isZero();
        assertThat(happened).containsExactly("FOUND", "start", "close");
        assertThat(text(err)).contains("did you mean FISH_PORT", "event=starting", "event=stopping", "event=stopped");
    }

    @Test
    void aNodeThatCannotStartIsClosedAndToldWithItsExitCode() {
        assertThat(run(nothing(), this::refused, Map.of(), FOUND)).isEqualTo(1);
        assertThat(text(err)).contains("the name b0 is taken");
        assertThat(happened).containsExactly("close");
    }

    @Test
    void aNodeThatCannotGoOnEndsTheProcessWithAFailure() {
        assertThat(run(nothing(), this::dying, Map.of(), FOUND)).isEqualTo(1);
        assertThat(text(err)).contains("reason=\"disk gone\"");
        assertThat(text(out)).doesNotContain("ready");
    }

    private Node working(BackSettings settings, Home home, Entry entry, EventLog events, Consumer<String> failed) {
        happened.add(entry.name());
        return node(settings, () -> happened.add("start"));
    }

    private Node refused(BackSettings settings, Home home, Entry entry, EventLog events, Consumer<String> failed) {
        return node(settings, () -> {
            throw ProgramException.failed("the name b0 is taken");
        });
    }

    private Node dying(BackSettings settings, Home home, Entry entry, EventLog events, Consumer<String> failed) {
        return node(settings, () -> failed.accept("disk gone"));
    }

    private interface Start {
        void run() throws ProgramException;
    }

    private Node node(BackSettings settings, Start start) {
        return new Node() {
            @Override
            public void start() throws ProgramException {
                start.run();
            }

            @Override
            public String httpUrl() {
                return "http://" + settings.node().http();
            }

            @Override
            public void close() {
                happened.add("close");
            }
        };
    }

    private int run(String... arguments) {
        return run(nothing(), this::working, Map.of(), arguments);
    }

    private int run(InputStream in, BackCommand.Nodes nodes, Map<String, String> environment, String... arguments) {
        Surroundings surroundings =
                new Surroundings(environment, directory, directory, in, print(out), print(err), Clock.systemUTC());
        return BackCommand.of(nodes, surroundings, code -> happened.add("halt " + code))
                .execute(arguments);
    }

    private static InputStream nothing() {
        return new ByteArrayInputStream(new byte[0]);
    }

    private static PrintStream print(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
