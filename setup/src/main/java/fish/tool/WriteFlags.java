package fish.tool;

import fish.client.ClientConfig;
import fish.client.WriteOptions;
import fish.conf.ProgramException;
import fish.contract.Words;
import fish.kv.Durability;
import java.time.Duration;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What all writes take. */
final class WriteFlags {
    @Option(
            names = "--durability",
            paramLabel = "LEVEL",
            description = "What the write survives: memory, master, quorum, all or sites. Default: the back-ends'.")
    private String durability = "";

    @Option(names = "--timeout", paramLabel = "10s", description = "How long it may take in all. Default: 10s.")
    private Duration timeout = Duration.ZERO;

    WriteOptions options() throws ProgramException {
        return WriteOptions.DEFAULT.withDurability(level()).withTimeout(checked(timeout));
    }

    private Durability level() throws ProgramException {
        return durability.isEmpty()
                ? Durability.DEFAULT
                : Words.durability(durability)
                        .orElseThrow(() -> ProgramException.wrong("--durability is one of "
                                + Words.DURABILITIES.stream().map(Words::of).collect(Collectors.joining(", "))
                                + ", not '" + durability + "'"));
    }

    /** Zero: none was given. */
    /** {@code --if-revision N}, where it was given. */
    static WriteOptions conditional(WriteOptions options, @Nullable Long revision) throws ProgramException {
        if (revision == null) {
            return options;
        }
        if (revision < 1) {
            throw ProgramException.wrong("--if-revision is a positive number");
        }
        return options.withIfRevision(revision);
    }

    /** Of what is done with no other timeout: not zero. */
    static Duration required(Duration timeout) throws ProgramException {
        if (timeout.isZero()) {
            throw ProgramException.wrong("--timeout is from 1ms to 5m");
        }
        return checked(timeout);
    }

    static Duration checked(Duration timeout) throws ProgramException {
        boolean given = !timeout.isZero();
        if (given && (timeout.toMillis() < 1 || timeout.compareTo(ClientConfig.TIMEOUT_MAX) > 0)) {
            throw ProgramException.wrong("--timeout is from 1ms to 5m");
        }
        return timeout;
    }
}
