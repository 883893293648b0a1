package fish.tool;

import fish.client.WriteOptions;
import fish.conf.ProgramException;
import fish.kv.Key;
import fish.kv.OpResult;
import fish.kv.StoredRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fish touch}. */
@Command(name = "touch", description = "Gives the record as it is a new end.")
final class TouchCommand implements Callable<Integer> {
    private final ToolContext context;

    @Parameters(paramLabel = "KEY", description = "Of the record.")
    private Key key;

    @Option(
            names = "--ttl",
            required = true,
            paramLabel = "30s",
            description = "It ends after so long; none: it ends never.")
    private Types.Ttl ttl;

    @Option(names = "--if-revision", paramLabel = "N", description = "Only if the record has this revision.")
    private @Nullable Long revision;

    @Mixin
    private final WriteFlags flags = new WriteFlags();

    TouchCommand(ToolContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws ProgramException {
        WriteOptions options = flags.options();
        if (ttl.millis() > 0) {
            options = options.withTtl(Duration.ofMillis(ttl.millis()));
        }
        OpResult.Touched touched = context.client().touch(key, WriteFlags.conditional(options, revision));
        if (!touched.exists()) {
            throw ProgramException.failed("there is no record '" + Printable.of(key.toString()) + "'");
        }
        boolean ends = touched.expiresAtMillis() != StoredRecord.NEVER;
        String end = Instant.ofEpochMilli(touched.expiresAtMillis()).toString();
        Output out = context.out();
        if (out.isJson()) {
            out.json(g -> {
                g.writeStartObject();
                g.writeStringField("key", touched.key().toString());
                g.writeNumberField("revision", touched.revision());
                g.writeNumberField("created", touched.created());
                if (ends) {
                    g.writeStringField("expires", end);
                }
                g.writeEndObject();
            });
        } else {
            out.line((ends ? "ends " + end : "ends never") + ", at revision " + touched.revision());
        }
        return 0;
    }
}
