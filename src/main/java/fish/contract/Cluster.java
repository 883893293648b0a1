package fish.contract;

import java.util.List;

/**
 * The group as one node sees it now.
 *
 * @param master the name of the serving master; empty where none is known
 * @param nodes electable ones first, then by name
 */
public record Cluster(String group, String master, List<NodeStatus> nodes) {
    public Cluster {
        nodes = List.copyOf(nodes);
    }
}
