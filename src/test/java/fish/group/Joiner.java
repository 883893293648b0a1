package fish.group;

import com.sleepycat.je.rep.ReplicatedEnvironment;
import com.sleepycat.je.rep.ReplicationConfig;
import fish.contract.HostPort;
import fish.jefix.JeFixes;
import fish.store.Store;
import fish.store.UnavailableException;
import fish.testing.Eventually;
import java.nio.file.Path;
import java.time.Duration;

/** A new replica in a process of its own, whose disk is slower than the network. */
final class Joiner {
    private static final Duration SOON = Duration.ofSeconds(100);
    /** What one message costs it at least. */
    private static final String APPLY_MILLIS = "4";

    private Joiner() {}

    /** {@code electable|secondary home helper revision}: prints {@code filled} once it holds that revision. */
    public static void main(String[] args) throws Exception {
        JeFixes.apply();
        NodeOptions options =
                JeNode.options("test", "joiner", Path.of(args[1]), JeNode.freeAddress(), HostPort.parse(args[2]));
        ReplicationConfig config =
                args[0].equals("electable") ? JeSettings.backEnd(options) : JeSettings.frontEnd(options);
        config.setConfigParam("je.rep.test.replicaDelay", APPLY_MILLIS);
        long wanted = Long.parseLong(args[3]);
        // Not closed: the process ends, and its end takes long with what the queue still holds.
        ReplicatedEnvironment environment =
                new ReplicatedEnvironment(options.home().toFile(), config, JeSettings.environment(options));
        Store store = new Store(environment, false);
        Eventually.eventually(SOON, () -> {
            if (!environment.isValid()) {
                System.out.println("invalid " + environment.getInvalidatingException());
                Runtime.getRuntime().halt(1);
            }
            if (held(store) < wanted) {
                throw new AssertionError("not filled");
            }
        });
        System.out.println("filled");
        Runtime.getRuntime().halt(0);
    }

    private static long held(Store store) {
        try {
            return store.lastRevision();
        } catch (UnavailableException e) {
            return 0;
        }
    }
}
