package fish.tool;

import fish.client.Change;
import fish.client.ClientConfig;
import fish.client.FishClient;
import fish.client.FishException;
import fish.client.Values;
import fish.client.Watch;
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
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
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
    private static final Duration ONE_TRY_MAX = Duration.ofSeconds(10);
    private static final Duration ONE_TRY_MIN = Duration.ofSeconds(2);
    private static final long POLL_MILLIS = 1_000;

    /** What passes by itself: whoever waits goes on waiting. */
    private static final Set<String> PASSING = Set.of(
            "no-master",
            "no-quorum",
            "starting",
            "shutting-down",
            "overloaded",
            "unknown-outcome",
            "in-progress",
            "lagging",
            "timeout",
            "no-connection");

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
        Duration oneTry = Duration.ofMillis(Math.min(times.ttl() / 4, 5_000));
        ClientConfig config = context.config().withTimeouts(ONE_TRY_MAX, oneTry);
        try (FishClient client = FishClient.open(config)) {
            LockRecord lock = new LockRecord(client, key, holder(), times, uptime);
            if (!waitedFor(client, lock, times)) {
                String holds = lock.heldBy().isEmpty() ? "" : ": held by " + lock.heldBy();
                context.tell("the lock " + key + " was not had in time" + holds);
                return NOT_HAD;
            }
            return new LockHolder(lock, times, uptime, context::tell).run(command);
        } catch (IOException e) {
            throw ProgramException.failed("the command cannot be started: " + e.getMessage())
                    .because(e);
        }
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

    private boolean waitedFor(FishClient client, LockRecord lock, LockTimes times) throws InterruptedException {
        long began = uptime.millis();
        Semaphore freed = new Semaphore(0);
        boolean reached = false;
        boolean told = false;
        Watch watch = null;
        try {
            while (true) {
                long left = wait == null ? Long.MAX_VALUE : wait.toMillis() - (uptime.millis() - began);
                try {
                    if (had(lock, times, left)) {
                        return true;
                    }
                    reached = true;
                    if (!told && left > 0) {
                        told = true;
                        context.tell("waits for the lock " + key + ", held by " + lock.heldBy());
                    }
                    if (watch == null && left > 0) {
                        watch = watch(client, freed);
                        continue;
                    }
                } catch (FishException e) {
                    if (!PASSING.contains(e.code()) || (!reached && e.code().equals("no-connection"))) {
                        throw e;
                    }
                    reached = true;
                }
                left = wait == null ? Long.MAX_VALUE : wait.toMillis() - (uptime.millis() - began);
                if (left <= 0) {
                    return false;
                }
                if (freed.tryAcquire(Math.min(left, POLL_MILLIS), TimeUnit.MILLISECONDS)) {
                    freed.drainPermits();
                }
            }
        } finally {
            if (watch != null) {
                watch.close();
            }
        }
    }

    /** What took long to come is renewed first: the command begins with most of its time before it. */
    private boolean had(LockRecord lock, LockTimes times, long leftMillis) {
        Duration timeout =
                Duration.ofMillis(Math.max(ONE_TRY_MIN.toMillis(), Math.min(ONE_TRY_MAX.toMillis(), leftMillis)));
        if (!lock.tryToGet(timeout)) {
            return false;
        }
        while (uptime.millis() - lock.sentMillis() > times.renewEvery()) {
            if (lock.renew(timeout) == LockRecord.Renewal.LOST) {
                return false;
            }
        }
        return true;
    }

    /** Tells when the record goes. Without it, where it cannot be had, the record is looked for now and then. */
    private @Nullable Watch watch(FishClient client, Semaphore freed) {
        try {
            return client.watch(key.toString(), commit -> {
                for (Change change : commit.changes()) {
                    if (change instanceof Change.Deleted && change.key().equals(key)) {
                        freed.release();
                    }
                }
            });
        } catch (FishException e) {
            return null;
        }
    }

    static String inWords(long millis) {
        return Durations.format(Duration.ofMillis(millis));
    }
}
