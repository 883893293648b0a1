package fish.system;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import fish.system.SharedGroup.Running;
import fish.testing.FishNode;
import fish.testing.HttpAnswer;
import fish.testing.HttpProbe;
import fish.testing.Program;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The Java, the Python and the JavaScript client do the same things, side by side, while the master is killed. */
@ExtendWith(SharedGroup.class)
@Timeout(400)
class ClientsIT {
    static final Path CLIENTS = Path.of("..", "clients").toAbsolutePath();
    static final Path SUITES = Path.of("src", "test", "resources", "clients").toAbsolutePath();
    /** For Python: where the client is, and that what it prints is seen at once. */
    static final Map<String, String> ENVIRONMENT = Map.of(
            "PYTHONPATH",
            CLIENTS.resolve("python").toString(),
            "PYTHONDONTWRITEBYTECODE",
            "1",
            "PYTHONUNBUFFERED",
            "1");

    private static final Duration PRINTED_MAX = Duration.ofSeconds(90);
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();
    private static final Duration FAIL_OVER_MAX = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    /** One client's program, which says that it works, and ends well after it was told that it is enough. */
    private static final class Suite implements AutoCloseable {
        private final String name;
        private final Process process;
        private final BufferedReader output;

        Suite(String name, List<String> command) throws IOException {
            this.name = name;
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().putAll(ENVIRONMENT);
            process = builder.start();
            output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        }

        void awaitWork() throws IOException {
            assertThat(output.readLine()).as(name).isEqualTo("working");
        }

        void enough() throws IOException {
            process.getOutputStream().write("enough\n".getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        }

        void awaitEnd() throws IOException, InterruptedException {
            List<String> rest = new ArrayList<>();
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                rest.add(line);
            }
            assertThat(rest).as(name).singleElement().asString().startsWith("ok ");
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(name).isTrue();
            assertThat(process.exitValue()).as(name).isZero();
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    /** The suite with the client's jar and the one library that it brings; and what the suite itself compares with. */
    private static String javaClient() throws IOException {
        List<String> classPath = new ArrayList<>();
        classPath.add(Path.of("target", "test-classes").toAbsolutePath().toString());
        try (Stream<Path> built = Files.list(CLIENTS.resolve("java/target"))) {
            built.filter(file -> file.getFileName().toString().matches("fish-client-.*\\.jar"))
                    .forEach(jar -> classPath.add(jar.toString()));
        }
        for (String one : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            if (one.matches(".*/(jackson-core|assertj-core|byte-buddy)-[^/]*\\.jar")) {
                classPath.add(one);
            }
        }
        assertThat(classPath).as("suite, client, JSON, and two for the suite").hasSize(5);
        return String.join(File.pathSeparator, classPath);
    }

    private static List<String> command(List<String> program, String prefix, Running running) {
        List<String> command = new ArrayList<>(program);
        command.add(prefix);
        running.group().frontUrls().stream().map(URI::toString).forEach(command::add);
        return command;
    }

    /** Whether there is such a program here. */
    static boolean has(String program) {
        try {
            return new ProcessBuilder(program, "--version").start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** What {@code docs/clients.md} prints, as it is printed; only the ports are others. Each ends with a watch, for ever. */
    @Test
    void thePrintedProgramsRun(Running running) throws Exception {
        assumeTrue(has("python3") && has("node"), "needs python3 and node");
        List<PrintedBox> boxes = PrintedBox.of("clients.md").stream()
                .filter(box -> !box.language().equals("xml"))
                .toList();
        assertThat(boxes.stream().map(PrintedBox::language)).containsExactly("java", "python", "javascript");
        HttpProbe front = running.front(0);
        for (PrintedBox box : boxes) {
            Path here = Files.createDirectory(directory.resolve(box.language()));
            List<String> command = printedCommand(box.language(), here);
            Files.write(
                    Path.of(command.get(command.size() - 1)),
                    box.lines().stream().map(running::moved).toList());
            Files.copy(CLIENTS.resolve("js/fish.mjs"), here.resolve("fish.mjs"));
            front.delete("greeting").send();
            front.put("visits", "41").send();
            front.put("users/ann", "{\"name\":\"Ann\"}")
                    .header("Content-Type", "application/json")
                    .send();
            try (Program printed = Program.start(box.language(), command, ENVIRONMENT, here)) {
                printed.awaitLine(PRINTED_MAX, line -> line.startsWith("out users/ann {"));
                assertThat(printed.output().get(0)).isEqualTo("out hello");
                // It says nothing when the watch begins.
                eventually(PRINTED_MAX, () -> {
                    front.put("users/bob", "{}").send();
                    assertThat(printed.said("out")).containsPattern("[0-9]+ \\[ ?'?users/bob'? ?]");
                });
                assertThat(printed.said("err")).isEmpty();
            }
            assertThat(front.get("greeting").send().text()).isEqualTo("hallo");
            assertThat(front.get("visits").send().text()).isEqualTo("42");
        }
    }

    /** What runs it; the last word is the file. */
    private static List<String> printedCommand(String language, Path here) throws IOException {
        return switch (language) {
            case "java" ->
                List.of(
                        JAVA,
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx128m",
                        "-cp",
                        javaClient(),
                        here.resolve("Program.java").toString());
            case "python" -> List.of("python3", here.resolve("program.py").toString());
            default -> List.of("node", here.resolve("program.mjs").toString());
        };
    }

    @Test
    void allClientsDoTheSameOverAKill(Running running) throws Exception {
        assumeTrue(has("python3") && has("node"), "needs python3 and node");
        List<String> javaProgram =
                List.of(JAVA, "-XX:TieredStopAtLevel=1", "-Xmx128m", "-cp", javaClient(), ClientSuite.class.getName());
        List<String> python = List.of("python3", SUITES.resolve("suite.py").toString());
        List<String> node = List.of(
                "node",
                SUITES.resolve("suite.mjs").toString(),
                CLIENTS.resolve("js/fish.mjs").toString());
        try (Suite first = new Suite("Java", command(javaProgram, "java/", running));
                Suite second = new Suite("Python", command(python, "python/", running));
                Suite third = new Suite("JavaScript", command(node, "js/", running))) {
            List<Suite> suites = List.of(first, second, third);
            for (Suite suite : suites) {
                suite.awaitWork();
            }
            FishNode master = running.group().master(FAIL_OVER_MAX);
            master.program().kill9();
            HttpAnswer after = HttpProbe.of(running.group().front(0).http(), FAIL_OVER_MAX.plusSeconds(10))
                    .put("clients/after-kill", "x")
                    .param("timeout", FAIL_OVER_MAX.toSeconds() + "s")
                    .send();
            assertThat(after.status()).as(after.toString()).isIn(200, 201);
            for (Suite suite : suites) {
                suite.enough();
            }
            for (Suite suite : suites) {
                suite.awaitEnd();
            }
        }
    }
}
