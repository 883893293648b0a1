package fish.tool;

import fish.api.RecordJson;
import fish.client.Listing;
import fish.conf.ProgramException;
import fish.json.Utf8;
import fish.kv.StoredRecord;
import fish.kv.Value;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fish list}. */
@Command(name = "list", description = "Prints records in the order of their keys.")
final class ListCommand implements Callable<Integer> {
    static final int VALUE_CHARS_MAX = 60;
    private static final int PAGE = 500;

    private final ToolContext context;

    @Parameters(arity = "0..1", paramLabel = "PREFIX", description = "Of the keys. Default: all.")
    private String prefix = "";

    @Option(names = "--start", paramLabel = "KEY", description = "The low end, inclusive.")
    private String start = "";

    @Option(names = "--end", paramLabel = "KEY", description = "The high end, exclusive.")
    private String end = "";

    @Option(names = "--reverse", description = "Backwards.")
    private boolean reverse;

    @Option(names = "--keys", description = "The keys alone, one a line.")
    private boolean keys;

    @Option(names = "--limit", paramLabel = "N", description = "At most so many.")
    private long limit = Long.MAX_VALUE;

    @Mixin
    private final ReadFlags flags = new ReadFlags();

    ListCommand(ToolContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws ProgramException {
        if (limit < 1) {
            throw ProgramException.wrong("--limit is a positive number");
        }
        int page = (int) Math.min(limit, PAGE);
        Listing listing = new Listing(prefix, start, end, reverse, !keys, page);
        Iterator<StoredRecord> records =
                context.client().list(listing, flags.options()).limit(limit).iterator();
        Output out = context.out();
        if (out.isJson()) {
            while (records.hasNext()) {
                StoredRecord record = records.next();
                out.json(g -> {
                    g.writeStartObject();
                    RecordJson.members(g, record, !keys);
                    g.writeEndObject();
                });
            }
        } else if (keys) {
            while (records.hasNext()) {
                out.line(line(records.next().key().toString()));
            }
        } else {
            table(records, page, out);
        }
        return 0;
    }

    /** For people what a terminal can show; a program gets the key as it is. */
    private String line(String key) throws ProgramException {
        if (context.terminal().out()) {
            return Printable.of(key);
        }
        if (key.indexOf('\n') >= 0) {
            throw ProgramException.failed(
                    "the key '" + Printable.of(key) + "' is of several lines: --json prints such keys as one");
        }
        return key;
    }

    /** Page by page, since there may be many. */
    private static void table(Iterator<StoredRecord> records, int page, Output out) {
        Table table = new Table(List.of("KEY", "REVISION", "VALUE"));
        boolean first = true;
        while (records.hasNext()) {
            List<List<String>> rows = new ArrayList<>();
            while (records.hasNext() && rows.size() < page) {
                StoredRecord record = records.next();
                rows.add(List.of(record.key().toString(), Long.toString(record.revision()), shown(record.value())));
            }
            table.print(rows, out, first);
            first = false;
        }
    }

    /** On one line. */
    static String shown(Value value) {
        boolean plain = value.contentEncoding().isEmpty() && value.bytes().length <= 16 * VALUE_CHARS_MAX;
        if (plain) {
            String text = Utf8.decode(value.bytes()).orElse("\0");
            if (text.chars().allMatch(c -> c >= ' ' || c == '\n' || c == '\t' || c == '\r')) {
                return Printable.of(text, VALUE_CHARS_MAX);
            }
        }
        return "(" + Printable.of(value.toString()) + ")";
    }
}
