package fish.tool;

import fish.conf.Surroundings;
import fish.http.HttpServer;
import fish.testing.MemoryService;
import fish.testing.Standard;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;

/** Runs commands in this JVM, against a real server over a store in memory. One thread. */
final class ToolHarness implements AutoCloseable {
    private final HttpServer server =
            new HttpServer(Standard.http(), Standard.routes(new MemoryService(System::currentTimeMillis)));
    private final Map<String, String> environment = new HashMap<>();
    private final Path directory;
    private Terminal terminal = Terminal.NONE;
    private byte[] input = {};

    /** What a command printed, and its exit code. */
    record Ran(int exitCode, String out, String err) {}

    /** @param directory where files that commands name lie */
    ToolHarness(Path directory) {
        this.directory = directory;
        server.start();
        environment.put("FISH_URL", url());
    }

    String url() {
        return "http://127.0.0.1:" + server.address().getPort();
    }

    ToolHarness environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    ToolHarness terminal(Terminal other) {
        terminal = other;
        return this;
    }

    /** Standard input of the commands that follow. */
    ToolHarness input(String text) {
        return input(text.getBytes(StandardCharsets.UTF_8));
    }

    ToolHarness input(byte[] bytes) {
        input = bytes;
        return this;
    }

    Ran run(String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Surroundings surroundings = new Surroundings(
                environment,
                directory,
                directory,
                new ByteArrayInputStream(input),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Clock.systemUTC());
        int exitCode = FishTool.run(surroundings, terminal, args);
        return new Ran(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        server.close();
    }
}
