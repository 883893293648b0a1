package fish.group;

import com.sleepycat.je.rep.RepInternal;
import com.sleepycat.je.rep.ReplicatedEnvironment;
import com.sleepycat.je.rep.ReplicationConfig;
import fish.contract.HostPort;
import fish.jefix.JeFixes;
import fish.testing.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** A bare JE node with Fish's settings, in this process or, by its main method, in one of its own. */
public final class JeNode implements AutoCloseable {
    /** Of a node in a process of its own. */
    static final String PRIORITY = "fish.test.priority";

    private static final long OPEN_SECONDS = 60;

    private final HostPort address;
    private final ReplicatedEnvironment environment;

    private JeNode(HostPort address, ReplicatedEnvironment environment) {
        this.address = address;
        this.environment = environment;
    }

    /** Opens a back-end; its own address as the only helper founds a group. */
    public static JeNode backEnd(String group, String name, Path home, HostPort address, HostPort... helpers)
            throws Exception {
        NodeOptions options = options(group, name, home, address, helpers);
        return open(options, JeSettings.backEnd(options));
    }

    public static JeNode frontEnd(String group, String name, Path home, HostPort address, HostPort... helpers)
            throws Exception {
        NodeOptions options = options(group, name, home, address, helpers);
        return open(options, JeSettings.frontEnd(options));
    }

    static NodeOptions options(String group, String name, Path home, HostPort address, HostPort... helpers)
            throws IOException {
        Timeouts brisk = new Timeouts(
                Duration.ofMillis(100),
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                Duration.ofMillis(500),
                Duration.ofSeconds(6));
        Files.createDirectories(home);
        return new NodeOptions(
                group, name, address, Set.of(helpers), Integer.getInteger(PRIORITY, 1), home, 4 << 20, 0, 0, brisk);
    }

    /** JE renames the thread that opens it, and may never return. */
    private static JeNode open(NodeOptions options, ReplicationConfig replication) throws Exception {
        JeFixes.apply();
        CompletableFuture<ReplicatedEnvironment> opened = new CompletableFuture<>();
        Thread opener = new Thread(() -> {
            try {
                opened.complete(new ReplicatedEnvironment(
                        options.home().toFile(), replication, JeSettings.environment(options)));
            } catch (Throwable t) {
                opened.completeExceptionally(t);
            }
        });
        opener.setDaemon(true);
        opener.start();
        try {
            return new JeNode(options.address(), opened.get(OPEN_SECONDS, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    public static HostPort freeAddress() {
        return new HostPort("localhost", FreePorts.any());
    }

    public HostPort address() {
        return address;
    }

    public ReplicatedEnvironment environment() {
        return environment;
    }

    public ReplicatedEnvironment.State state() {
        return environment.getState();
    }

    /** How many electable nodes this one counts in the group. */
    int electables() {
        return RepInternal.getNonNullRepImpl(environment)
                .getRepNode()
                .getGroup()
                .getElectableGroupSize();
    }

    boolean isValid() {
        return environment.isValid();
    }

    /** Whether JE takes this node for a master that still has a majority. */
    boolean isAuthoritativeMaster() {
        return RepInternal.getNonNullRepImpl(environment).getRepNode().isAuthoritativeMaster();
    }

    /** How many replicas this master feeds, those without a vote too. */
    int replicasInTouch() {
        return RepInternal.getNonNullRepImpl(environment)
                .getRepNode()
                .feederManager()
                .activeReplicaCount();
    }

    /** Leaves the group in an orderly way. */
    void stop() {
        environment.close();
    }

    @Override
    public void close() {
        stop();
    }

    /** {@code group name home address helper…}: prints what became of it, and stays until it is killed. */
    public static void main(String[] args) throws Exception {
        HostPort[] helpers = List.of(args).subList(4, args.length).stream()
                .map(HostPort::parse)
                .toArray(HostPort[]::new);
        try (JeNode node = backEnd(args[0], args[1], Path.of(args[2]), HostPort.parse(args[3]), helpers)) {
            System.out.println("opened " + node.state());
            if (System.in.read() >= 0) {
                System.out.println("told to end");
            }
        } catch (Exception e) {
            System.out.println("failed " + e);
        }
    }
}
