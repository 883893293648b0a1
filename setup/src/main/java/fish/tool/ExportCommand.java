package fish.tool;

import fish.client.FishClient;
import fish.client.Listing;
import fish.client.ReadOptions;
import fish.conf.ProgramException;
import fish.tool.bulk.Exporter;
import fish.tool.bulk.ProgressBars;
import fish.tool.bulk.ProgressMeter;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code fish export}. */
@Command(
        name = "export",
        description = {
            "Prints records as JSON lines, which load takes back: all of one state, whatever is written meanwhile.",
            "They lie in temporary files first, and are printed when all are there."
        })
final class ExportCommand implements Callable<Integer> {
    private static final Duration SETTLE_MAX = Duration.ofMinutes(2);
    private static final int BUFFER_BYTES = 256 << 10;

    private final ToolContext context;

    @Parameters(arity = "0..1", paramLabel = "PREFIX", description = "Of the keys. Default: all.")
    private String prefix = "";

    ExportCommand(ToolContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws ProgramException {
        Output out = context.out();
        Exporter.Result result;
        try (FishClient client = FishClient.open(LoadCommand.patient(context.config()));
                ProgressMeter progress = progress(client)) {
            result = new Exporter(client, progress, SETTLE_MAX)
                    .export(prefix, new BufferedOutputStream(printing(out), BUFFER_BYTES));
        } catch (IOException e) {
            throw ProgramException.failed("the export failed: " + e.getMessage())
                    .because(e);
        }
        context.tell("%,d records as of revision %d, in %.1f s, %,.0f/s"
                .formatted(
                        result.records(),
                        result.revision(),
                        result.seconds(),
                        result.records() / Math.max(1e-3, result.seconds())));
        return 0;
    }

    private ProgressMeter progress(FishClient client) {
        if (!context.terminal().err()) {
            return ProgressMeter.NONE;
        }
        long count = client.count(Listing.of(prefix), ReadOptions.STRONG);
        return ProgressBars.on(context.surroundings().err(), "export", count, "records", 1);
    }

    private static OutputStream printing(Output out) {
        return new OutputStream() {
            @Override
            public void write(int b) {
                out.bytes(new byte[] {(byte) b});
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                out.bytes(java.util.Arrays.copyOfRange(bytes, offset, offset + length));
            }
        };
    }
}
