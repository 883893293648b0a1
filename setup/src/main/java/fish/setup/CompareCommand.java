package fish.setup;

import fish.conf.ProgramException;
import fish.conf.Surroundings;
import fish.conf.Version;
import fish.run.Closing;
import fish.run.EventLog;
import fish.run.Shutdown;
import fish.tool.bench.Bench;
import fish.tool.bench.BenchResult;
import fish.tool.bench.BenchWork;
import fish.tool.bench.Comparison;
import fish.tool.bench.Machine;
import fish.tool.bench.Plan;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.IntConsumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Fish and etcd under the same load, side by side on one disk, in turns. */
@Command(
        name = "bin/bench",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Starts three etcd members and a group of three back-ends and a front-end on this machine, fills both,",
            "measures them in turns, and prints medians and ratios. Debian has etcd as etcd-server.",
            "bin/fish bench measures what runs already."
        })
public final class CompareCommand implements Callable<Integer> {
    private static final Duration READY_MAX = Duration.ofSeconds(90);
    private static final Duration STOP_MAX = Duration.ofSeconds(20);
    private static final int FRONT_PORT = 8000;
    private static final int BACKS = 3;
    private static final int FILL_CONNECTIONS = 64;

    /** Of each measurement, before it counts. */
    private static final int SETTLE_SECONDS = 3;

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** What is measured, and where it listens. */
    private record Store(String dialect, InetSocketAddress address) {}

    private final Surroundings surroundings;
    private final IntConsumer halt;

    @Option(
            names = "--work",
            split = ",",
            paramLabel = "NAME",
            description = "put, hot, txn, get, get-local, list,"
                    + " list-local or mixed, several with commas. Default: put,txn,get,get-local,list.")
    private List<String> work = List.of("put", "txn", "get", "get-local", "list");

    @Option(names = "--connections", split = ",", paramLabel = "N", description = "Default: 1,16,64,256.")
    private List<Integer> connections = List.of(1, 16, 64, 256);

    @Option(names = "--rounds", paramLabel = "N", description = "Each measures both once. Default: 5.")
    private int rounds = 5;

    @Option(names = "--rate", paramLabel = "N", description = "Offered in a second. Default: as fast as answers come.")
    private double rate;

    @Option(names = "--warm-up", paramLabel = "SECONDS", description = "Of each store, once, by puts. Default: 120.")
    private int warmUp = 120;

    @Option(names = "--duration", paramLabel = "SECONDS", description = "Of each measurement. Default: 15.")
    private int duration = 15;

    @Option(names = "--keys", paramLabel = "N", description = "Default: 100000.")
    private int keys = 100_000;

