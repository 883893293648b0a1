package fish.contract;

/** What a node is doing. */
public enum NodeState {
    /** The serving master: it serves. */
    MASTER,
    /** It follows a master. */
    REPLICA,
    /** Opening, recovering, taking over or stepping down. */
    STARTING,
    /** It runs and knows no master. */
    UNKNOWN,
    /** It did not answer. Said of a node by others only. */
    UNREACHABLE
}
