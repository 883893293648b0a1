package fish.testing;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Back-ends {@code b0…} and front-ends {@code r0…} as programs, on loopback or each in a namespace of
 * a {@link Network}. {@code b0} founds the group; the others join it. Not thread-safe, its nodes are.
 */
public final class FishGroup implements AutoCloseable {
    private static final Duration ANSWER_MAX = Duration.ofSeconds(30);

    private final Programs programs;
    private final @Nullable Network network;
    private final boolean locked;
    private final List<String> options;
    private final List<FishNode> backs = new ArrayList<>();
    private final List<FishNode> fronts = new ArrayList<>();
    private String founder = "";
    private volatile Access access = Access.OPEN;

    private FishGroup(Programs programs, @Nullable Network network, boolean locked, List<String> options) {
        this.programs = programs;
        this.network = network;
        this.locked = locked;
        this.options = List.copyOf(options);
    }

    /** @param options for every program, such as {@code --conf FILE} */
    public static FishGroup onLoopback(Programs programs, int backs, int fronts, String... options) {
        FishGroup group = new FishGroup(programs, null, false, List.of(options));
        group.addNodes(backs, fronts);
        return group;
    }

    /** Adds a namespace to {@code network} for each node, under the node's name. */
    public static FishGroup in(Network network, Programs programs, int backs, int fronts, String... options) {
        FishGroup group = new FishGroup(programs, network, false, List.of(options));
        group.addNodes(backs, fronts);
        return group;
    }

    /** As {@link #in}, with certificates for all nodes, and nothing goes without a token. */
    public static FishGroup lockedIn(Network network, Programs programs, int backs, int fronts) {
        FishGroup group = new FishGroup(programs, network, true, List.of());
        group.addNodes(backs, fronts);
        return group;
    }

    /** How to get in, once the group is there. */
    public Access access() {
        return access;
    }

    /** Makes the home of one node, by its certificate where the group is locked. */
    public void setup(FishNode node, String... more) {
        List<String> arguments = new ArrayList<>(List.of(node.name()));
        if (locked) {
            arguments.addAll(List.of("--tls-host", node.http().getHost()));
        }
        arguments.addAll(List.of(more));
        programs.setup(arguments.toArray(String[]::new));
    }

    /** Sets up all homes, starts {@code b0}, then all others side by side, until all are ready. */
    public void start(Duration within) {
        nodes().forEach(this::setup);
        long deadline = System.nanoTime() + within.toNanos();
        backs.get(0).start().awaitReady(within);
        if (locked) {
            lock();
        }
        nodes().forEach(FishNode::start);
        nodes().forEach(node -> node.program().awaitReady(Duration.ofNanos(deadline - System.nanoTime())));
    }

    private void lock() {
        Access believing = Access.believing(programs.data().resolve("ca/ca.crt"));
        try {
            HttpAnswer made = believing
                    .probe(back(0).http(), ANSWER_MAX)
                    .request("POST", "/tokens")
                    .body("{\"name\":\"root\",\"role\":\"admin\"}".getBytes(StandardCharsets.UTF_8))
                    .send();
            if (!made.isSuccess()) {
                throw new AssertionError("no token: " + made);
            }
            access = believing.with(made.json().path("token").asText());
        } catch (IOException e) {
            throw new AssertionError("no token", e);
        }
    }

    /** Sets up one back-end more and starts it; does not wait until it is ready. */
    public FishNode grow() {
        FishNode node = node("b" + backs.size(), "back");
        backs.add(node);
        setup(node);
        node.start();
        return node;
    }

    /** Ends the back-end that was added last, and speaks of it no more. */
    public void shrink() {
        backs.remove(backs.size() - 1).close();
    }

    public FishNode back(int i) {
        return backs.get(i);
    }

    public FishNode front(int i) {
        return fronts.get(i);
    }

    public List<FishNode> backs() {
        return List.copyOf(backs);
    }

    public List<FishNode> fronts() {
        return List.copyOf(fronts);
    }

    public List<FishNode> nodes() {
        return Stream.concat(backs.stream(), fronts.stream()).toList();
    }

    public List<URI> frontUrls() {
        return fronts.stream().map(FishNode::http).toList();
    }

    /** A client of each front-end. */
    public List<HttpProbe> frontProbes() {
        return fronts.stream().map(FishNode::probe).toList();
    }

    /** The network that the nodes are in; none on loopback. */
    public Optional<Network> network() {
        return Optional.ofNullable(network);
    }

    /** The back-end that says it is the serving master, once exactly one does. */
    public FishNode master(Duration within) {
        return Eventually.eventuallyGet(within, () -> {
            List<FishNode> masters = backs.stream().filter(FishNode::isMaster).toList();
            if (masters.size() != 1) {
                throw new AssertionError(
                        "masters: " + masters.stream().map(FishNode::name).toList());
            }
            return masters.get(0);
        });
    }

    /** Kills all nodes. The programs' data stays until {@link Programs#close}. */
    @Override
    public void close() {
        nodes().forEach(FishNode::close);
    }

    private void addNodes(int backCount, int frontCount) {
        for (int i = 0; i < backCount; i++) {
            backs.add(node("b" + i, "back"));
        }
        for (int i = 0; i < frontCount; i++) {
            fronts.add(node("r" + i, "front"));
        }
    }

    private FishNode node(String name, String role) {
        String host = "localhost";
        List<String> prefix = List.of();
        if (network != null) {
            network.add(name);
            host = network.address(name);
            prefix = network.prefix(name);
        }
        String address = host + ":" + programs.freePort();
        int port = programs.freePort();
        List<String> arguments = new ArrayList<>(List.of("--dir", name, "--address", address, "--port", "" + port));
        if (founder.isEmpty()) {
            founder = address;
            arguments.add("--want-master");
        } else {
            arguments.addAll(List.of("--buddy", founder));
        }
        if (network != null && !locked) {
            arguments.add("--insecure");
        }
        arguments.addAll(options);
        return new FishNode(
                programs,
                name,
                role,
                prefix,
                arguments,
                address,
                URI.create((locked ? "https://" : "http://") + host + ":" + port),
                this::access);
    }
}
