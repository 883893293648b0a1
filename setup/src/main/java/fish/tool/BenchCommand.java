package fish.tool;

import fish.conf.ProgramException;
import fish.kv.Durability;
import fish.tool.bench.Bench;
import fish.tool.bench.BenchJson;
import fish.tool.bench.BenchPlot;
import fish.tool.bench.BenchResult;
import fish.tool.bench.BenchText;
import fish.tool.bench.BenchWork;
import fish.tool.bench.Plan;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code fish bench}. */
@Command(
        name = "bench",
        description = {
            "Makes load on a store, and measures it.",
            "It puts records under --prefix and leaves them there: bin/fish delete --prefix P takes them away."
        })
final class BenchCommand implements Callable<Integer> {
    private static final int KEYS_MAX = 100_000_000;
    private static final int CONNECTIONS_MAX = 20_000;
    private static final double RATE_FOR_WATCHERS = 1_000;

    private final ToolContext context;

    @Option(names = "--dialect", paramLabel = "NAME", description = "fish, etcd or consul. Default: fish.")
    private String dialect = "fish";

    @Option(
            names = "--workload",
            paramLabel = "NAME",
            description = "put, get, mixed, hot (puts to one key), txn (two puts, one condition), list (100 records)"
                    + " or watch. Default: put.")
    private String workload = "put";

