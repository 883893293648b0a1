package fish.tool;

import fish.backup.Manifest;
import fish.client.FishException;
import fish.client.Listing;
import fish.client.ReadOptions;
import fish.conf.ProgramException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fish backup}. */
@Command(
        name = "backup",
        description = "Takes a backup from a front-end while the group runs: whole and checked, or not there."
                + " bin/setup NAME --restore FILE founds a group from it.")
final class BackupCommand implements Callable<Integer> {
    static final Duration EVERY_MIN = Duration.ofMinutes(1);

    private static final long UNKNOWN = -1;
    private static final long PROGRESS_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final ToolContext context;

    @Parameters(
            paramLabel = "FILE|DIR",
            description = "A file, or a directory that is there: named with the time then.")
    private String target;

    @Option(
            names = "--every",
            paramLabel = "1h",
            description = "Take one now and again after so long (1m at least), into DIR, until stopped.")
    private @Nullable Duration every;

    @Option(
            names = "--keep",
            paramLabel = "24",
            description = "In DIR, delete all but the newest so many of its backups.")
    private @Nullable Integer keep;

    private long atLeast;
    private long progressNanos;
    private boolean progressShown;

    BackupCommand(ToolContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws ProgramException {
        Path path = context.surroundings().workingDirectory().resolve(target).normalize();
        Duration pause = every;
        if (pause != null && pause.compareTo(EVERY_MIN) < 0) {
            throw ProgramException.wrong("--every is 1m at least");
        }
        if (keep != null && keep < 1) {
            throw ProgramException.wrong("--keep is a positive number");
        }
        boolean many = pause != null || keep != null || target.endsWith("/") || Files.isDirectory(path);
        NodeHttp http = new NodeHttp(context);
        if (!many) {
            Path parent = path.getParent();
            if (parent != null && !Files.isDirectory(parent)) {
                throw ProgramException.wrong("there is no directory " + parent);
            }
            take(http, BackupFile.partial(path), () -> path);
            return 0;
        }
        if (Files.exists(path) && !Files.isDirectory(path)) {
            throw ProgramException.wrong(path + " is no directory");
        }
        BackupDirectory directory = directory(path);
        if (pause == null) {
            return takeInto(http, directory) ? 0 : ProgramException.FAILED;
        }
        new BackupSchedule(pause, () -> takeInto(http, directory), context::tell).run();
        return 0;
    }

    private static BackupDirectory directory(Path path) throws ProgramException {
        try {
            return new BackupDirectory(Files.createDirectories(path));
        } catch (IOException e) {
            throw ProgramException.failed("cannot make " + path + ": " + e.getMessage())
                    .because(e);
        }
    }

    /** False: there is a new one, and an old one that should be gone is there still. */
    private boolean takeInto(NodeHttp http, BackupDirectory directory) throws ProgramException {
        Path taken = take(
                http,
                directory.partial(),
                () -> directory.file(context.surroundings().clock().instant()));
        Integer most = keep;
        if (most == null) {
            return true;
        }
        if (atLeast == UNKNOWN) {
            context.tell("no old backup is deleted for one that may be older");
            return true;
        }
        try {
            directory.keep(most, taken).forEach(gone -> context.tell("deleted " + gone));
            return true;
        } catch (IOException e) {
            context.tell("cannot delete old backups: " + e.getMessage());
            return false;
        }
    }

    /**
     * What the group has now, which a front-end may be far from without knowing it; {@link #UNKNOWN} where nobody says.
     */
    private long revisionNow() throws ProgramException {
        try {
            Listing one = new Listing("", "", "", false, false, 1);
            return context.client().page(one, "", ReadOptions.STRONG).revision();
        } catch (FishException e) {
            context.tell("nobody says how far the group is (" + e.getMessage()
                    + "): what is taken is what a front-end has, which may be old");
            return UNKNOWN;
        }
    }

    private void requireReached(NodeHttp http, URI frontEnd) throws NodeFailedException {
        if (atLeast > 0) {
            var unused = http.get(frontEnd, "/kv?keys&limit=1&timeout=10s&after=" + atLeast);
        }
    }

    /** From the first front-end that gives one. Returns what it is called. */
    private Path take(NodeHttp http, Path partial, Supplier<Path> name) throws ProgramException {
        List<Path> named = new ArrayList<>();
        Supplier<Path> once = () -> {
            named.add(name.get());
            return named.get(0);
        };
        atLeast = revisionNow();
        List<String> failures = new ArrayList<>();
        for (URI frontEnd : http.frontEnds()) {
            try {
                requireReached(http, frontEnd);
                Manifest manifest = new BackupFile(http, this::progress).take(frontEnd, partial, once);
                endProgress();
                print(named.get(0), manifest);
                return named.get(0);
            } catch (NodeFailedException e) {
                endProgress();
                failures.add(frontEnd + ": " + e.getMessage());
            } catch (IOException e) {
                endProgress();
                throw ProgramException.failed("cannot write the backup: " + e.getMessage())
                        .because(e);
            }
        }
        throw ProgramException.failed("no backup was taken. " + String.join("; ", failures));
    }

    private void print(Path file, Manifest manifest) {
        Output out = context.out();
        if (out.isJson()) {
            out.json(g -> {
                g.writeStartObject();
                g.writeStringField("file", file.toString());
                g.writeNumberField("bytes", manifest.bytes());
                g.writeNumberField("revision", manifest.revision());
                g.writeBooleanField("durable", manifest.durable());
                g.writeStringField("node", manifest.origin().node());
                g.writeStringField("taken", manifest.origin().taken().toString());
                g.writeEndObject();
            });
            return;
        }
        out.line("%s: %s from %s, all up to revision %d"
                .formatted(
                        file, ByteCount.of(manifest.bytes()), manifest.origin().node(), manifest.revision()));
        if (!manifest.durable()) {
            context.tell("no majority was there to say that it has all of this: among the last commits may be one that"
                    + " the group undoes later");
        }
    }

    private void progress(long bytes, long about) {
        long now = System.nanoTime();
        if (!context.terminal().err() || (progressShown && now - progressNanos < PROGRESS_NANOS)) {
            return;
        }
        progressShown = true;
        progressNanos = now;
        String of = about > 0 ? " of " + ByteCount.of(Math.max(about, bytes)) : "";
        context.surroundings().err().print("\r" + ByteCount.of(bytes) + of + "\u001b[K");
        context.surroundings().err().flush();
    }

    private void endProgress() {
        if (progressShown) {
            context.surroundings().err().print("\r\u001b[K");
            context.surroundings().err().flush();
            progressShown = false;
        }
    }
}
