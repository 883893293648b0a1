package fish.api;

import com.fasterxml.jackson.core.JsonGenerator;
import fish.contract.Cluster;
import fish.contract.Code;
import fish.contract.NodeStatus;
import fish.http.Call;
import fish.http.Params;
import fish.http.Problem;
import fish.json.Json;
import java.io.IOException;
import java.util.Locale;
import java.util.Set;

/** {@code GET /cluster}. What is not known is {@code null}. */
final class ClusterHandler {
    private static final Set<String> PARAMS = Set.of("timeout");

    private final ClusterSource source;

    ClusterHandler(ClusterSource source) {
        this.source = source;
    }

    void get(Call call) {
        Params params = call.params(PARAMS);
        call.await(
                call.deadlineNanos(params),
                () -> new Problem(Code.STARTING, "the group did not tell its state in time"),
                () -> source.cluster(cluster -> call.answer(() -> call.json(200, json(cluster)))));
    }

    private static byte[] json(Cluster cluster) {
        return Json.bytes(g -> {
            g.writeStartObject();
            g.writeStringField("group", cluster.group());
            known(g, "master", cluster.master());
            g.writeArrayFieldStart("nodes");
            for (NodeStatus node : cluster.nodes()) {
                write(g, node);
            }
            g.writeEndArray();
            g.writeEndObject();
        });
    }

    private static void write(JsonGenerator g, NodeStatus node) throws IOException {
        g.writeStartObject();
        g.writeStringField("name", node.name());
        g.writeStringField("type", node.type().name().toLowerCase(Locale.ROOT));
        g.writeStringField("state", node.state().name().toLowerCase(Locale.ROOT));
        known(g, "address", node.address());
        known(g, "http", node.http());
        g.writeNumberField("priority", node.priority());
        if (node.term() > 0) {
            g.writeNumberField("term", node.term());
        }
        g.writeNumberField("revision", node.revision());
        if (Double.isNaN(node.lagSeconds())) {
            g.writeNullField("lag");
        } else {
            g.writeNumberField("lag", node.lagSeconds());
        }
        if (!node.warnings().isEmpty()) {
            g.writeArrayFieldStart("warnings");
            for (String warning : node.warnings()) {
                g.writeString(warning);
            }
            g.writeEndArray();
        }
        g.writeEndObject();
    }

    private static void known(JsonGenerator g, String name, String text) throws IOException {
        if (text.isEmpty()) {
            g.writeNullField(name);
        } else {
            g.writeStringField(name, text);
        }
    }
}
