package fish.front;

import fish.api.Health;
import fish.contract.NodeState;
import fish.node.Checks;
import fish.node.Clocks;
import fish.node.GroupMember;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A front-end is ready when it knows a master and its replica is close behind it. */
record FrontHealth(GroupMember groupMember, Gateway gateway, Clocks clocks) implements Health {
    /** Its age is asked for once a second where nobody reads. */
    private static final double LAG_MAX_SECONDS = 10;

    @Override
    public List<Check> checks() {
        boolean linked = gateway.term() > 0;
        double lag = gateway.replicaLagSeconds();
        boolean close = groupMember.state() == NodeState.REPLICA && lag <= LAG_MAX_SECONDS;
        List<Check> checks = new ArrayList<>(List.of(
                new Check(
                        "master",
                        linked,
                        linked ? "" : String.format(Locale.ROOT, "none since %.1f s", gateway.withoutMasterSeconds())),
                new Check("replica", close, close ? "" : whyNotClose(lag))));
        checks.addAll(Checks.of(groupMember, clocks));
        return checks;
    }

    private String whyNotClose(double lag) {
        if (groupMember.state() != NodeState.REPLICA) {
            return "follows no master";
        }
        return Double.isNaN(lag) ? "not known to have caught up" : String.format(Locale.ROOT, "%.1f s behind", lag);
    }

    @Override
    public boolean master() {
        return false;
    }
}
