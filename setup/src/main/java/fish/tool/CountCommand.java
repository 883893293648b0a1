package fish.tool;

import fish.client.Listing;
import fish.conf.ProgramException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fish count}. */
@Command(name = "count", description = "Prints how many records there are.")
final class CountCommand implements Callable<Integer> {
    private final ToolContext context;

    @Parameters(arity = "0..1", paramLabel = "PREFIX", description = "Of the keys. Default: all.")
    private String prefix = "";

    @Option(names = "--start", paramLabel = "KEY", description = "The low end, inclusive.")
    private String start = "";

    @Option(names = "--end", paramLabel = "KEY", description = "The high end, exclusive.")
    private String end = "";

    @Mixin
    private final ReadFlags flags = new ReadFlags();

    CountCommand(ToolContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws ProgramException {
        var counted = context.client().counted(Listing.of(prefix).between(start, end), flags.options());
        Output out = context.out();
        if (out.isJson()) {
            out.json(g -> {
                g.writeStartObject();
                g.writeNumberField("revision", counted.revision());
                g.writeNumberField("count", counted.count());
                g.writeEndObject();
            });
        } else {
            out.line(Long.toString(counted.count()));
        }
        return 0;
    }
}
