package fish.client;

import fish.contract.Cluster;
import fish.contract.NodeState;
import fish.contract.NodeStatus;
import fish.contract.NodeType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reads the answer to {@code GET /cluster}. */
final class ClusterIn {
    private String name = "";
    private NodeType type = NodeType.SECONDARY;
    private NodeState state = NodeState.UNKNOWN;
    private String address = "";
    private String http = "";
    private int priority;
    private long term;
    private long revision;
    private double lagSeconds = Double.NaN;
    private final List<String> warnings = new ArrayList<>();

    private ClusterIn() {}

    static Cluster read(Answer answer) throws IOException {
        return JsonIn.read(answer.text(), in -> {
            String[] group = {""};
            String[] master = {""};
            List<NodeStatus> nodes = new ArrayList<>();
            in.object(name -> {
                switch (name) {
                    case "group" -> group[0] = in.text();
                    case "master" -> master[0] = in.text();
                    case "nodes" -> in.elements(() -> nodes.add(new ClusterIn().node(in)));
                    default -> in.skip();
                }
            });
            if (group[0].isEmpty()) {
                throw new IOException("the answer has no 'group'");
            }
            return new Cluster(group[0], master[0], nodes);
        });
    }

    private NodeStatus node(JsonIn in) throws IOException {
        in.object(member -> {
            switch (member) {
                case "name" -> name = in.text();
                case "type" -> type = word(NodeType.class, in.text());
                case "state" -> state = word(NodeState.class, in.text());
                case "address" -> address = in.text();
                case "http" -> http = in.text();
                case "priority" -> priority = (int) in.integer();
                case "term" -> term = in.integer();
                case "revision" -> revision = in.integer();
                case "lag" -> lagSeconds = in.decimal();
                case "warnings" -> in.elements(() -> warnings.add(in.text()));
                default -> in.skip();
            }
        });
        return new NodeStatus(name, type, state, address, http, priority, term, revision, lagSeconds, warnings);
    }

    private static <E extends Enum<E>> E word(Class<E> of, String text) throws IOException {
        try {
            return Enum.valueOf(of, text.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IOException("the answer has '" + text + "', which is not known", e);
        }
    }
}
