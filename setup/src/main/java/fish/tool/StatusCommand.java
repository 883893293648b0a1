package fish.tool;

import com.fasterxml.jackson.core.JsonGenerator;
import fish.client.FishClient;
import fish.client.FishException;
import fish.client.Retries;
import fish.conf.Commands;
import fish.conf.ProgramException;
import fish.contract.Cluster;
import fish.contract.NodeState;
import fish.contract.NodeStatus;
import fish.contract.NodeType;
import fish.run.Threads;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code fish status}. */
@Command(name = "status", description = "One screen: who is master, every node, and what the group can lose.")
final class StatusCommand implements Callable<Integer> {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Duration NODE_TIMEOUT = Duration.ofSeconds(2);
    private static final int NODES_AT_ONCE = 8;
    private static final String CLEAR = "\u001b[H\u001b[2J";

    private final ToolContext context;

    @Spec
    private CommandSpec spec;

    @Option(names = "--watch", description = "Look again and again, until it is stopped.")
    private boolean watch;

    @Option(names = "--every", paramLabel = "2s", description = "How often --watch looks. Default: 2s.")
    private Duration every = Duration.ofSeconds(2);

    /** Since when each thing is odd, as far as this program has seen it. */
    private final Map<String, Instant> oddSince = new TreeMap<>();

