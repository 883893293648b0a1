package fish.tool;

import fish.client.ClientConfig;
import fish.client.FishClient;
import fish.client.Retries;
import fish.conf.ProgramException;
import fish.tool.bulk.LoadResult;
import fish.tool.bulk.Loader;
import fish.tool.bulk.ProgressBars;
import fish.tool.bulk.ProgressMeter;
import fish.tool.bulk.WrongLines;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fish load}. */
@Command(
        name = "load",
        description = {
            "Puts a record for each line: key, a space, value; or JSON as export prints it.",
            "After a break the same command goes on: within a day, what was put is not put again."
        })
final class LoadCommand implements Callable<Integer> {
    /** Longer than a fail-over takes, so that the load goes on after it. */
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    private static final Duration TRY_TIMEOUT = Duration.ofSeconds(20);
    private static final int TRIES_MAX = 1_000;

    private final ToolContext context;

    @Parameters(paramLabel = "FILE|-", description = "What to read; - is standard input.")
    private String file;

    @Option(
            names = "--id",
            paramLabel = "NAME",
            description = "Which load this is: the same name and lines go on, another name puts them all again."
                    + " Default: made of what is in the file; of standard input, of each line and its number.")
    private String id = "";

    LoadCommand(ToolContext context) {
        this.context = context;
    }

    /** For much at once, tried for longer than a fail-over takes. */
    static ClientConfig patient(ClientConfig config) {
        Retries retries = new Retries(
                TRIES_MAX,
                config.retries().transactTriesMax(),
                config.retries().pauseMin(),
                config.retries().pauseMax());
        return config.withTimeouts(TIMEOUT, TRY_TIMEOUT).withRetries(retries);
    }

    @Override
    public Integer call() throws ProgramException, InterruptedException {
        LoadResult result;
        FileTime changed = changed();
        try (InputStream in = context.input().open(file);
                FishClient client = FishClient.open(patient(context.config()));
                ProgressMeter progress = progress()) {
            WrongLines wrong = new WrongLines(context::tell);
            result = new Loader(client, context.surroundings().clock(), wrong, progress).load(in, name());
        } catch (IOException e) {
            throw ProgramException.failed("cannot read " + file + ": " + e.getMessage())
                    .because(e);
        }
        int exitCode = told(result);
        if (changed.equals(changed())) {
            return exitCode;
        }
        context.tell("load: the file was changed while it was read, and what was put is neither the one nor the"
                + " other: load it again");
        return ProgramException.FAILED;
    }

    /** When the file was written last; of what is no file nobody knows. */
    private FileTime changed() throws ProgramException {
        try {
            return file.equals("-") || !Files.isRegularFile(path())
                    ? FileTime.fromMillis(0)
                    : Files.getLastModifiedTime(path());
        } catch (IOException e) {
            throw ProgramException.failed("cannot look at " + file + ": " + e.getMessage())
                    .because(e);
        }
    }

    private String name() throws IOException {
        if (!id.isEmpty()) {
            return "id " + id;
        }
        return file.equals("-") || !Files.isRegularFile(path()) ? "" : Loader.nameOf(path());
    }

    private Path path() {
        return context.surroundings().workingDirectory().resolve(file);
    }

    private ProgressMeter progress() throws IOException {
        if (!context.terminal().err()) {
            return ProgressMeter.NONE;
        }
        long bytes = file.equals("-") || !Files.isRegularFile(path()) ? -1 : Files.size(path());
        return ProgressBars.on(context.surroundings().err(), "load", bytes, "MiB", 1 << 20);
    }

    private int told(LoadResult result) {
        Output out = context.out();
        if (out.isJson()) {
            out.json(g -> {
                g.writeStartObject();
                g.writeNumberField("records", result.records());
                g.writeNumberField("before", result.before());
                g.writeNumberField("ended", result.ended());
                g.writeNumberField("wrong", result.wrong());
                g.writeNumberField("seconds", result.seconds());
                if (!result.failure().isEmpty()) {
                    g.writeStringField("failure", result.failure());
                }
                g.writeEndObject();
            });
        } else {
            out.line(sentence(result));
        }
        if (!result.failure().isEmpty()) {
            context.tell("load: stopped at " + result.failure() + ". Run the same command again: it goes on");
        } else if (result.wrong() > 0) {
            context.tell(
                    "load: put the wrong lines right in a file of their own, and load that; what is forbidden needs a"
                            + " token that may write it");
        }
        return result.whole() ? 0 : ProgramException.FAILED;
    }

    private static String sentence(LoadResult result) {
        StringBuilder text = new StringBuilder("%,d records in %.1f s, %,.0f/s"
                .formatted(result.records(), result.seconds(), result.records() / Math.max(1e-3, result.seconds())));
        if (result.before() > 0) {
            text.append("; %,d of them were put by an earlier run of this load, and left as they are now"
                    .formatted(result.before()));
            text.append(result.before() == result.records() ? " (--id with a new name puts them again)" : "");
        }
        if (result.ended() > 0) {
            text.append("; %,d left out, their time has ended".formatted(result.ended()));
        }
        if (result.wrong() > 0) {
            text.append("; %,d wrong lines".formatted(result.wrong()));
        }
        return text.toString();
    }
}
