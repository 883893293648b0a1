package fish.front;

import fish.cluster.Health;
import fish.cluster.NodeState;
import fish.node.GroupSeat;
import java.util.List;
import java.util.Locale;

/** A front-end is ready when it knows a master and its replica follows it. */
record FrontHealth(GroupSeat seat, Gateway gateway) implements Health {
    @Override
    public List<Check> checks() {
        boolean linked = gateway.term() > 0;
        boolean follows = seat.state() == NodeState.REPLICA;
        return List.of(
                new Check(
                        "master",
                        linked,
                        linked ? "" : String.format(Locale.ROOT, "none since %.1f s", gateway.withoutMasterSeconds())),
                new Check("replica", follows, follows ? "" : "follows no master"));
    }

    @Override
    public boolean master() {
        return false;
    }
}
