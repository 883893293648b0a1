package fish.tool;

import fish.client.ClientConfig;
import fish.client.FishClient;
import fish.client.Retries;
import fish.conf.ProgramException;
import fish.conf.Version;
import fish.tool.report.Report;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.zip.GZIPOutputStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code fish report}. */
@Command(
        name = "report",
        description = {
            "Writes one tar to send with a report of a bug, of all nodes that answer.",
            "In it are versions, settings, states, metrics, recent events, thread dumps and statistics; no values, no"
                    + " keys of records and no tokens."
        })
final class ReportCommand implements Callable<Integer> {
    private static final Duration NODE_TIMEOUT = Duration.ofSeconds(15);
    private static final int NODE_TRIES = 3;

    private final ToolContext context;

    @Parameters(paramLabel = "FILE", description = "Where to write it; compressed where it ends in .gz or .tgz.")
    private String file;

    ReportCommand(ToolContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws ProgramException {
        Path path = context.surroundings().workingDirectory().resolve(file);
        if (Files.exists(path)) {
            throw ProgramException.failed(path + " is there already");
        }
        Report report =
                new Report(context.client(), this::one, context.surroundings().clock(), NODE_TIMEOUT);
        Report.Result result;
        try {
            result = whole(report, path);
        } catch (IOException e) {
            throw ProgramException.failed("cannot write " + path + ": " + e.getMessage())
                    .because(e);
        }
        told(result, path);
        return result.nodes() > 0 ? 0 : ProgramException.FAILED;
    }

    /** Under a name that nobody has until it is whole. */
    private static Report.Result whole(Report report, Path path) throws IOException {
        Path part = Files.createTempFile(path.toAbsolutePath().resolveSibling(""), ".fish-report-", ".part");
        try {
            Report.Result result = report.write(opened(part, path), Version.number());
            Files.move(part, path, StandardCopyOption.ATOMIC_MOVE);
            return result;
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static OutputStream opened(Path part, Path path) throws IOException {
        OutputStream out = new BufferedOutputStream(Files.newOutputStream(part));
        return path.toString().matches(".*\\.(gz|tgz)") ? new GZIPOutputStream(out) : out;
    }

    private FishClient one(String url) {
        try {
            ClientConfig config = context.configOf(List.of(url));
            Retries few = new Retries(
                    NODE_TRIES,
                    config.retries().transactTriesMax(),
                    config.retries().pauseMin(),
                    config.retries().pauseMax());
            return FishClient.open(config.withRetries(few).withTimeouts(NODE_TIMEOUT, NODE_TIMEOUT));
        } catch (ProgramException e) {
            throw new IllegalArgumentException("an address that cannot be asked", e);
        }
    }

    private void told(Report.Result result, Path path) {
        Output out = context.out();
        if (out.isJson()) {
            out.json(g -> {
                g.writeStartObject();
                g.writeStringField("file", path.toString());
                g.writeNumberField("nodes", result.nodes());
                g.writeArrayFieldStart("missing");
                for (String line : result.missing()) {
                    g.writeString(line);
                }
                g.writeEndArray();
                g.writeEndObject();
            });
            return;
        }
        result.missing().forEach(line -> out.line("missing: " + Printable.of(line)));
        out.line("%s: %d nodes".formatted(path, result.nodes()));
    }
}
