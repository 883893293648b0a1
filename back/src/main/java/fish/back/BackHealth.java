package fish.back;

import fish.api.Health;
import fish.contract.NodeState;
import fish.node.Checks;
import fish.node.Clocks;
import fish.node.GroupMember;
import java.util.ArrayList;
import java.util.List;

/** A back-end is ready when it is serving master or follows a master. */
record BackHealth(GroupMember groupMember, Clocks clocks) implements Health {
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
        List<Check> checks = new ArrayList<>(List.of(new Check("group", ok, detail)));
        String filling = groupMember.filling();
        if (!filling.isEmpty()) {
            checks.add(new Check("replica", false, filling));
        }
        checks.addAll(Checks.of(groupMember, clocks));
        return checks;
    }

    @Override
    public boolean master() {
        return groupMember.mastership().isPresent();
    }
}
