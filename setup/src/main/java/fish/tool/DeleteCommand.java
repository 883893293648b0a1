package fish.tool;

import fish.client.FishClient;
import fish.client.FishException;
import fish.client.Listing;
import fish.client.ReadOptions;
import fish.client.WriteOptions;
import fish.conf.ProgramException;
import fish.kv.Key;
import fish.kv.OpResult;
import fish.kv.Operation;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fish delete}. */
@Command(name = "delete", description = "Deletes a record, or all whose keys begin so.")
final class DeleteCommand implements Callable<Integer> {
    private final ToolContext context;

    @Parameters(arity = "0..1", paramLabel = "KEY", description = "Of the record.")
    private @Nullable Key key;

    @Option(names = "--prefix", paramLabel = "P", description = "Of the keys of all that are to be deleted.")
    private @Nullable String prefix;

    @Option(names = "--yes", description = "Do not ask before deleting all with a prefix.")
    private boolean yes;

    @Option(names = "--if-revision", paramLabel = "N", description = "Only if the record has this revision.")
    private @Nullable Long revision;

    @Mixin
    private final WriteFlags flags = new WriteFlags();

    DeleteCommand(ToolContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws ProgramException {
        Key one = key;
        String all = prefix;
        if ((one == null) == (all == null)) {
            throw ProgramException.wrong("name one KEY, or --prefix P");
        }
        if (revision != null && one == null) {
            throw ProgramException.wrong("--if-revision is for one KEY");
        }
        return one != null ? deleteOne(one) : deleteAll(String.valueOf(all));
    }

    private int deleteOne(Key key) throws ProgramException {
        OptionalLong deleted = context.client().delete(key, WriteFlags.conditional(flags.options(), revision));
        if (deleted.isEmpty()) {
            throw ProgramException.failed("there is no record '" + Printable.of(key.toString()) + "'");
        }
        Output out = context.out();
        if (out.isJson()) {
            out.json(g -> {
                g.writeStartObject();
                g.writeStringField("key", key.toString());
                g.writeNumberField("revision", deleted.getAsLong());
                g.writeBooleanField("deleted", true);
                g.writeEndObject();
            });
        } else {
            out.line("deleted at revision " + deleted.getAsLong());
        }
        return 0;
    }

    private int deleteAll(String prefix) throws ProgramException {
        if (prefix.isEmpty()) {
            throw ProgramException.wrong("--prefix is empty: name what the keys begin with");
        }
        WriteOptions options = flags.options();
        FishClient client = context.client();
        Listing listing = Listing.of(prefix);
        if (!yes) {
            long count = client.count(listing, ReadOptions.STRONG);
            if (!context.confirmed(
                    "delete all records that begin with '" + prefix + "', which are " + count + " now?")) {
                throw ProgramException.failed("nothing was deleted: the answer was not y");
            }
        }
        long all = allDeleted(client, listing, options);
        Output out = context.out();
        if (out.isJson()) {
            out.json(g -> {
                g.writeStartObject();
                g.writeNumberField("deleted", all);
                g.writeEndObject();
            });
        } else {
            out.line("deleted " + all);
        }
        return 0;
    }

    /** Commit after commit. Where one fails, what it says is of itself alone: those before it are done. */
    private long allDeleted(FishClient client, Listing listing, WriteOptions options) {
        long deleted = 0;
        boolean more = true;
        while (more) {
            try {
                OpResult.DeletedRange some = client.deleteRange(listing, Operation.DeleteRange.LIMIT_MAX, options);
                deleted += some.deleted();
                more = some.more();
            } catch (FishException e) {
                if (deleted > 0) {
                    context.tell("deleted " + deleted + ", and then failed; the same command goes on");
                }
                throw e;
            }
        }
        return deleted;
    }
}
