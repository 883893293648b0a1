package fish.testing;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A network of its own in Linux network namespaces: one for each node and one for the bridge between
 * them, to which this JVM's namespace is attached too. Needs root and {@code ip}. Not thread-safe.
 *
 * <p>A cut sends what one node has for the other to a MAC address that nobody has: connections see
 * silence, as with a pulled cable, and no error on either side. This JVM reaches every node always.
 *
 * <p>Namespaces are called {@code fish-PID-RUN-NODE}. Closing kills what runs in them and deletes
 * them; those that a dead JVM left behind are swept away when the next network is made.
 */
public final class Network implements AutoCloseable {
    /** So that no name comes twice in a process: the system takes its time to forget one. */
    private static final AtomicInteger RUNS = new AtomicInteger();

    private static final String NOWHERE = "02:00:00:00:00:01";
    private static final String SWITCH = "switch";
    private static final int NODES_MAX = 200;
    private static final int SUBNET_TRIES_MAX = 100;

    private final String prefix;
    private final String subnet;
    private final Map<String, String> addresses = new HashMap<>();
    private final Set<Cut> cuts = new HashSet<>();
    private final AtExit atExit;

    private record Cut(String from, String to) {}

    private Network(String prefix, String subnet) {
        this.prefix = prefix;
        this.subnet = subnet;
        this.atExit = new AtExit("delete-" + prefix, () -> deleteNamespaces(prefix));
    }

    /** Whether this machine lets us make one. */
    public static boolean isPossible() {
        try {
            Shell.run("ip", "netns", "add", probeName());
            Shell.run("ip", "netns", "delete", probeName());
            return true;
        } catch (AssertionError | UncheckedIOException e) {
            return false;
        }
    }

    public static Network create() {
        sweep();
        Random random = new Random();
        String run = Integer.toString(RUNS.getAndIncrement() % (36 * 36), 36);
        Network network = new Network("fish-" + ProcessHandle.current().pid() + "-" + run + "-", freeSubnet(random));
        try {
            network.createSwitch("f" + Long.toString(ProcessHandle.current().pid(), 36) + run);
        } catch (AssertionError e) {
            network.close();
            throw e;
        }
        return network;
    }

    /** Connects a new node, under a name of letters and digits. */
    public void add(String node) {
        if (addresses.containsKey(node) || addresses.size() == NODES_MAX) {
            throw new IllegalArgumentException("cannot add " + node + " to " + addresses.keySet());
        }
        int number = addresses.size() + 1;
        String address = subnet + number;
        Shell.run("ip", "netns", "add", namespace(node));
        addresses.put(node, address);
        Shell.run(
                "ip",
                "link",
                "add",
                "eth0",
                "netns",
                namespace(node),
                "type",
                "veth",
                "peer",
                "name",
                "p" + number,
                "netns",
                namespace(SWITCH));
        batch(SWITCH, List.of("link set p" + number + " master br0 up"));
        batch(node, List.of("address add " + address + "/24 dev eth0", "link set lo up", "link set eth0 up"));
    }

    /** The IPv4 address of a node. */
    public String address(String node) {
        String address = addresses.get(node);
        if (address == null) {
            throw new IllegalArgumentException("no node " + node + " in " + addresses.keySet());
        }
        return address;
    }

    /** The address under which nodes reach this JVM. */
    public String ownAddress() {
        return subnet + "254";
    }

    /** What to put before a command so that it runs on a node. The pid stays that of the command. */
    public List<String> prefix(String node) {
        return List.of("ip", "netns", "exec", namespace(node));
    }

    /** Nothing more gets from {@code from} to {@code to}; the other direction stays as it is. */
    public void cutOneWay(String from, String to) {
        cut(List.of(new Cut(from, to)));
    }

    /** Nothing more gets through between the two. */
    public void cut(String a, String b) {
        cut(List.of(new Cut(a, b), new Cut(b, a)));
    }

