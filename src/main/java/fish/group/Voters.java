package fish.group;

import com.sleepycat.je.rep.MemberActiveException;
import com.sleepycat.je.rep.MemberNotFoundException;
import com.sleepycat.je.rep.RepInternal;
import com.sleepycat.je.rep.ReplicatedEnvironment;
import com.sleepycat.je.rep.impl.RepGroupImpl;
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

    /**
     * By name; all that JE counts, thus also those of whom a majority was not seen to know. JE's own list of
     * members hides these: who was lost while it joined or changed its address, and can be taken out all the same.
     */
    public List<Voter> all() {
        RepGroupImpl group = node.getGroup();
        Set<String> following = node.feederManager().activeReplicasMap().keySet();
        List<Voter> voters = new ArrayList<>();
        for (int id : group.getAllElectionMemberIds()) {
            RepNodeImpl member = group.getNode(id);
            if (member != null && member.getType().isElectable()) {
                String name = member.getName();
                voters.add(voter(member, following.contains(name) || name.equals(node.getNodeName())));
            }
        }
        voters.sort(Comparator.comparing(Voter::name));
        return voters;
    }

    /**
     * Those that JE counts no more, but whose names it keeps from everybody: their deletion is two commits, and
     * the master fell between them.
     */
    List<Voter> lingering() {
        List<Voter> lingering = new ArrayList<>();
        for (RepNodeImpl member : node.getGroup().getRemovedNodes()) {
            if (member.getType().isElectable()) {
                lingering.add(voter(member, false));
            }
        }
        return lingering;
    }

    private static Voter voter(RepNodeImpl member, boolean connected) {
        return new Voter(
                member.getName(), member.getNodeId(), HostPort.of(member.getHostName(), member.getPort()), connected);
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
     * before it changes its own picture of the group, so that the caller must. Of one that lingers it deletes what
     * is left.
     *
     * <p>Not JE's removal, which keeps the name from everybody for ever.
     */
    Deletion delete(String name) {
        try {
            RepNodeImpl member = node.getGroup().getNode(name);
            if (member != null && member.isRemoved()) {
                node.getRepGroupDB().removeMember(member, true);
            } else {
                node.removeMember(name, true);
            }
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
