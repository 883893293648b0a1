package fish.tool.report;

import fish.client.Document;
import fish.client.FishClient;
import fish.client.FishException;
import fish.contract.Cluster;
import fish.contract.NodeStatus;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** Asks every node of a group for what a report of a bug needs. One use; one thread. */
public final class Report {
    private static final List<String> TARGETS =
            List.of("/health/ready?verbose", "/metrics", "/cluster", "/cluster/report");

    private final FishClient client;
    private final Function<String, FishClient> nodes;
    private final Clock clock;
    private final Duration timeout;
    private final Map<String, byte[]> files = new TreeMap<>();
    private final List<String> missing = new ArrayList<>();

    /** What became of it: how many nodes are in it, and of those that are not what they said. */
    public record Result(int nodes, List<String> missing) {
        public Result {
            missing = List.copyOf(missing);
        }
    }

    /**
     * @param client of front-ends
     * @param nodes makes a client of the node at this URL, which is closed here
     * @param timeout of each answer
     */
    public Report(FishClient client, Function<String, FishClient> nodes, Clock clock, Duration timeout) {
        this.client = client;
        this.nodes = nodes;
        this.clock = clock;
        this.timeout = timeout;
    }

    /**
     * Asks them, and writes the tar.
     *
     * @param out is closed
     * @param version of the tool
     * @throws FishException where no front-end tells which nodes there are
     */
    public Result write(OutputStream out, String version) throws IOException {
        Document told = client.document("/cluster", timeout);
        files.put("cluster.json", told.body());
        Cluster cluster = client.cluster();
        int answered = 0;
        for (NodeStatus node : cluster.nodes()) {
            answered += ask(node) ? 1 : 0;
        }
        files.put("README", readme(version, answered).getBytes(StandardCharsets.UTF_8));
        try (TarWriter tar = new TarWriter(out, clock.instant())) {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                tar.add("fish-report/" + file.getKey(), file.getValue());
            }
        }
        return new Result(answered, missing);
    }

    /** Whether the node answered anything. */
    private boolean ask(NodeStatus node) {
        if (node.http().isEmpty()) {
            missing.add(node.name() + ": nobody knows its address");
            return false;
        }
        String where = node.name() + " at " + node.http();
        try (FishClient one = nodes.apply(node.http())) {
            boolean answered = false;
            for (String target : TARGETS) {
                String file = node.name() + "/" + fileOf(target);
                try {
                    Document document = one.document(target, timeout);
                    answered = true;
                    keep(file, target, document);
                } catch (FishException e) {
                    missing.add((answered ? file : where) + ": " + e.getMessage());
                    if (!answered) {
                        return false; // nor would it answer the others
                    }
                }
            }
            return answered;
        } catch (IllegalArgumentException e) {
            missing.add(where + ": " + e.getMessage());
            return false;
        }
    }

    private void keep(String file, String target, Document document) {
        if (document.status() == 200 || target.startsWith("/health")) {
            files.put(file, document.body());
        } else {
            missing.add(file + ": status " + document.status());
        }
    }

    private static String fileOf(String target) {
        return switch (target) {
            case "/cluster/report" -> "report.json";
            case "/cluster" -> "cluster.json";
            case "/metrics" -> "metrics.txt";
            default -> "ready.txt";
        };
    }

    private String readme(String version, int answered) {
        StringBuilder text = new StringBuilder();
        text.append("A report on a group of Fish nodes, made ").append(clock.instant());
        text.append(" by bin/fish ").append(version).append(".\n");
        text.append(answered).append(" nodes answered. In it are no values, no keys of records and no tokens.\n");
        missing.forEach(line -> text.append("missing: ").append(line).append('\n'));
        return text.toString();
    }
}
