package fish.tool;

import fish.client.WriteOptions;
import fish.conf.ProgramException;
import fish.kv.Key;
import fish.kv.OpResult;
import fish.kv.StoredRecord;
import fish.kv.Value;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fish put}. */
@Command(name = "put", description = "Stores a value under a key.")
final class PutCommand implements Callable<Integer> {
    /** The most that a node can be told to take, and far beyond what it takes as shipped. */
    private static final int VALUE_BYTES_MAX = 64 << 20;

    private final ToolContext context;

    @Parameters(index = "0", paramLabel = "KEY", description = "1 to 1,024 bytes of UTF-8.")
    private Key key;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "VALUE",
            description = "As it stands; - or nothing: what standard input holds.")
    private String text = "-";

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "The value is what this file holds; -: standard input.")
    private @Nullable String file;

    @Option(names = "--type", paramLabel = "TYPE", description = "The value's Content-Type. Default: none.")
    private String type = "";

    @Option(names = "--ttl", paramLabel = "30s", description = "The record ends by itself after so long.")
    private Types.Ttl ttl = new Types.Ttl(0);

    @ArgGroup
    private final Condition condition = new Condition();

    @Mixin
    private final WriteFlags flags = new WriteFlags();

    /** One of them. */
    static final class Condition {
        @Option(names = "--if-revision", paramLabel = "N", description = "Only if the record has this revision.")
        private @Nullable Long revision;

        @Option(names = "--if-absent", description = "Only if there is no record.")
        private boolean absent;
    }

    PutCommand(ToolContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws ProgramException {
        WriteOptions options = conditional(flags.options());
        Value value = value();
        if (ttl.millis() > 0) {
            options = options.withTtl(java.time.Duration.ofMillis(ttl.millis()));
        }
        OpResult.Put put = context.client().put(key, value, options);
        Output out = context.out();
        if (out.isJson()) {
            out.json(g -> {
                g.writeStartObject();
                g.writeStringField("key", put.key().toString());
                g.writeNumberField("revision", put.revision());
                g.writeNumberField("created", put.created());
                if (put.expiresAtMillis() != StoredRecord.NEVER) {
                    g.writeStringField(
                            "expires",
                            Instant.ofEpochMilli(put.expiresAtMillis()).toString());
                }
                g.writeEndObject();
            });
        } else {
            out.line((put.created() == put.revision() ? "created" : "replaced") + " at revision " + put.revision());
        }
        return 0;
    }

    private WriteOptions conditional(WriteOptions options) throws ProgramException {
        if (condition.absent) {
            return options.withIfAbsent();
        }
        return WriteFlags.conditional(options, condition.revision);
    }

    private Value value() throws ProgramException {
        boolean fromText = !text.equals("-");
        if (fromText && file != null) {
            throw ProgramException.wrong("give the value as VALUE or with -f, not both");
        }
        if (file != null && file.isEmpty()) {
            throw ProgramException.wrong("-f names no file");
        }
        byte[] bytes = fromText
                ? text.getBytes(StandardCharsets.UTF_8)
                : context.input().all(file == null ? "-" : file, VALUE_BYTES_MAX);
        try {
            return new Value(bytes, type, "");
        } catch (IllegalArgumentException e) {
            throw ProgramException.wrong("--type: " + e.getMessage()).because(e);
        }
    }
}
