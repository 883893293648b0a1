package fish.tool;

import com.fasterxml.jackson.core.JsonGenerator;
import fish.conf.ProgramException;
import fish.contract.Cluster;
import fish.contract.NodeStatus;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** {@code fish check}. */
@Command(
        name = "check",
        description = "Reads through the log of each node, and compares the data of all, while the group serves."
                + " Exit code 1 where anything differs, is damaged or could not be looked at.")
final class CheckCommand implements Callable<Integer> {
    private final ToolContext context;

    /** What was found out. */
    private static final class Findings {
        final Map<String, NodeDigests.Logs> logs = new TreeMap<>();
        /** Of nodes that could not be looked at, and why. */
        final Map<String, String> problems = new TreeMap<>();

        DataComparison.@Nullable Result data;
        String dataProblem = "";

        boolean good() {
            DataComparison.Result compared = data;
            return problems.isEmpty()
                    && compared != null
                    && compared.differences().isEmpty()
                    && logs.values().stream().allMatch(log -> log.damaged().isEmpty());
        }
    }

    CheckCommand(ToolContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws ProgramException {
        Cluster cluster = context.client().cluster();
        Findings findings = new Findings();
        Map<String, URI> nodes = new LinkedHashMap<>();
        for (NodeStatus node : cluster.nodes()) {
            if (node.http().isEmpty()) {
                findings.problems.put(node.name(), "it is not reachable");
            } else {
                nodes.put(node.name(), URI.create(node.http()));
            }
        }
        NodeHttp http = new NodeHttp(context);
        look(http, nodes, findings);
        nodes.keySet().removeAll(findings.problems.keySet());
        if (nodes.isEmpty()) {
            findings.dataProblem = "no node could be looked at";
        } else {
            compare(http, nodes, findings);
        }
        print(cluster, findings);
        return findings.good() ? 0 : ProgramException.FAILED;
    }

    /** Node by node: it is work for their disks. */
    private void look(NodeHttp http, Map<String, URI> nodes, Findings findings) {
        if (nodes.isEmpty()) {
            return;
        }
        try (NodeDigests asking = new NodeDigests(http, nodes)) {
            for (Map.Entry<String, URI> node : nodes.entrySet()) {
                try {
                    going("reads through the log of " + node.getKey());
                    findings.logs.put(node.getKey(), asking.logs(node.getValue()));
                } catch (NodeFailedException e) {
                    findings.problems.put(node.getKey(), String.valueOf(e.getMessage()));
                }
            }
        }
    }

    private void compare(NodeHttp http, Map<String, URI> nodes, Findings findings) {
        try (NodeDigests asking = new NodeDigests(http, nodes)) {
            going("compares the data of " + nodes.size() + " nodes");
            findings.data = new DataComparison(asking).run();
        } catch (NodeFailedException e) {
            findings.dataProblem = String.valueOf(e.getMessage());
        }
    }

    private void going(String what) {
        if (context.terminal().err()) {
            context.tell(what);
        }
    }

    private void print(Cluster cluster, Findings findings) {
        Output out = context.out();
        if (out.isJson()) {
            out.json(g -> json(g, cluster, findings));
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        for (NodeStatus node : cluster.nodes()) {
            rows.add(List.of(node.name(), logInWords(node.name(), findings)));
        }
        out.table(List.of("NODE", "LOG"), rows);
        DataComparison.Result data = findings.data;
        if (data == null) {
            out.line(out.styled(Output.Style.BAD, "the data was not compared: " + findings.dataProblem));
            return;
        }
        if (data.differences().isEmpty()) {
            String nodes = findings.problems.isEmpty() ? "all nodes" : "the nodes that answered";
            out.line(out.styled(
                    Output.Style.GOOD,
                    "%s hold the same %d records at revision %d".formatted(nodes, data.records(), data.revision())));
        }
        for (DataComparison.Difference difference : data.differences()) {
            out.line(out.styled(Output.Style.BAD, "differs: " + difference.key()) + "  "
                    + Printable.of(inWords(difference)));
        }
        if (data.more()) {
            out.line("and more, which were not looked for");
        }
        if (data.changing() > 0) {
            out.line(data.changing() + " keys were changed all the time, and could not be compared");
        }
    }

    private static String logInWords(String node, Findings findings) {
        NodeDigests.Logs logs = findings.logs.get(node);
        if (logs == null) {
            return "not looked at: " + findings.problems.getOrDefault(node, "");
        }
        String size = logs.files() + " files, " + ByteCount.of(logs.bytes());
        return logs.damaged().isEmpty()
                ? "sound: " + size
                : "damaged: " + String.join(", ", logs.damaged().values());
    }

    private static String inWords(DataComparison.Difference difference) {
        List<String> words = new ArrayList<>();
        for (Map.Entry<String, DataComparison.@Nullable Held> one :
                difference.held().entrySet()) {
            DataComparison.Held held = one.getValue();
            words.add(one.getKey()
                    + (held == null
                            ? ": none"
                            : ": revision " + held.revision() + " ("
                                    + held.digest().substring(0, 8) + ")"));
        }
        return String.join(", ", words);
    }

    private static void json(JsonGenerator g, Cluster cluster, Findings findings) throws IOException {
        g.writeStartObject();
        g.writeBooleanField("good", findings.good());
        g.writeArrayFieldStart("nodes");
        for (NodeStatus node : cluster.nodes()) {
            jsonOf(g, node.name(), findings);
        }
        g.writeEndArray();
        DataComparison.Result data = findings.data;
        if (data == null) {
            g.writeStringField("problem", findings.dataProblem);
        } else {
            g.writeNumberField("revision", data.revision());
            g.writeNumberField("records", data.records());
            g.writeNumberField("changing", data.changing());
            g.writeArrayFieldStart("differences");
            for (DataComparison.Difference difference : data.differences()) {
                jsonOf(g, difference);
            }
            g.writeEndArray();
            g.writeBooleanField("more", data.more());
        }
        g.writeEndObject();
    }

    private static void jsonOf(JsonGenerator g, String node, Findings findings) throws IOException {
        g.writeStartObject();
        g.writeStringField("name", node);
        NodeDigests.Logs logs = findings.logs.get(node);
        if (logs == null) {
            g.writeStringField("problem", findings.problems.getOrDefault(node, ""));
        } else {
            g.writeNumberField("files", logs.files());
            g.writeNumberField("bytes", logs.bytes());
            g.writeObjectFieldStart("damaged");
            for (Map.Entry<String, String> damage : logs.damaged().entrySet()) {
                g.writeStringField(damage.getKey(), damage.getValue());
            }
            g.writeEndObject();
        }
        g.writeEndObject();
    }

    private static void jsonOf(JsonGenerator g, DataComparison.Difference difference) throws IOException {
        g.writeStartObject();
        g.writeStringField("key", difference.key().toString());
        g.writeObjectFieldStart("nodes");
        for (Map.Entry<String, DataComparison.@Nullable Held> one :
                difference.held().entrySet()) {
            DataComparison.Held held = one.getValue();
            if (held == null) {
                g.writeNullField(one.getKey());
            } else {
                g.writeObjectFieldStart(one.getKey());
                g.writeNumberField("revision", held.revision());
                g.writeStringField("digest", held.digest());
                g.writeEndObject();
            }
        }
        g.writeEndObject();
        g.writeEndObject();
    }
}
