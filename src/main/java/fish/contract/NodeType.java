package fish.contract;

/** What a node is in its group. */
public enum NodeType {
    /** A back-end: stores, votes, acknowledges, may be master. */
    ELECTABLE,
    /** A front-end: a read-only replica without a vote. */
    SECONDARY
}