    @Option(names = "--connections", paramLabel = "N", description = "Default: 64.")
    private int connections = 64;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description =
                    "Requests offered in a second, whatever the answers do; latency counts from when each was due."
                            + " Default: each connection sends as soon as it is answered; for watch 1000.")
    private double rate;

    @Option(names = "--reads", paramLabel = "PERCENT", description = "Of mixed, how many are gets. Default: 50.")
    private int reads = 50;

    @Option(
            names = "--watchers",
            paramLabel = "N",
            description = "Of watch, each on a prefix of its own. Default: 100.")
    private int watchers = 100;

    @Option(names = "--keys", paramLabel = "N", description = "Drawn at random. Default: 100000.")
    private int keys = 100_000;

    @Option(names = "--value-size", paramLabel = "BYTES", description = "Default: 1024.")
    private int valueBytes = 1024;

    @Option(names = "--prefix", paramLabel = "P", description = "Of all keys. Default: bench/.")
    private String prefix = "bench/";

    @Option(names = "--no-fill", description = "Do not put all keys first.")
    private boolean noFill;

    @Option(names = "--warm-up", paramLabel = "TIME", description = "Not measured. Default: 10s.")
    private Duration warmUp = Duration.ofSeconds(10);

    @Option(names = "--duration", paramLabel = "TIME", description = "Measured. Default: 30s.")
    private Duration duration = Duration.ofSeconds(30);

    @Option(names = "--timeout", paramLabel = "TIME", description = "Of a request. Default: 10s.")
    private Duration timeout = Duration.ofSeconds(10);

    @Option(names = "--consistency", paramLabel = "WORD", description = "Of gets and lists: strong, master or local.")
    private String consistency = "strong";

    @Option(names = "--durability", paramLabel = "LEVEL", description = "Of Fish's writes. Default: the group's.")
    private String durability = "";

    @Option(names = "--plot", paramLabel = "FILE", description = "Draw latency and throughput: .svg or .html.")
    private String plot = "";

    BenchCommand(ToolContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws ProgramException, InterruptedException {
        requireRight();
        boolean shown = context.terminal().err();
        Bench bench;
        try {
            bench = new Bench(plan(), line -> progress(line, shown));
        } catch (IllegalArgumentException e) {
            throw ProgramException.wrong(String.valueOf(e.getMessage())).because(e);
        }
        BenchResult result;
        try {
            result = bench.run();
        } catch (IOException e) {
            throw ProgramException.failed("the bench failed: " + e.getMessage()).because(e);
        }
        if (shown) {
            progress("", true);
        }
        print(result);
        draw(result);
        return result.totals().good() > 0 ? 0 : ProgramException.FAILED;
    }

    private void progress(String line, boolean onTerminal) {
        var err = context.surroundings().err();
        if (onTerminal) {
            err.print("\r\u001b[K" + line);
            err.flush();
        } else {
            context.tell(line);
        }
    }

    private void requireRight() throws ProgramException {
        List<String> problems = new ArrayList<>();
        require(
                problems,
                connections >= 1 && connections <= CONNECTIONS_MAX,
                "--connections is 1 to " + CONNECTIONS_MAX);
        require(problems, rate >= 0 && rate <= 10_000_000, "--rate is at most 10000000");
        require(problems, reads >= 0 && reads <= 100, "--reads is 0 to 100");
        require(problems, watchers >= 1 && watchers <= CONNECTIONS_MAX, "--watchers is 1 to " + CONNECTIONS_MAX);
        require(problems, keys >= 2 && keys <= KEYS_MAX, "--keys is 2 to " + KEYS_MAX);
        require(problems, valueBytes >= 0 && valueBytes <= 8 << 20, "--value-size is 0 to " + (8 << 20));
        require(
                problems,
                prefix.matches("[A-Za-z0-9/_.-]{0,200}"),
                "--prefix is letters, digits and / _ . -, at most 200 of them");
        require(
                problems,
                List.of("strong", "master", "local").contains(consistency),
                "--consistency is strong, master or local");
        require(
                problems,
                durability.isEmpty() || isDurability(),
                "--durability is memory, master, quorum, all or sites");
        require(problems, !duration.isZero(), "--duration is not 0");
        require(
                problems,
                plot.isEmpty() || plot.endsWith(".svg") || plot.endsWith(".html"),
                "--plot is a FILE.svg or FILE.html");
        if (!problems.isEmpty()) {
            throw ProgramException.wrong(problems);
        }
    }

    private boolean isDurability() {
        return List.of(Durability.values()).stream()
                .filter(level -> level != Durability.DEFAULT)
                .anyMatch(level -> level.name().equalsIgnoreCase(durability));
    }

    private static void require(List<String> problems, boolean holds, String otherwise) {
        if (!holds) {
            problems.add(otherwise);
        }
    }

    private Plan plan() throws ProgramException {
        BenchWork asked = BenchWork.of(workload);
        double offered = rate == 0 && asked == BenchWork.WATCH ? RATE_FOR_WATCHERS : rate;
        return new Plan(
                new Plan.Target(
                        addresses(),
                        dialect,
                        consistency,
                        durability,
                        context.config().token()),
                asked,
                new Plan.Load(connections, offered, reads / 100.0, watchers),
                new Plan.Data(prefix, keys, valueBytes, !noFill),
                new Plan.Times(warmUp, duration, timeout));
    }

    private List<InetSocketAddress> addresses() throws ProgramException {
        List<InetSocketAddress> addresses = new ArrayList<>();
        for (String url : context.urls()) {
            URI uri = URI.create(url.strip());
            if (!"http".equals(uri.getScheme()) || uri.getHost() == null) {
                throw ProgramException.wrong("bench speaks plain HTTP alone: --at http://host:port, not '" + url + "'");
            }
            InetSocketAddress address = new InetSocketAddress(uri.getHost(), uri.getPort() < 0 ? 80 : uri.getPort());
            if (address.isUnresolved()) {
                throw ProgramException.failed("there is no host " + uri.getHost());
            }
            addresses.add(address);
        }
        return addresses;
    }

    private void print(BenchResult result) {
        Output out = context.out();
        if (out.isJson()) {
            out.bytes(BenchJson.of(result));
            out.line("");
            return;
        }
        BenchText.above(result).forEach(out::line);
        out.table(BenchText.HEAD, BenchText.rows(result));
        BenchText.below(result).forEach(out::line);
    }

    private void draw(BenchResult result) throws ProgramException {
        if (plot.isEmpty()) {
            return;
        }
        Path file = context.surroundings().workingDirectory().resolve(plot);
        try {
            Files.writeString(file, BenchPlot.of(result, plot.endsWith(".html")));
        } catch (IOException e) {
            throw ProgramException.failed("cannot write " + file + ": " + e.getMessage())
                    .because(e);
        }
    }
}
