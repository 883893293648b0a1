package fish.group;

import com.sleepycat.je.rep.MemberActiveException;
import com.sleepycat.je.rep.MemberNotFoundException;
import com.sleepycat.je.rep.RepInternal;
import com.sleepycat.je.rep.ReplicatedEnvironment;
import com.sleepycat.je.rep.impl.RepNodeImpl;
import com.sleepycat.je.rep.impl.node.RepNode;
import fish.contract.HostPort;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Who votes in the group, by the word of the master whose environment this is. Thread-safe. */
public final class Voters {
    private final RepNode node;

    Voters(ReplicatedEnvironment environment) {
        this.node = RepInternal.getNonNullRepImpl(environment).getRepNode();
    }

    /**
     * @param id JE's number of it, never given twice in one group
     * @param connected whether it follows the master now, or is it
     */
    public record Voter(String name, int id, HostPort address, boolean connected) {}

    /** How voting ends up without one of them. */
    public enum Deletion {
        DONE,
        /** It follows the master, or does so again. */
        CONNECTED,
        /** JE's own picture of the group may be wrong now: the environment must be opened again. */
        FAILED
    }

    /** By name. */
    public List<Voter> all() {
        Set<String> following = node.feederManager().activeReplicasMap().keySet();
        List<Voter> voters = new ArrayList<>();
        for (RepNodeImpl member : node.getGroup().getElectableMembers()) {
            String name = member.getName();
            voters.add(new Voter(
                    name,
                    member.getNodeId(),
                    HostPort.of(member.getHostName(), member.getPort()),
                    following.contains(name) || name.equals(node.getNodeName())));
        }
        voters.sort(Comparator.comparing(Voter::name));
        return voters;
    }

    public Optional<Voter> find(String name) {
        return all().stream().filter(voter -> voter.name().equals(name)).findFirst();
    }

    /** Whether a majority is connected, this node with it, without these. */
    public boolean majorityWithout(Set<String> names) {
        List<Voter> all = all();
        long there = all.stream()
                .filter(voter -> voter.connected() && !names.contains(voter.name()))
                .count();
        return there >= majority(all.size());
    }

    /** How many of so many make a majority. */
    static int majority(int voters) {
        return voters / 2 + 1;
    }

    /**
     * Counts it no more; blocks for seconds where no majority answers. JE does not look whether there is one
     * before it changes its own picture of the group, so that the caller must.
     *
     * <p>Not JE's removal, which keeps the name from everybody for ever.
     */
    Deletion delete(String name) {
        try {
            node.removeMember(name, true);
            return Deletion.DONE;
        } catch (MemberActiveException e) {
            return Deletion.CONNECTED;
        } catch (MemberNotFoundException e) {
            return Deletion.DONE;
        } catch (RuntimeException e) {
            // Not JE's exceptions alone: its own NullPointerException comes where the environment is closed meanwhile.
            return Deletion.FAILED;
        }
    }
}