    /** Cuts all of one side from all of the other; whoever is on neither side reaches both. */
    public void partition(Set<String> one, Set<String> other) {
        List<Cut> between = new ArrayList<>();
        for (String a : one) {
            for (String b : other) {
                between.add(new Cut(a, b));
                between.add(new Cut(b, a));
            }
        }
        cut(between);
    }

    /** Cuts {@code nodes} from all other nodes. */
    public void isolate(Set<String> nodes) {
        Set<String> others = new HashSet<>(addresses.keySet());
        others.removeAll(nodes);
        partition(nodes, others);
    }

    /** Takes back all cuts. */
    public void heal() {
        change(cuts, "neighbour delete %s dev eth0");
        cuts.clear();
    }

    @Override
    public void close() {
        deleteNamespaces(prefix);
        atExit.cancel();
        addresses.clear();
        cuts.clear();
    }

    private void cut(List<Cut> wanted) {
        change(wanted, "neighbour replace %s lladdr " + NOWHERE + " nud permanent dev eth0");
        cuts.addAll(wanted);
    }

    private void change(Collection<Cut> links, String command) {
        Map<String, List<String>> commands = new HashMap<>();
        for (Cut link : links) {
            commands.computeIfAbsent(link.from, any -> new ArrayList<>()).add(String.format(command, address(link.to)));
        }
        commands.forEach(this::batch);
    }

    private void createSwitch(String ownInterface) {
        Shell.run("ip", "netns", "add", namespace(SWITCH));
        batch(SWITCH, List.of("link add br0 type bridge", "link set br0 up"));
        Shell.run("ip", "link", "add", ownInterface, "type", "veth", "peer", "name", "p0", "netns", namespace(SWITCH));
        batch(SWITCH, List.of("link set p0 master br0 up"));
        Shell.run("ip", "address", "add", ownAddress() + "/24", "dev", ownInterface);
        Shell.run("ip", "link", "set", ownInterface, "up");
    }

    private void batch(String node, List<String> commands) {
        Shell.run(List.of("ip", "-netns", namespace(node), "-batch", "-"), String.join("\n", commands) + "\n");
    }

    private String namespace(String node) {
        return prefix + node;
    }

    private static String probeName() {
        return "fish-" + ProcessHandle.current().pid() + "-probe";
    }

    private static String freeSubnet(Random random) {
        for (int i = 0; i < SUBNET_TRIES_MAX; i++) {
            String subnet = "10." + (100 + random.nextInt(150)) + "." + random.nextInt(256) + ".";
            if (Shell.run("ip", "-4", "route", "show", "root", subnet + "0/24").isBlank()) {
                return subnet;
            }
        }
        throw new AssertionError("no free subnet found in " + SUBNET_TRIES_MAX + " tries");
    }

    private static void sweep() {
        for (String namespace : namespaces("fish-")) {
            int end = namespace.indexOf('-', "fish-".length());
            String pid = end < 0 ? "" : namespace.substring("fish-".length(), end);
            if (pid.matches("[0-9]{1,10}")
                    && ProcessHandle.of(Long.parseLong(pid)).isEmpty()) {
                sweep(namespace);
            }
        }
    }

    private static void sweep(String namespace) {
        try {
            deleteNamespaces(namespace);
        } catch (AssertionError e) {
            if (namespaces("").contains(namespace)) {
                throw e;
            }
            // Another JVM swept it at the same time.
        }
    }

    private static void deleteNamespaces(String prefix) {
        for (String namespace : namespaces(prefix)) {
            Shell.run("ip", "netns", "pids", namespace).lines().forEach(pid -> ProcessHandle.of(Long.parseLong(pid))
                    .ifPresent(ProcessHandle::destroyForcibly));
            Shell.run("ip", "netns", "delete", namespace);
        }
    }

    private static List<String> namespaces(String prefix) {
        return Shell.run("ip", "netns", "list")
                .lines()
                .map(line -> line.indexOf(' ') < 0 ? line : line.substring(0, line.indexOf(' ')))
                .filter(name -> name.startsWith(prefix))
                .toList();
    }
}