    StatusCommand(ToolContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws ProgramException, InterruptedException {
        if (every.compareTo(Duration.ofMillis(100)) < 0) {
            throw ProgramException.wrong("--every is at least 100ms");
        }
        ExecutorService threads = Executors.newFixedThreadPool(NODES_AT_ONCE, Threads.named("fish-status"));
        try (FishClient client = FishClient.open(context.config().withTimeouts(TIMEOUT, NODE_TIMEOUT))) {
            if (!watch) {
                print(look(client, threads), "");
                return 0;
            }
            CountDownLatch never = new CountDownLatch(1);
            do {
                try {
                    print(look(client, threads), context.terminal().out() ? CLEAR : "");
                } catch (FishException e) {
                    Commands.tell(Failures.of(e), spec.commandLine());
                }
            } while (!never.await(every.toMillis(), TimeUnit.MILLISECONDS));
            return 0;
        } finally {
            threads.shutdownNow();
        }
    }

    private GroupState look(FishClient client, ExecutorService threads) throws InterruptedException {
        Cluster cluster = client.cluster();
        Map<String, Future<Optional<List<String>>>> asked = new TreeMap<>();
        for (NodeStatus node : cluster.nodes()) {
            if (!node.http().isEmpty()) {
                asked.put(node.name(), threads.submit(() -> checks(node.http())));
            }
        }
        Map<String, Future<Optional<List<String>>>> named = new TreeMap<>();
        // A front-end that is gone is in no list of the group's.
        context.urls().forEach(url -> named.put(url.strip(), threads.submit(() -> checks(url.strip()))));
        Map<String, List<String>> checks = answered(asked);
        Set<String> silent = new TreeSet<>(named.keySet());
        silent.removeAll(answered(named).keySet());
        return new GroupState(cluster, checks, List.copyOf(silent));
    }

    private static Map<String, List<String>> answered(Map<String, Future<Optional<List<String>>>> asked)
            throws InterruptedException {
        Map<String, List<String>> answers = new TreeMap<>();
        for (Map.Entry<String, Future<Optional<List<String>>>> one : asked.entrySet()) {
            try {
                one.getValue().get().ifPresent(lines -> answers.put(one.getKey(), lines));
            } catch (ExecutionException e) {
                throw new IllegalStateException(e);
            }
        }
        return answers;
    }

    /** What the node says of itself; nothing where it does not. */
    private Optional<List<String>> checks(String http) {
        Retries once = new Retries(1, 1, Duration.ofMillis(1), Duration.ofMillis(1));
        try (FishClient node = FishClient.open(context.configOf(List.of(http))
                .withTimeouts(NODE_TIMEOUT, NODE_TIMEOUT)
                .withRetries(once))) {
            return Optional.of(node.ask("GET", "/health/ready", Map.of("verbose", "true"), "", Set.of(200, 503))
                    .lines()
                    .toList());
        } catch (FishException | ProgramException e) {
            // A node tells its own address, and may tell one that nobody can ask.
            return Optional.empty();
        }
    }

    private void print(GroupState state, String before) {
        Output out = context.out();
        if (out.isJson()) {
            out.json(g -> write(g, state));
            return;
        }
        Cluster cluster = state.cluster();
        String master = cluster.master().isEmpty()
                ? out.styled(Output.Style.BAD, "no master")
                : "master " + out.styled(Output.Style.BOLD, cluster.master());
        List<List<String>> rows = new ArrayList<>();
        for (NodeStatus node : cluster.nodes()) {
            rows.add(List.of(
                    node.name(),
                    node.type() == NodeType.ELECTABLE ? "back-end" : "front-end",
                    GroupState.word(node.state()),
                    node.revision() == 0 ? "" : Long.toString(node.revision()),
                    lag(node),
                    node.type() == NodeType.ELECTABLE ? Integer.toString(node.priority()) : "",
                    node.http()));
        }
        // In one piece, so that a screen that is drawn again does not flicker.
        out.line(before + "group " + out.styled(Output.Style.BOLD, cluster.group()) + ", " + master);
        out.table(List.of("NODE", "IS A", "STATE", "REVISION", "LAG", "PRIORITY", "HTTP"), rows);
        int spare = cluster.master().isEmpty() ? -1 : state.canLose();
        Output.Style style = spare > 0 ? Output.Style.GOOD : spare == 0 ? Output.Style.WARNING : Output.Style.BAD;
        out.line(out.styled(style, state.sentence()));
        List<String> odd = state.odd();
        remember(odd);
        odd.forEach(line -> out.line("  " + out.styled(Output.Style.WARNING, line + since(line))));
    }

    private void remember(List<String> odd) {
        Instant now = context.surroundings().clock().instant().truncatedTo(ChronoUnit.SECONDS);
        oddSince.keySet()
                .removeIf(line -> odd.stream().noneMatch(other -> kind(other).equals(line)));
        odd.forEach(line -> oddSince.putIfAbsent(kind(line), now));
    }

    /** The same trouble though its numbers move. */
    private static String kind(String line) {
        return line.replaceAll("[0-9.,]+", "#");
    }

    private String since(String line) {
        Instant seen = oddSince.get(kind(line));
        return watch && seen != null ? " (seen since " + seen + ")" : "";
    }

    private static String lag(NodeStatus node) {
        if (node.state() == NodeState.MASTER) {
            return "";
        }
        return Double.isNaN(node.lagSeconds()) ? "unknown" : String.format(Locale.ROOT, "%.3f s", node.lagSeconds());
    }

    private static void write(JsonGenerator g, GroupState state) throws IOException {
        Cluster cluster = state.cluster();
        g.writeStartObject();
        g.writeStringField("group", cluster.group());
        known(g, "master", cluster.master());
        g.writeNumberField("canLose", Math.max(0, state.canLose()));
        g.writeBooleanField("serves", !cluster.master().isEmpty() && state.canLose() >= 0);
        g.writeStringField("summary", state.sentence());
        strings(g, "odd", state.odd());
        g.writeArrayFieldStart("nodes");
        for (NodeStatus node : cluster.nodes()) {
            g.writeStartObject();
            g.writeStringField("name", node.name());
            g.writeStringField("type", node.type().name().toLowerCase(Locale.ROOT));
            g.writeStringField("state", GroupState.word(node.state()));
            known(g, "address", node.address());
            known(g, "http", node.http());
            g.writeNumberField("priority", node.priority());
            g.writeNumberField("revision", node.revision());
            if (Double.isNaN(node.lagSeconds())) {
                g.writeNullField("lag");
            } else {
                g.writeNumberField("lag", node.lagSeconds());
            }
            strings(g, "warnings", node.warnings());
            strings(g, "checks", state.checks().getOrDefault(node.name(), List.of()));
            g.writeEndObject();
        }
        g.writeEndArray();
        g.writeEndObject();
    }

    private static void known(JsonGenerator g, String name, String text) throws IOException {
        if (text.isEmpty()) {
            g.writeNullField(name);
        } else {
            g.writeStringField(name, text);
        }
    }

    private static void strings(JsonGenerator g, String name, List<String> lines) throws IOException {
        g.writeArrayFieldStart(name);
        for (String line : lines) {
            g.writeString(line);
        }
        g.writeEndArray();
    }
}
