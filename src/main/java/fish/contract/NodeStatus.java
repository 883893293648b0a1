package fish.contract;

import java.util.List;

/**
 * One node, as it says of itself or as another knows it.
 *
 * @param address where other nodes reach it for replication, {@code host:port}
 * @param http its HTTP address, {@code http://host:port}; empty where unknown
 * @param priority in elections; 0 for one that is never master
 * @param term of its mastership; 0 where it is not the serving master
 * @param revision the last that its data holds; 0 where unknown
 * @param lagSeconds how far it is behind the master; NaN where unknown
 * @param warnings what people should know beyond that, in words: a full disk, a clock that is off
 */
public record NodeStatus(
        String name,
        NodeType type,
        NodeState state,
        String address,
        String http,
        int priority,
        long term,
        long revision,
        double lagSeconds,
        List<String> warnings) {

    public NodeStatus {
        warnings = List.copyOf(warnings);
    }

    /** Of a node with nothing to warn of, or of which nobody knows. */
    public NodeStatus(
            String name,
            NodeType type,
            NodeState state,
            String address,
            String http,
            int priority,
            long term,
            long revision,
            double lagSeconds) {
        this(name, type, state, address, http, priority, term, revision, lagSeconds, List.of());
    }
}
