package fish.api;

import java.util.List;

/** Whether a node does its work, check by check. */
public interface Health {
    /**
     * @param detail what was seen, empty where all is said
     */
    record Check(String name, boolean ok, String detail) {}

    /** All of them must be ok for the node to be ready. Does not block. */
    List<Check> checks();

    /** Whether this node is the serving master. */
    boolean master();
}
