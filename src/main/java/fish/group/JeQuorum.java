package fish.group;

import com.sleepycat.je.Durability.ReplicaAckPolicy;
import com.sleepycat.je.rep.NodeType;
import com.sleepycat.je.rep.RepInternal;
import com.sleepycat.je.rep.ReplicatedEnvironment;
import com.sleepycat.je.rep.impl.RepGroupImpl;
import com.sleepycat.je.rep.impl.RepNodeImpl;
import com.sleepycat.je.rep.impl.node.Feeder;
import com.sleepycat.je.rep.impl.node.RepNode;
import fish.contract.HostPort;
import fish.contract.NodeName;
import fish.jefix.FeederContact;
import fish.kv.Durability;
import fish.store.master.Quorum;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Who follows a master, by what JE's feeders say. JE offers no public way to ask; {@code RepInternal} is
 * what other servers built on it use too. Thread-safe and non-blocking.
 */
final class JeQuorum implements Quorum {
    private static final fish.contract.NodeType ELECTABLE = fish.contract.NodeType.ELECTABLE;

    private final RepNode node;

    JeQuorum(ReplicatedEnvironment environment) {
        this.node = RepInternal.getNonNullRepImpl(environment).getRepNode();
    }

    @Override
    public boolean reachable(Durability level) {
        ReplicaAckPolicy policy =
                level.compareTo(Durability.ALL) >= 0 ? ReplicaAckPolicy.ALL : ReplicaAckPolicy.SIMPLE_MAJORITY;
        return node.feederManager().activeAckReplicaCount()
                >= node.getDurabilityQuorum().getCurrentRequiredAckCount(policy);
    }

    /** Who follows this node, if it is the master; else nobody. */
    List<Connected> connected() {
        List<Connected> connected = new ArrayList<>();
        node.feederManager().activeReplicasMap().values().forEach(feeder -> {
            RepNodeImpl replica = feeder.getReplicaNode();
            if (replica.getName().endsWith(NodeName.FILLING_SUFFIX)) {
                // Neither a front-end nor, yet, a member.
                return;
            }
            connected.add(new Connected(
                    replica.getName(),
                    replica.getType() == NodeType.SECONDARY ? fish.contract.NodeType.SECONDARY : ELECTABLE,
                    HostPort.of(replica.getHostName(), replica.getPort())));
        });
        return connected;
    }

    /** Those of these names that follow this node, be it in office or about to leave it. */
    Set<String> connectedOf(Set<String> names) {
        Set<String> connected = new HashSet<>(names);
        connected.retainAll(connected().stream().map(Connected::name).toList());
        return connected;
    }

    /**
     * Names the group itself, whatever it is called: all members of one give the same, and those of another that was founded
     * under its name, or anew from its data, give another. Empty while that is not known. It proves nothing: JE's own is
     * not to be had from it.
     */
    String groupId() {
        RepGroupImpl group = node.getGroup();
        return group == null || RepGroupImpl.isUnknownUUID(group.getUUID())
                ? ""
                : UUID.nameUUIDFromBytes(("group " + group.getUUID()).getBytes(StandardCharsets.UTF_8))
                        .toString();
    }

    /** How many voters beside the master itself make a majority. */
    int votersNeeded() {
        return node.getDurabilityQuorum().getCurrentRequiredAckCount(ReplicaAckPolicy.SIMPLE_MAJORITY);
    }

    /** The connected voters by name, each with a value that changes whenever it is heard of. */
    Map<String, Long> voters() {
        Map<String, Long> voters = new HashMap<>();
        node.feederManager().activeReplicasMap().forEach((name, feeder) -> {
            if (feeder.getReplicaNode().getType().isElectable()) {
                voters.put(name, FeederContact.lastResponse(feeder));
            }
        });
        return voters;
    }

    @Override
    public boolean appliedEverywhere(long vlsn) {
        for (Feeder feeder : node.feederManager().activeReplicasMap().values()) {
            if (feeder.getReplicaNode().getType() == NodeType.SECONDARY
                    && !feeder.getReplicaNode().getName().endsWith(NodeName.FILLING_SUFFIX)
                    && feeder.getReplicaTxnEndVLSN().getSequence() < vlsn) {
                return false;
            }
        }
        return true;
    }
}
