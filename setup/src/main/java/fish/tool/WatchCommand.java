package fish.tool;

import com.fasterxml.jackson.core.JsonGenerator;
import fish.api.RecordJson;
import fish.client.Change;
import fish.client.ChangeListener;
import fish.client.Commit;
import fish.client.FishClient;
import fish.client.FishException;
import fish.client.Watch;
import fish.conf.ProgramException;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fish watch}. */
@Command(name = "watch", description = "Prints changes as they come, until it is stopped.")
final class WatchCommand implements Callable<Integer> {
    private final ToolContext context;

    @Parameters(arity = "0..1", paramLabel = "PREFIX", description = "Of the keys. Default: all.")
    private String prefix = "";

    @Option(
            names = "--since",
            paramLabel = "N",
            description = "What came after this revision too. Default: from now on.")
    private @Nullable Long since;

    @Option(names = "--limit", paramLabel = "N", description = "End after so many commits.")
    private long limit = Long.MAX_VALUE;

    WatchCommand(ToolContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws Exception {
        Long from = since;
        if ((from != null && from < 0) || limit < 1) {
            throw ProgramException.wrong("--since and --limit are positive numbers");
        }
        FishClient client = context.client();
        Printer printer = new Printer(context.out(), limit);
        try (Watch watch = from == null ? client.watch(prefix, printer) : client.watch(prefix, from, printer)) {
            context.tell("(watches from revision " + watch.revision() + " on; Ctrl-C ends it)");
            printer.ended.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof FishException problem) {
                throw problem;
            }
            if (e.getCause() instanceof OutputClosedException closed) {
                throw closed;
            }
            throw e;
        }
        return 0;
    }

    /** On the watch's thread. */
    private static final class Printer implements ChangeListener {
        private final CompletableFuture<Boolean> ended = new CompletableFuture<>();
        private final Output out;
        private final long limit;
        private long told;

        Printer(Output out, long limit) {
            this.out = out;
            this.limit = limit;
        }

        @Override
        public void committed(Commit commit) {
            if (told == limit) {
                return;
            }
            try {
                print(commit);
            } catch (OutputClosedException e) {
                ended.completeExceptionally(e);
                throw e;
            }
            told++;
            if (told == limit) {
                ended.complete(true);
            }
        }

        @Override
        public void failed(FishException problem) {
            ended.completeExceptionally(problem);
        }

        private void print(Commit commit) {
            if (out.isJson()) {
                out.json(g -> write(g, commit));
                return;
            }
            for (Change change : commit.changes()) {
                String key = Printable.of(change.key().toString());
                String start = commit.revision() + "  ";
                if (change instanceof Change.Put put) {
                    out.line(start + out.styled(Output.Style.GOOD, "put") + "     " + key + "  "
                            + ListCommand.shown(put.record().value()));
                } else if (change instanceof Change.Deleted) {
                    out.line(start + out.styled(Output.Style.BAD, "delete") + "  " + key);
                } else {
                    out.line(start + "put     " + key + "  (a newer one follows)");
                }
            }
        }

        private static void write(JsonGenerator g, Commit commit) throws IOException {
            g.writeStartObject();
            g.writeNumberField("revision", commit.revision());
            g.writeArrayFieldStart("changes");
            for (Change change : commit.changes()) {
                g.writeStartObject();
                g.writeObjectFieldStart(change instanceof Change.Deleted ? "delete" : "put");
                if (change instanceof Change.Put put) {
                    RecordJson.members(g, put.record(), true);
                } else {
                    g.writeStringField("key", change.key().toString());
                }
                if (change instanceof Change.Superseded) {
                    g.writeNumberField("revision", commit.revision());
                    g.writeBooleanField("superseded", true);
                }
                g.writeEndObject();
                g.writeEndObject();
            }
            g.writeEndArray();
            g.writeEndObject();
        }
    }
}
