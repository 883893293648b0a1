package fish.group;

import fish.contract.NodeState;

/**
 * What a membership tells its node. Called on the membership's own thread, which does nothing else
 * meanwhile, and of its disk on another: must not block.
 */
public interface GroupEvents {
    /** The node is in its group: its environment is open for the first time. */
    void joined();

    /**
     * @param master the name of the master that it follows; empty where it knows none
     */
    void state(NodeState state, String master);

    /** Something that people want to know, as an event with keys and values in turn. */
    void event(String name, Object... keysAndValues);

    /** Going on would be wrong. Told once; the membership has ended. */
    void failed(String reason);
}
