package fish.store;

import com.sleepycat.je.Durability.ReplicaAckPolicy;
import com.sleepycat.je.Durability.SyncPolicy;
import fish.kv.Durability;

/**
 * JE's settings for each level of durability: what the master, then what the others do before they
 * acknowledge. Never {@code NO_SYNC}: that keeps commits in the process, so that killing all nodes at once
 * undoes what a majority acknowledged, and a node that had written it by then, be it a front-end, may not
 * follow the others any more.
 */
public final class JeDurability {
    /** Handed to the operating system by every voter. */
    public static final com.sleepycat.je.Durability EVERYBODY =
            je(SyncPolicy.WRITE_NO_SYNC, SyncPolicy.WRITE_NO_SYNC, ReplicaAckPolicy.ALL);

    private JeDurability() {}

    /** @param level not {@link Durability#DEFAULT}, which is settled before */
    public static com.sleepycat.je.Durability of(Durability level) {
        return switch (level) {
            case MEMORY -> je(SyncPolicy.WRITE_NO_SYNC, SyncPolicy.WRITE_NO_SYNC, ReplicaAckPolicy.SIMPLE_MAJORITY);
            case MASTER -> je(SyncPolicy.SYNC, SyncPolicy.WRITE_NO_SYNC, ReplicaAckPolicy.SIMPLE_MAJORITY);
            case QUORUM -> je(SyncPolicy.SYNC, SyncPolicy.SYNC, ReplicaAckPolicy.SIMPLE_MAJORITY);
            case ALL, SITES -> je(SyncPolicy.SYNC, SyncPolicy.SYNC, ReplicaAckPolicy.ALL);
            case DEFAULT -> throw new IllegalArgumentException("the default level is settled before");
        };
    }

    private static com.sleepycat.je.Durability je(SyncPolicy local, SyncPolicy replica, ReplicaAckPolicy acks) {
        return new com.sleepycat.je.Durability(local, replica, acks);
    }
}
