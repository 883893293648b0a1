package fish.node;

import fish.api.Upkeep;
import fish.contract.NodeType;
import java.time.Clock;

/** What is done with a node's own data as a whole: the same at every node. */
public final class NodeUpkeep implements AutoCloseable {
    private final Backups backups;
    private final Verifications verifications;

    public NodeUpkeep(GroupMember member, String group, NodeType type) {
        this.backups = new Backups(member, group, type, Clock.systemUTC());
        this.verifications = new Verifications(member);
    }

    /** For the routes. */
    public Upkeep routes() {
        return new Upkeep(backups, verifications);
    }

    /** Nothing begins from now on. May come twice. */
    @Override
    public void close() {
        backups.close();
        verifications.close();
    }
}
