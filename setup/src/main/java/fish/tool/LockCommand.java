package fish.tool;

import fish.client.ClientConfig;
import fish.client.FishClient;
import fish.client.Values;
import fish.conf.ProgramException;
import fish.contract.Durations;
import fish.json.Json;
import fish.kv.Key;
import fish.kv.Value;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fish lock}. */
@Command(
        name = "lock",
        description = "Runs a command while it holds a lock, and stops it before anybody else can have the lock.")
final class LockCommand implements Callable<Integer> {
    static final int NOT_HAD = 75;

    private static final Duration TTL_MIN = Duration.ofSeconds(1);

    private final ToolContext context;
    private final Uptime uptime = Uptime.ofSystem();

    @Parameters(index = "0", paramLabel = "KEY", description = "Of the record that is the lock.")
    private Key key;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "COMMAND", description = "After --; with its arguments.")
    private List<String> command = List.of();

    @Option(
            names = "--ttl",
            paramLabel = "15s",
            description = "The lock ends so long after its holder is gone; 1s at" + " least. Default: 15s.")
    private Duration ttl = Duration.ofSeconds(15);

    @Option(
            names = "--wait",
            paramLabel = "1m",
            description = "How long to wait for it; 0s: try once. Default: without" + " end.")
    private @Nullable Duration wait;

    LockCommand(ToolContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws ProgramException, InterruptedException {
        if (ttl.compareTo(TTL_MIN) < 0 || ttl.compareTo(Duration.ofDays(1)) > 0) {
            throw ProgramException.wrong("--ttl of a lock is from 1s to 1d");
        }
        LockTimes times = LockTimes.of(ttl);
        ClientConfig given = context.config();
        // Of the time that a renewal has, so that one front-end that says nothing leaves some for the others.
        long oneTry = Math.max(200, times.ttl() / 4 / (given.frontEnds().size() + 1));
        ClientConfig config = given.withTimeouts(LockRecord.TIMEOUT_MAX, Duration.ofMillis(Math.min(oneTry, 5_000)));
        try (FishClient client = FishClient.open(config)) {
            LockRecord lock = new LockRecord(client, key, holder(), times, uptime);
            if (!new LockWait(client, key, lock, times, uptime, context::tell).had(wait)) {
                return NOT_HAD;
            }
            return new LockHolder(lock, times, uptime, context::tell).run(command, input());
        } catch (IOException e) {
            throw ProgramException.failed("the command cannot be started: " + e.getMessage())
                    .because(e);
        }
    }

    /** Ours; but nothing where the lines behind this one come from there. */
    private ProcessBuilder.Redirect input() {
        return context.readsCommands() ? LockedCommand.NOTHING : ProcessBuilder.Redirect.INHERIT;
    }

    /** Who holds it, for people; and a part that is ours alone, which tells our record from everybody else's. */
    private Value holder() {
        byte[] json = Json.bytes(g -> {
            g.writeStartObject();
            g.writeStringField("holder", System.getProperty("user.name", "somebody") + "@" + host());
            g.writeNumberField("pid", ProcessHandle.current().pid());
            // Not its arguments, which can be secret.
            g.writeStringField("command", command.get(0));
            g.writeStringField("since", context.surroundings().clock().instant().toString());
            g.writeStringField("id", UUID.randomUUID().toString());
            g.writeEndObject();
        });
        return Values.json(new String(json, StandardCharsets.UTF_8));
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }

    /** To the tenth of a second. */
    static String inWords(long millis) {
        return Durations.format(Duration.ofMillis(millis / 100 * 100));
    }
}
