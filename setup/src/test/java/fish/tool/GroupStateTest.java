package fish.tool;

import static org.assertj.core.api.Assertions.assertThat;

import fish.contract.Cluster;
import fish.contract.NodeState;
import fish.contract.NodeStatus;
import fish.contract.NodeType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GroupStateTest {
    private final List<NodeStatus> nodes = new ArrayList<>();
    private final Map<String, List<String>> checks = new HashMap<>();
    private String master = "";

    private GroupStateTest back(String name, NodeState state, double lag, String... warnings) {
        nodes.add(new NodeStatus(
                name, NodeType.ELECTABLE, state, "localhost:9000", "http://" + name, 1, 0, 7, lag, List.of(warnings)));
        if (state == NodeState.MASTER) {
            master = name;
        }
        if (state != NodeState.UNREACHABLE) {
            checks.put(name, List.of("[+]group ok"));
        }
        return this;
    }

    private GroupStateTest backs(NodeState... states) {
        for (int i = 0; i < states.length; i++) {
            back("b" + i, states[i], 0);
        }
        return this;
    }

    private GroupState state() {
        return new GroupState(new Cluster("fish", master, nodes), checks);
    }

    @Test
    void aWholeGroupCanLoseAMinority() {
        backs(NodeState.MASTER, NodeState.REPLICA, NodeState.REPLICA);
        assertThat(state().sentence()).isEqualTo("can lose 1 of 3; if another one goes too, writes stop");
        assertThat(state().odd()).isEmpty();
        backs().back("b3", NodeState.REPLICA, 0).back("b4", NodeState.REPLICA, 0);
        assertThat(state().sentence()).startsWith("can lose 2 of 5; ");
    }

    @Test
    void afterALossItIsSaidWhoMustNotGo() {
        backs(NodeState.UNREACHABLE, NodeState.MASTER, NodeState.REPLICA);
        assertThat(state().sentence())
                .isEqualTo("can lose none (1 of 3 missing already); if b1 or b2 goes too, writes stop");
        assertThat(state().odd()).containsExactly("b0 is unreachable");
    }

    @Test
    void withoutAMajorityItIsSaidWhomToStart() {
        backs(NodeState.UNREACHABLE, NodeState.UNKNOWN, NodeState.REPLICA);
        assertThat(state().canLose()).isNegative();
        assertThat(state().sentence())
                .isEqualTo("no writes: 1 of 3 back-ends serve, and 2 must. Start b0. b1 runs and waits");
        checks.remove("b1");
        assertThat(state().sentence()).endsWith(" must. Start b0 and b1");
    }

    /** One of them has lost its disk, and is filled by a master alone, which there cannot be. */
    @Test
    void whereAllRunNobodyIsToldToStartThem() {
        backs(NodeState.UNKNOWN, NodeState.STARTING);
        assertThat(state().sentence())
                .isEqualTo(
                        "no writes: 0 of 2 back-ends serve, and 2 must. b0 and b1 run and wait; if the disks of too many"
                                + " are lost for good, see bin/setup --restore");
    }

    @Test
    void aGroupThatElectsSaysSo() {
        backs(NodeState.REPLICA, NodeState.REPLICA, NodeState.UNREACHABLE);
        assertThat(state().sentence()).contains("there is no master", "could elect one");
    }

    @Test
    void oneAloneAndTwoSurviveNothing() {
        backs(NodeState.MASTER);
        assertThat(state().sentence()).isEqualTo("can lose none; if b0 goes, writes stop");
        assertThat(state().odd()).containsExactly("a group of 1 back-end survives no loss; three survive one");
        back("b1", NodeState.REPLICA, 0);
        assertThat(state().sentence()).contains("if b0 or b1 goes too");
    }

    @Test
    void whatIsOddIsToldOnce() {
        backs(NodeState.MASTER, NodeState.REPLICA).back("b2", NodeState.REPLICA, 14.2, "disk 1.2 GB left");
        checks.put("b2", List.of("[+]group ok", "[-]disk 1.2 GB left", "[-]replica 14.2 s behind"));
        checks.remove("b1");
        assertThat(state().odd())
                .containsExactly(
                        "b1 serves, but does not answer from here at http://b1",
                        "b2 lags by 14 s",
                        "b2 is not ready: disk 1.2 GB left",
                        "b2 is not ready: replica 14.2 s behind");
    }
}
