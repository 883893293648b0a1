package fish.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import fish.contract.NodeState;
import fish.contract.NodeStatus;
import fish.contract.NodeType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a node says of itself to others.
 *
 * @param clockMillis its own clock when it said so, since the epoch
 * @param heldMillis the master's clock at the last commit that the node holds; 0 where there is none
 * @param batches commits that carried writes since this node took over; 0 where it is not master
 * @param writes requests that those commits carried
 * @param followers on the master: the nodes that announced themselves lately
 */
public record NodeReport(
        String group,
        NodeStatus status,
        long clockMillis,
        long heldMillis,
        long batches,
        long writes,
        List<NodeReport> followers) {
    /** Of a report on the wire. */
    public static final int BYTES_MAX = 1 << 20;

    private static final ObjectMapper JSON = new ObjectMapper();

    public NodeReport {
        followers = List.copyOf(followers);
    }

    public byte[] toJson() {
        return toNode().toString().getBytes(StandardCharsets.UTF_8);
    }

    private ObjectNode toNode() {
        ObjectNode node = JSON.createObjectNode()
                .put("group", group)
                .put("name", status.name())
                .put("type", status.type().name().toLowerCase(Locale.ROOT))
                .put("state", status.state().name().toLowerCase(Locale.ROOT))
                .put("address", status.address())
                .put("http", status.http())
                .put("priority", status.priority())
                .put("term", status.term())
                .put("revision", status.revision())
                .put("clock", clockMillis)
                .put("held", heldMillis)
                .put("batches", batches)
                .put("writes", writes);
        if (!followers.isEmpty()) {
            ArrayNode list = node.putArray("followers");
            followers.forEach(follower -> list.add(follower.toNode()));
        }
        return node;
    }

    /**
     * @throws IOException if it is not such a report
     */
    public static NodeReport fromJson(byte[] json) throws IOException {
        try {
            return fromNode(JSON.readTree(json), 1);
        } catch (IllegalArgumentException e) {
            throw new IOException("not a node's report: " + e.getMessage(), e);
        }
    }

    private static NodeReport fromNode(JsonNode node, int depth) {
        List<NodeReport> followers = new ArrayList<>();
        if (depth > 0) {
            node.path("followers").forEach(follower -> followers.add(fromNode(follower, depth - 1)));
        }
        NodeStatus status = new NodeStatus(
                text(node, "name"),
                NodeType.valueOf(text(node, "type").toUpperCase(Locale.ROOT)),
                NodeState.valueOf(text(node, "state").toUpperCase(Locale.ROOT)),
                text(node, "address"),
                text(node, "http"),
                node.path("priority").asInt(),
                node.path("term").asLong(),
                node.path("revision").asLong(),
                Double.NaN);
        return new NodeReport(
                text(node, "group"),
                status,
                node.path("clock").asLong(),
                node.path("held").asLong(),
                node.path("batches").asLong(),
                node.path("writes").asLong(),
                followers);
    }

    private static String text(JsonNode node, String field) {
        JsonNode value = node.path(field);
        if (!value.isTextual()) {
            throw new IllegalArgumentException("no text " + field);
        }
        return value.textValue();
    }
}
