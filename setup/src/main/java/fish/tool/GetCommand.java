package fish.tool;

import fish.api.RecordJson;
import fish.conf.ProgramException;
import fish.kv.Key;
import fish.kv.OpResult;
import fish.kv.Operation;
import fish.kv.StoredRecord;
import fish.kv.Txn;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code fish get}. */
@Command(name = "get", description = "Writes the bytes of a value.")
final class GetCommand implements Callable<Integer> {
    private final ToolContext context;

    @Parameters(paramLabel = "KEY", description = "Of the record.")
    private Key key;

    @Mixin
    private final ReadFlags flags = new ReadFlags();

    GetCommand(ToolContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws ProgramException {
        Output out = context.out();
        Optional<StoredRecord> found =
                out.isJson() ? asListed() : context.client().get(key, flags.options());
        if (found.isEmpty()) {
            throw ProgramException.failed("there is no record '" + Printable.of(key.toString()) + "'");
        }
        StoredRecord record = found.get();
        if (out.isJson()) {
            out.json(g -> {
                g.writeStartObject();
                RecordJson.members(g, record, true);
                g.writeEndObject();
            });
            return 0;
        }
        out.bytes(record.value().bytes());
        if (out.isTerminal()) {
            out.line("");
        }
        return 0;
    }

    /** Over {@code /kv/KEY} a value without a type would have one. */
    private Optional<StoredRecord> asListed() throws ProgramException {
        Txn get = Txn.of(new Operation.Get(key, true));
        OpResult result =
                context.client().readTxn(get, flags.options()).results().get(0);
        return result instanceof OpResult.Got got ? Optional.of(got.record()) : Optional.empty();
    }
}
