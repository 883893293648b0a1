package fish.store.master;

import fish.kv.Durability;

/** Who follows the master now. Asked by the pen before it writes; must not block. */
public interface Quorum {
    /**
     * Whether as many nodes are connected as {@code level} needs. A true answer can be outdated by the
     * time it is used.
     */
    boolean reachable(Durability level);

    /** Whether every connected read-only replica has applied the log up to this VLSN. */
    boolean appliedEverywhere(long vlsn);
}
