package fish.group.probe;

import com.sleepycat.je.rep.impl.RepGroupImpl;
import com.sleepycat.je.rep.impl.RepNodeImpl;
import fish.contract.HostPort;
import fish.contract.NodeName;
import fish.contract.NodeType;
import fish.group.probe.GroupProbe.Kind;
import fish.group.probe.GroupProbe.Member;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;

/**
 * What one address answered.
 *
 * @param node the name of the node there; empty where it did not say
 * @param reason why it is of no use; empty if it is
 */
record ProbeAnswer(Kind kind, String node, String group, String master, List<Member> members, String reason) {
    private static final String PAUSED_OR_HTTP = " though it listens: is that its --address, or its HTTP port?";

    private static final String GROUP_REQUEST = "4|%s|" + NodeCall.NO_MEMBER + "|GREQ";
    private static final String STATE_REQUEST = "1.0|%s|" + NodeCall.NO_MEMBER + "|STATEREQ|any";
    private static final String NO_MASTER = "null";
    private static final int GROUP_NAME = 1;
    private static final int OPERATION = 3;
    private static final int PAYLOAD = 4;

    static ProbeAnswer unusable(Kind kind, String reason) {
        return new ProbeAnswer(kind, "", "", "", List.of(), reason);
    }

    /** Asks who is in the group and who is its master. */
    static ProbeAnswer ofGroup(NodeCall call, HostPort address, String group) {
        return translated(() -> {
            ProbeAnswer state = state(call, address, group);
            if (state.kind() != Kind.REACHED) {
                return state;
            }
            String[] answer = call.ask(address, "Group", String.format(GROUP_REQUEST, group));
            List<Member> members = answer[OPERATION].equals("GRESP") ? members(answer) : List.of();
            return members.isEmpty()
                    ? unusable(Kind.UNREACHABLE, "is itself still looking for its group")
                    : new ProbeAnswer(Kind.REACHED, state.node(), group, state.master(), members, "");
        });
    }

    /** Asks only who it is, and who its master is. */
    static ProbeAnswer ofNode(NodeCall call, HostPort address, String group) {
        return translated(() -> state(call, address, group));
    }

    private interface Questions {
        ProbeAnswer ask() throws IOException;
    }

    private static ProbeAnswer translated(Questions questions) {
        try {
            return questions.ask();
        } catch (NodeCall.NotANodeException e) {
            return unusable(Kind.NOT_A_NODE, String.valueOf(e.getMessage()));
        } catch (SocketTimeoutException e) {
            boolean connected = !String.valueOf(e.getMessage()).startsWith("Connect");
            return unusable(Kind.UNREACHABLE, "does not answer in time" + (connected ? PAUSED_OR_HTTP : ""));
        } catch (ConnectException e) {
            return unusable(Kind.UNREACHABLE, "nothing listens there: " + e.getMessage());
        } catch (SSLException e) {
            return unusable(
                    Kind.UNREACHABLE,
                    "no TLS with it: it speaks without, or its certificate is of another CA or for another host: "
                            + e.getMessage());
        } catch (IOException e) {
            return unusable(Kind.UNREACHABLE, String.valueOf(e.getMessage()));
        }
    }

    private static ProbeAnswer state(NodeCall call, HostPort address, String group) throws IOException {
        String[] answer = call.ask(address, "NodeState", String.format(STATE_REQUEST, group));
        String theirs = answer[GROUP_NAME];
        if (!theirs.equals(group)) {
            if (!NodeName.isOne(theirs)) {
                throw new NodeCall.NotANodeException("answers, but not as a node of Fish");
            }
            return new ProbeAnswer(Kind.WRONG_GROUP, "", theirs, "", List.of(), "belongs to the group " + theirs);
        }
        if (!answer[OPERATION].equals("STATERESP") || answer.length < PAYLOAD + 2) {
            throw new NodeCall.NotANodeException("answers, but not as this version of JE does");
        }
        String master = answer[PAYLOAD + 1];
        return new ProbeAnswer(
                Kind.REACHED, answer[PAYLOAD], group, master.equals(NO_MASTER) ? "" : master, List.of(), "");
    }

    private static List<Member> members(String[] answer) throws IOException {
        try {
            RepGroupImpl group = RepGroupImpl.deserializeHex(answer, PAYLOAD);
            List<Member> members = new ArrayList<>();
            // Not JE's own list, which hides those of whom a majority was not seen to know.
            for (int id : group.getAllElectionMemberIds()) {
                RepNodeImpl node = group.getNode(id);
                if (node.getType().isElectable()) {
                    members.add(member(node, NodeType.ELECTABLE));
                }
            }
            for (RepNodeImpl node : group.getSecondaryMembers()) {
                // A back-end that is being filled is no front-end, and no member yet.
                if (!node.getName().endsWith(NodeName.FILLING_SUFFIX)) {
                    members.add(member(node, NodeType.SECONDARY));
                }
            }
            return members;
        } catch (RuntimeException | AssertionError e) {
            // JE reads bytes from the network here, and fails in any way on those that make no sense.
            throw new NodeCall.NotANodeException("describes its group in a way that cannot be read: " + e);
        }
    }

    private static Member member(RepNodeImpl node, NodeType type) {
        return new Member(node.getName(), HostPort.of(node.getHostName(), node.getPort()), type);
    }
}
