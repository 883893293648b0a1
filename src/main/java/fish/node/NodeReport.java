package fish.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import fish.contract.HostPort;
import fish.contract.HttpUrl;
import fish.contract.NodeName;
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
 * @param batches commits that carried writes, since this node began; 0 while it is not master
 * @param writes requests that those commits carried
 * @param leaving whether it is stopping, and wants no mastership
 * @param room bytes until its disk is too full for clients' writes; below zero where it is
 * @param followers on the master: the nodes that announced themselves lately
 */
public record NodeReport(
        String group,
        NodeStatus status,
        long clockMillis,
        long heldMillis,
        long batches,
        long writes,
        boolean leaving,
        long room,
        List<NodeReport> followers) {
    /** Of a report on the wire. */
    public static final int BYTES_MAX = 1 << 20;

    /** Of a report that has no followers. */
    public static final int ANNOUNCEMENT_BYTES_MAX = 16 << 10;

    private static final int FOLLOWERS_MAX = 2_000;
    private static final int PRIORITY_MAX = 1_000;

    private static final int WARNINGS_MAX = 10;
    private static final int WARNING_LENGTH_MAX = 500;
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
                .put("writes", writes)
                .put("room", room);
        if (leaving) {
            node.put("leaving", true);
        }
        if (!status.warnings().isEmpty()) {
            status.warnings().forEach(node.putArray("warnings")::add);
        }
        if (!followers.isEmpty()) {
            ArrayNode list = node.putArray("followers");
            followers.forEach(follower -> list.add(follower.toNode()));
        }
        return node;
    }

    /**
     * @throws IOException if it is not such a report, or says what cannot be of a node: names, addresses and
     *     numbers are of the right form, whoever sent it
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
            require(node.path("followers").size() <= FOLLOWERS_MAX, "more than " + FOLLOWERS_MAX + " followers");
            node.path("followers").forEach(follower -> followers.add(fromNode(follower, depth - 1)));
        }
        return new NodeReport(
                name(node, "group"),
                status(node),
                number(node, "clock"),
                number(node, "held"),
                number(node, "batches"),
                number(node, "writes"),
                node.path("leaving").asBoolean(),
                node.path("room").asLong(),
                followers);
    }

    private static NodeStatus status(JsonNode node) {
        String http = text(node, "http");
        require(
                http.isEmpty() || HttpUrl.parse(http).isPresent(),
                "http is neither http://HOST:PORT nor https://HOST:PORT");
        long priority = number(node, "priority");
        require(priority <= PRIORITY_MAX, "priority is at most " + PRIORITY_MAX);
        return new NodeStatus(
                name(node, "name"),
                NodeType.valueOf(text(node, "type").toUpperCase(Locale.ROOT)),
                NodeState.valueOf(text(node, "state").toUpperCase(Locale.ROOT)),
                address(node),
                http,
                (int) priority,
                number(node, "term"),
                number(node, "revision"),
                Double.NaN,
                warnings(node));
    }

    private static String name(JsonNode node, String field) {
        String name = text(node, field);
        require(NodeName.isOne(name), field + " is no name");
        return name;
    }

    /** Empty where it does not say: to those who have not proven to be nodes of the group. */
    private static String address(JsonNode node) {
        String address = text(node, "address");
        return address.isEmpty() ? "" : HostPort.parse(address).toString();
    }

    /** 0 where there is none. */
    private static long number(JsonNode node, String field) {
        JsonNode value = node.path(field);
        require(
                value.isMissingNode() || (value.canConvertToLong() && value.asLong() >= 0),
                field + " is a number that is not negative");
        return value.asLong();
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    private static List<String> warnings(JsonNode node) {
        List<String> warnings = new ArrayList<>();
        for (JsonNode warning : node.path("warnings")) {
            String text = warning.asText();
            require(text.length() <= WARNING_LENGTH_MAX && warnings.size() < WARNINGS_MAX, "too many warnings");
            warnings.add(text);
        }
        return warnings;
    }

    private static String text(JsonNode node, String field) {
        JsonNode value = node.path(field);
        if (!value.isTextual()) {
            throw new IllegalArgumentException("no text " + field);
        }
        return value.textValue();
    }
}
