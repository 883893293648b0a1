package fish.back;

import fish.api.Health;
import fish.contract.NodeState;
import fish.node.GroupMember;
import java.util.List;

/** A back-end is ready when it is serving master or follows a master. */
record BackHealth(GroupMember groupMember) implements Health {
    @Override
    public List<Check> checks() {
        NodeState state = groupMember.state();
        boolean ok = state == NodeState.MASTER || state == NodeState.REPLICA;
        String detail =
                switch (state) {
                    case MASTER -> "is master";
                    case REPLICA -> "follows " + groupMember.master();
                    case UNKNOWN, UNREACHABLE -> "knows no master";
                    case STARTING -> "is taking its place in the group";
                };
        String filling = groupMember.filling();
        return filling.isEmpty()
                ? List.of(new Check("group", ok, detail))
                : List.of(new Check("group", ok, detail), new Check("replica", false, filling));
    }

    @Override
    public boolean master() {
        return groupMember.mastership().isPresent();
    }
}
