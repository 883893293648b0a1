package fish.kv;

/** Which state a read sees. */
public enum Consistency {
    /** Linearizable, and nothing that can be lost later. */
    STRONG,
    /** The master's own state, without proof that it is still the master. */
    MASTER,
    /** The replica of the node that was asked. */
    LOCAL
}
