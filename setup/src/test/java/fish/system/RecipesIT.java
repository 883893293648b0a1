package fish.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import fish.system.SharedGroup.Running;
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
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The recipes of {@code docs/recipes.md}, as they are printed, all at once: the lines of each in one shell, its Python programs beside it.
 * What stands behind a # at the end of a line is what that line prints. Only the ports are others, and the shortest TTLs
 * longer, since all of them run at once.
 */
@ExtendWith(SharedGroup.class)
@Timeout(600)
class RecipesIT {
    private static final Duration END_MAX = Duration.ofMinutes(3);
    private static final Pattern PRINTS = Pattern.compile("\\S\\s{2,}# (.+)$");
    private static final Pattern PYTHON_NAME = Pattern.compile("# (\\w+\\.py)\\b.*");

    /** Lines end where commands begin, though what HTTP answers has no end of line; nothing outlives the shell. */
    private static final String AROUND = """
            set -e
            exec 3>&1
            trap 'echo >&3' DEBUG
            trap 'kill -9 $(jobs -p) 2>/dev/null || true' EXIT
            """;

    @TempDir
    private Path directory;

    private final List<Recipe> started = new ArrayList<>();

    /** One that runs, and what it is to print, line by line. */
    private record Recipe(Program program, List<String> prints) {
        void awaitEnd() {
            int exitCode = program.awaitExit(END_MAX);
            String all = program.name() + ":\n" + String.join("\n", program.output());
            assertThat(exitCode).as(all).isZero();
            List<String> printed = program.output().stream()
                    .filter(line -> line.startsWith("out ") && !line.equals("out "))
                    .map(line -> line.substring("out ".length()))
                    .toList();
            assertThat(printed).as(all).hasSameSizeAs(prints);
            for (int i = 0; i < prints.size(); i++) {
                assertThat(printed.get(i)).as(all).matches(pattern(prints.get(i)));
            }
        }

        /** An … stands for anything. */
        private static Pattern pattern(String line) {
            return Pattern.compile(
                    Pattern.compile("…").splitAsStream(line).map(Pattern::quote).collect(Collectors.joining(".*"))
                            + (line.endsWith("…") ? ".*" : ""));
        }
    }

    @Test
    void everyLineIsTrue(Running running) throws IOException {
        assumeTrue(ClientsIT.has("python3"), "needs python3");
        Map<String, List<PrintedBox>> recipes = new LinkedHashMap<>();
        for (PrintedBox box : PrintedBox.of("recipes.md")) {
            recipes.computeIfAbsent(box.section(), unused -> new ArrayList<>()).add(box);
        }
        assertThat(recipes.keySet())
                .containsExactly("Lock", "Leader election", "Configuration", "Queue", "Counter", "Session");
        try {
            for (Map.Entry<String, List<PrintedBox>> recipe : recipes.entrySet()) {
                start(recipe.getKey(), recipe.getValue(), running);
            }
            started.forEach(Recipe::awaitEnd);
        } finally {
            started.forEach(recipe -> recipe.program().close());
        }
        noJobHasTwoResults(running);
    }

    private void start(String name, List<PrintedBox> boxes, Running running) throws IOException {
        Path here = Files.createDirectory(directory.resolve(name));
        Files.createSymbolicLink(
                here.resolve("bin"),
                Path.of(System.getProperty(Programs.HOME)).toAbsolutePath().resolve("bin"));
        List<String> script = new ArrayList<>(List.of(AROUND));
        List<String> prints = new ArrayList<>();
        for (PrintedBox box : boxes) {
            List<String> lines = box.lines().stream()
                    .map(running::moved)
                    .map(RecipesIT::longer)
                    .toList();
            if (box.language().equals("python")) {
                Matcher file = PYTHON_NAME.matcher(lines.get(0));
                assertThat(file.matches()).as(lines.get(0)).isTrue();
                Files.write(here.resolve(file.group(1)), lines);
            } else {
                assertThat(box.language()).isEqualTo("bash");
                script.addAll(lines);
                lines.stream().map(PRINTS::matcher).filter(Matcher::find).forEach(found -> prints.add(found.group(1)));
            }
        }
        Map<String, String> environment = new HashMap<>(ClientsIT.ENVIRONMENT);
        environment.put("FISH_URL", running.moved("http://localhost:8000,http://localhost:8001"));
        List<String> command = List.of("bash", "-c", String.join("\n", script));
        started.add(new Recipe(Program.start(name, command, environment, here), prints));
    }

    /** TTLs for trying out would end here while the next line is on its way. */
    private static String longer(String line) {
        return line.replaceAll("\\b[23]s\\b", "10s")
                .replace("TTL = \"election/sweeper\", 3.0", "TTL = \"election/sweeper\", 10.0");
    }

    private static void noJobHasTwoResults(Running running) throws IOException {
        JsonNode done = running.front(0)
                .list()
                .param("prefix", "queue/done/")
                .send()
                .json()
                .path("records");
        assertThat(done).hasSize(13);
        assertThat(done).allMatch(result -> result.path("revision").equals(result.path("created")));
    }
}
