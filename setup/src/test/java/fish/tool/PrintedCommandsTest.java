package fish.tool;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import fish.conf.Surroundings;
import fish.testing.OpenApi;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.ParameterException;

/** What {@code docs/coming-from.md} says to type here: the commands, options, paths and parameters are there. */
class PrintedCommandsTest {
    private static final Pattern SPAN = Pattern.compile("`([^`]+)`");
    private static final Pattern REQUEST = Pattern.compile("(GET|PUT|POST|DELETE) (/[^? ]*)(?:\\?(\\S+))?");

    /** What stands in the last column of the tables, as code. */
    private static List<String> here() throws IOException {
        List<String> spans = new ArrayList<>();
        Path page = Path.of("").toAbsolutePath().resolveSibling("docs").resolve("coming-from.md");
        for (String line : Files.readAllLines(page)) {
            String[] cells = line.split("\\|", -1);
            if (line.startsWith("| ") && cells.length > 3) {
                Matcher span = SPAN.matcher(cells[cells.length - 2]);
                span.results().forEach(found -> spans.add(found.group(1)));
            }
        }
        return spans;
    }

    @Test
    void everyCommandIsUnderstood() throws IOException {
        List<String> commands =
                here().stream().filter(span -> span.startsWith("bin/fish ")).toList();
        assertThat(commands).hasSizeGreaterThan(60);
        List<String> wrong = new ArrayList<>();
        for (String command : commands) {
            try (ToolContext context = nowhere()) {
                String words = command.substring("bin/fish ".length());
                FishTool.line(context).parseArgs(ShellText.words(words).words().toArray(String[]::new));
            } catch (ParameterException e) {
                wrong.add(command + ": " + e.getMessage());
            }
        }
        assertThat(wrong).isEmpty();
    }

    private static ToolContext nowhere() {
        PrintStream nothing = new PrintStream(OutputStream.nullOutputStream());
        Path here = Path.of("");
        return new ToolContext(
                new Surroundings(
                        Map.of(),
                        here,
                        here,
                        new ByteArrayInputStream(new byte[0]),
                        nothing,
                        nothing,
                        Clock.systemUTC()),
                Terminal.NONE);
    }

    @Test
    void everyRequestIsServed() throws IOException {
        OpenApi api;
        try (InputStream document = FishTool.class.getResourceAsStream("/fish/api/openapi.json")) {
            api = new OpenApi(new ObjectMapper().readTree(document));
        }
        List<Matcher> requests =
                here().stream().map(REQUEST::matcher).filter(Matcher::matches).toList();
        assertThat(requests).hasSizeGreaterThan(40);
        List<String> wrong = new ArrayList<>();
        for (Matcher request : requests) {
            String operation = request.group(1) + " " + request.group(2).replaceFirst("^/kv/.+", "/kv/*");
            if (!api.operations().contains(operation)) {
                wrong.add(request.group());
            } else if (request.group(3) != null) {
                Stream.of(request.group(3).split("&"))
                        .map(parameter -> parameter.split("=", 2)[0])
                        .filter(name -> !api.queryParameters(operation).contains(name))
                        .forEach(name -> wrong.add(request.group() + ": " + name));
            }
        }
        assertThat(wrong).isEmpty();
    }
}