    @Option(names = "--value-size", paramLabel = "BYTES", description = "Default: 1024.")
    private int valueBytes = 1024;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description = "Where all data lies while it runs, a real disk." + " Default: the working directory.")
    private String dir = ".";

    @Option(names = "--out", paramLabel = "FILE", description = "All that was measured, as JSON. Default: bench.json.")
    private String out = "bench.json";

    /** @param halt see {@link Shutdown} */
    public CompareCommand(Surroundings surroundings, IntConsumer halt) {
        this.surroundings = surroundings;
        this.halt = halt;
    }

    @Override
    public Integer call() throws ProgramException, InterruptedException {
        Path etcd = requireRight();
        try (Closing closing = new Closing()) {
            EventLog events = new EventLog(surroundings.err(), surroundings.clock());
            new Shutdown(closing, STOP_MAX.multipliedBy(2), events, halt).onSignals();
            DemoHomes homes = closing.add(new DemoHomes(false));
            Path data =
                    homes.temporary(surroundings.workingDirectory().resolve(dir).normalize());
            tell("data lies in %s, on %s".formatted(data, fileSystem(data)));
            EtcdMembers members = closing.add(EtcdMembers.start(etcd, data, environment(), line -> {}));
            InetSocketAddress front = startFish(closing, homes, data);
            tell("etcd serves at %s, Fish at %s".formatted(members.client(), front));
            Comparison comparison = new Comparison();
            measure(comparison, front, members.client());
            print(comparison);
            return 0;
        } catch (IOException e) {
            throw ProgramException.failed("the comparison failed: " + e.getMessage())
                    .because(e);
        }
    }

    private Path requireRight() throws ProgramException {
        List<String> problems = new ArrayList<>();
        for (String name : work) {
            try {
                BenchWork.of(workload(name));
            } catch (IllegalArgumentException e) {
                problems.add("--work: " + e.getMessage() + "; not " + name);
            }
        }
        if (rounds < 1
                || duration < 1
                || warmUp < 0
                || keys < 2
                || connections.stream().anyMatch(n -> n < 1)) {
            problems.add("--rounds, --duration, --connections and --keys are positive");
        }
        Optional<Path> etcd = find("etcd");
        if (etcd.isEmpty()) {
            problems.add("there is no etcd in the PATH: Debian has it as etcd-server (apt-get install etcd-server)");
        }
        if (!problems.isEmpty()) {
            throw ProgramException.wrong(problems);
        }
        return etcd.orElseThrow();
    }

    private Optional<Path> find(String program) {
        String path = surroundings.environment().getOrDefault("PATH", "");
        for (String part : path.split(":", -1)) {
            Path found = Path.of(part).resolve(program);
            if (!part.isEmpty() && Files.isExecutable(found)) {
                return Optional.of(found.toAbsolutePath());
            }
        }
        return Optional.empty();
    }

    private static String fileSystem(Path path) throws IOException {
        String type = Files.getFileStore(path).type();
        return type.equals("tmpfs") ? "tmpfs, which is memory: name a disk with --dir" : type;
    }

    /** Nothing of Fish's own settings: both stores run as they are shipped. */
    private Map<String, String> environment() {
        Map<String, String> environment = new TreeMap<>(surroundings.environment());
        environment.keySet().removeIf(name -> name.startsWith("FISH_") || name.equals("PORT"));
        return environment;
    }

    private InetSocketAddress startFish(Closing closing, DemoHomes homes, Path data)
            throws ProgramException, InterruptedException {
        DemoPlan plan = DemoPlan.of(
                BACKS,
                1,
                Ports.adjacent(FRONT_PORT, 1),
                data,
                surroundings.installation().resolve("bin"));
        for (DemoPlan.Planned node : plan.all()) {
            homes.make(node.home(), surroundings.clock());
        }
        List<Child> nodes = new ArrayList<>();
        closing.add(() -> {
            nodes.forEach(Child::askToStop);
            nodes.forEach(Child::close);
        });
        String url = "";
        for (DemoPlan.Planned node : plan.all()) {
            Child child = new Child(node.name(), node.command(), environment(), line -> {}, STOP_MAX);
            nodes.add(child);
            child.start();
            url = child.awaitReady(READY_MAX);
        }
        URI front = URI.create(url);
        return new InetSocketAddress(front.getHost(), front.getPort());
    }

    /** @param fish where its front-end listens */
    private void measure(Comparison comparison, InetSocketAddress fish, InetSocketAddress etcd)
            throws IOException, InterruptedException {
        for (Store store : List.of(new Store("fish", fish), new Store("etcd", etcd))) {
            tell(store.dialect() + " is filled with %,d records and warmed up for %d s".formatted(keys, warmUp));
            run(plan(store, "put", FILL_CONNECTIONS, Duration.ofSeconds(warmUp), true));
        }
        List<Store> order = new ArrayList<>(List.of(new Store("fish", fish), new Store("etcd", etcd)));
        for (String name : work) {
            for (int count : connections) {
                for (int round = 1; round <= rounds; round++) {
                    for (Store store : order) {
                        Duration before = Duration.ofSeconds(Math.min(SETTLE_SECONDS, duration));
                        BenchResult result = run(plan(store, name, count, before, false));
                        comparison.add(name, result);
                        tell("%s, %s, %d connections, round %d of %d: %,.0f/s"
                                .formatted(
                                        store.dialect(),
                                        name,
                                        count,
                                        round,
                                        rounds,
                                        result.totals().rate()));
                    }
                    Collections.reverse(order);
                }
            }
        }
    }

    private static BenchResult run(Plan plan) throws IOException, InterruptedException {
        return new Bench(plan, line -> {}).run();
    }

    private static String workload(String name) {
        return name.replaceFirst("-local$", "");
    }

    private Plan plan(Store store, String name, int count, Duration before, boolean fill) {
        String consistency = name.endsWith("-local") ? "local" : "strong";
        return new Plan(
                new Plan.Target(List.of(store.address()), store.dialect(), consistency, "", ""),
                BenchWork.of(workload(name)),
                new Plan.Load(count, fill ? 0 : rate, 0.5, 0),
                new Plan.Data("bench/", keys, valueBytes, fill),
                new Plan.Times(before, Duration.ofSeconds(fill ? 1 : duration), TIMEOUT));
    }

    private void print(Comparison comparison) throws IOException {
        Path file = surroundings.workingDirectory().resolve(out);
        Files.write(file, comparison.json());
        var text = surroundings.out();
        text.println("medians of %d rounds of %d s, values of %,d bytes, %,d keys, warmed up %d s; latencies in ms"
                .formatted(rounds, duration, valueBytes, keys, warmUp));
        text.println(Machine.here().line());
        text.println("Fish: durability as shipped (quorum), one front-end; etcd: three members, all load to one");
        List<List<String>> rows = new ArrayList<>(List.of(Comparison.HEAD));
        rows.addAll(comparison.rows());
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.size(); i++) {
                line.append(i == 0 ? "%-12s".formatted(row.get(i)) : "%12s".formatted(row.get(i)));
            }
            text.println(line);
        }
        comparison.failures().forEach(text::println);
        text.println("all of it is in " + file);
        text.flush();
    }

    private void tell(String line) {
        surroundings.err().println(line);
        surroundings.err().flush();
    }
}
