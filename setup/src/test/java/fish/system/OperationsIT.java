package fish.system;

import static org.assertj.core.api.Assertions.assertThat;

import fish.testing.Eventually;
import fish.testing.FreePorts;
import fish.testing.Program;
import fish.testing.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The lines in the boxes of {@code docs/operations.md}, as they are printed and in that order, in one group that goes through all of it. Only
 * its ports are others, free ones.
 */
@Timeout(900)
class OperationsIT {
    private static final Duration SOON = Duration.ofMinutes(2);
    private static final Pattern PORT = Pattern.compile("(?<=PORT=|localhost:)\\d+");
    private static final Pattern NODE = Pattern.compile("bin/(back|front) --dir (\\w+)");

    @TempDir
    private Path directory;

    private final Map<String, List<String>> boxes = new LinkedHashMap<>();
    private final Map<String, String> ports = new HashMap<>();
    private final Map<String, Program> nodes = new HashMap<>();
    private final Map<String, String> lines = new HashMap<>();
    private final List<Program> background = new ArrayList<>();

    @BeforeEach
    void read() throws IOException {
        Path bin = Path.of(System.getProperty(Programs.HOME)).toAbsolutePath().resolve("bin");
        Files.createSymbolicLink(directory.resolve("bin"), bin);
        for (PrintedBox box : PrintedBox.of("operations.md")) {
            if (box.language().equals("bash")) {
                box.lines().stream().filter(line -> !line.isEmpty()).forEach(line -> boxes.computeIfAbsent(
                                box.heading(), unused -> new ArrayList<>())
                        .add(line));
            }
        }
    }

    @AfterEach
    void close() throws IOException {
        nodes.values().forEach(Program::close);
        background.forEach(Program::close);
        Files.delete(directory.resolve("bin"));
    }

    /** Those under a heading, each box once. */
    private List<String> box(String heading) {
        List<String> found = boxes.remove(heading);
        assertThat(found).as(heading).isNotNull().isNotEmpty();
        return found == null ? List.of() : found;
    }

    private void follow(String heading) {
        box(heading).forEach(this::run);
    }

    /** Lines that may be typed again, since a node that is just back may not be known everywhere. */
    private void followSoon(String heading) {
        box(heading).forEach(line -> Eventually.eventually(SOON, () -> run(line)));
    }

    private String moved(String line) {
        Matcher port = PORT.matcher(line);
        return port.replaceAll(found -> ports.computeIfAbsent(found.group(), unused -> "" + FreePorts.any()));
    }

    private Program program(String line) {
        List<String> command = List.of("sh", "-c", "unset FISH_DATA; exec env " + moved(line));
        return Program.start(
                line,
                command,
                Map.of("FISH_URL", "http://localhost:" + moved("PORT=8000").substring(5)),
                directory);
    }

    /** A node is started and stays; all else is run to its end, which is to be a good one. */
    private String run(String line) {
        Matcher node = NODE.matcher(line);
        if (node.find()) {
            Program started = program(line);
            nodes.put(node.group(2), started);
            lines.put(node.group(2), line);
            started.awaitReady(SOON);
            return "";
        }
        try (Program program = program(line)) {
            assertThat(program.awaitExit(SOON))
                    .as("%s: %s", line, program.output())
                    .isZero();
            return String.join("\n", program.output());
        }
    }

    private Program node(String name) {
        Program node = nodes.get(name);
        if (node == null) {
            throw new AssertionError(name + " was not started");
        }
        return node;
    }

    private void stop(String name) {
        assertThat(node(name).terminate(SOON)).as(name).isZero();
    }

    private void startAgain(String name) {
        run(lines.getOrDefault(name, ""));
    }

    private void put(String key) {
        run("curl -sSf -X PUT localhost:8000/kv/" + key + "?timeout=30s -d value-of-" + key);
    }

    private void holds(String... keys) {
        for (String key : keys) {
            assertThat(run("curl -sSf localhost:8000/kv/" + key)).contains("value-of-" + key);
        }
    }

    @Test
    void everyLineInABoxWorks() throws Exception {
        follow("The group in the examples");
        put("first");
        backups();
        followSoon("Checking");
        put("second");

        node("b2").kill9();
        Files.move(directory.resolve("database/b2"), directory.resolve("thrown-away"));
        follow("A disk is lost");
        Eventually.eventually(SOON, () -> run("curl -sSf localhost:5002/health/ready"));

        stop("b1");
        startAgain("b1");
        followSoon("Upgrading, one node after another");
        stop("b0");
        startAgain("b0");

        stop("b2");
        follow("Moving a node");
        Eventually.eventually(
                SOON, () -> assertThat(run("curl -sS localhost:8000/cluster")).contains(moved("localhost:9022")));
        follow("Growing");
        Eventually.eventually(SOON, () -> run("curl -sSf localhost:5003/health/ready"));
        follow("Shrinking");
        assertThat(node("b3").awaitExit(SOON)).isEqualTo(1);
        put("third");
        holds("first", "second", "third");
        Eventually.eventually(SOON, () -> run("bin/fish check"));

        aMajorityIsLost();
        everythingIsLost();
        assertThat(boxes).as("boxes that were not run").isEmpty();
    }

    private void backups() {
        List<String> lines = box("Backups");
        assertThat(lines).hasSize(2);
        run(lines.get(0));
        assertThat(directory.resolve("backup.tar")).exists();
        background.add(program(lines.get(1)));
        Eventually.eventually(
                SOON, () -> assertThat(directory.resolve("backups").toFile().list())
                        .anyMatch(name -> name.matches("fish-backup-.*\\.tar")));
    }

    private void aMajorityIsLost() {
        node("b0").kill9();
        node("b1").kill9();
        stop("r0");
        node("b2").terminate(SOON);
        follow("A majority is lost");
        for (String key : List.of("first", "second", "third")) {
            assertThat(run("curl -sSf localhost:5000/kv/" + key)).contains("value-of-" + key);
        }
        stop("c0");
    }

    private void everythingIsLost() {
        follow("Restoring a backup");
        holds("first");
        try (Program gone = program("curl -sSf localhost:8000/kv/second")) {
            assertThat(gone.awaitExit(SOON)).as("what came after the backup").isEqualTo(22);
        }
        put("fourth");
        holds("fourth");
    }
}
