package fish.tool;

import fish.client.ReadOptions;
import fish.conf.ProgramException;
import fish.contract.Words;
import fish.kv.Consistency;
import fish.kv.Read;
import java.time.Duration;
import picocli.CommandLine.Option;

/** What all reads take. */
final class ReadFlags {
    private static final Duration ANY = Duration.ofMillis(Read.ANY_LAG);

    @Option(
            names = "--consistency",
            paramLabel = "WORD",
            description = "strong (the default), master, or local: the front-end's own copy, which needs no master.")
    private String consistency = "";

    @Option(names = "--after", paramLabel = "N", description = "The front-end's copy once it holds this revision.")
    private long after;

    @Option(names = "--max-lag", paramLabel = "2s", description = "The front-end's copy if it is at most this old.")
    private Duration maxLag = ANY;

    @Option(names = "--timeout", paramLabel = "10s", description = "How long it may take in all. Default: 10s.")
    private Duration timeout = Duration.ZERO;

    ReadOptions options() throws ProgramException {
        boolean local = after != 0 || !maxLag.equals(ANY);
        Consistency wanted = consistency.isEmpty()
                ? (local ? Consistency.LOCAL : Consistency.STRONG)
                : Words.consistency(consistency)
                        .orElseThrow(() -> ProgramException.wrong(
                                "--consistency is strong, master or local, not '" + consistency + "'"));
        try {
            return new ReadOptions(wanted, after, maxLag.toMillis(), WriteFlags.checked(timeout));
        } catch (IllegalArgumentException e) {
            throw ProgramException.wrong("--after and --max-lag are positive, and for --consistency local")
                    .because(e);
        }
    }
}
