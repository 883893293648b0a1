package fish.tool;

import fish.contract.Cluster;
import fish.contract.NodeState;
import fish.contract.NodeStatus;
import fish.contract.NodeType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a group's state means, in words.
 *
 * @param checks per node that was asked: its lines of {@code /health/ready?verbose}; none: it did not answer
 * @param silent of the addresses that the command line names, those where nobody answers
 */
record GroupState(Cluster cluster, Map<String, List<String>> checks, List<String> silent) {
    /** From here on a replica is said to lag; a front-end is not ready then either. */
    private static final double LAG_MAX_SECONDS = 10;

    GroupState(Cluster cluster, Map<String, List<String>> checks) {
        this(cluster, checks, List.of());
    }

    private List<NodeStatus> backs() {
        return cluster.nodes().stream()
                .filter(node -> node.type() == NodeType.ELECTABLE)
                .toList();
    }

    private static boolean serves(NodeStatus node) {
        return node.state() == NodeState.MASTER || node.state() == NodeState.REPLICA;
    }

    private List<NodeStatus> serving() {
        return backs().stream().filter(GroupState::serves).toList();
    }

    private int majority() {
        return backs().size() / 2 + 1;
    }

    /** How many of the back-ends that serve may go, whichever they are, and there is a majority still; negative: too few. */
    int canLose() {
        return serving().size() - majority();
    }

    /** One sentence: what the group can lose and still serve. */
    String sentence() {
        int all = backs().size();
        int up = serving().size();
        if (cluster.master().isEmpty() || canLose() < 0) {
            return up < majority()
                    ? "no writes: " + up + " of " + all + " back-ends serve, and " + majority() + " must"
                            + whatToStart()
                    : "no writes at the moment: there is no master, and " + up + " of " + all
                            + " back-ends could elect one";
        }
        if (canLose() == 0) {
            String why = up == all ? "" : " (" + (all - up) + " of " + all + " missing already)";
            return "can lose none" + why + "; if " + names(serving(), "or")
                    + (up == 1 ? " goes, writes stop" : " goes too, writes stop");
        }
        String rest = "; if " + (canLose() == 1 ? "another one goes" : "one more goes") + " too, writes stop";
        return "can lose " + canLose() + " of " + all + rest;
    }

    /** Those that answer and do not serve need not be started: they wait for others, or for their data. */
    private String whatToStart() {
        List<NodeStatus> running = backs().stream()
                .filter(node -> !serves(node) && checks.containsKey(node.name()))
                .toList();
        List<NodeStatus> down = backs().stream()
                .filter(node -> !serves(node) && !checks.containsKey(node.name()))
                .toList();
        String start = down.isEmpty() ? "" : ". Start " + names(down, "and");
        String wait = running.isEmpty()
                ? ""
                : ". " + names(running, "and") + (running.size() == 1 ? " runs and waits" : " run and wait");
        String lost = down.isEmpty() && !running.isEmpty()
                ? "; if the disks of too many are lost for good, see bin/setup --restore"
                : "";
        return start + wait + lost;
    }

    /** What is not as it should be, a line each. */
    List<String> odd() {
        List<String> odd = new ArrayList<>();
        for (NodeStatus node : cluster.nodes()) {
            if (node.state() != NodeState.MASTER && node.state() != NodeState.REPLICA) {
                odd.add(node.name() + " is " + word(node.state()));
            }
            if (node.lagSeconds() > LAG_MAX_SECONDS) {
                odd.add(String.format(Locale.ROOT, "%s lags by %.0f s", node.name(), node.lagSeconds()));
            }
            List<String> said = checks.getOrDefault(node.name(), List.of());
            said.stream()
                    .filter(line -> line.startsWith("[-]"))
                    .forEach(line -> odd.add(node.name() + " is not ready: " + line.substring(3)));
            node.warnings().stream()
                    .filter(warning -> said.stream().noneMatch(line -> line.equals("[-]" + warning)))
                    .forEach(warning -> odd.add(node.name() + ": " + warning));
            boolean unheard = !checks.containsKey(node.name())
                    && serves(node)
                    && !node.http().isEmpty();
            if (unheard) {
                odd.add(node.name() + " serves, but does not answer from here at " + node.http());
            }
        }
        silent.forEach(url -> odd.add("nobody answers at " + url + ", which was named to ask there"));
        if (backs().size() == 2 || backs().size() == 1) {
            odd.add("a group of " + backs().size() + " back-end" + (backs().size() == 1 ? "" : "s")
                    + " survives no loss; three survive one");
        } else if (backs().size() % 2 == 0) {
            odd.add("a group of " + backs().size() + " back-ends can lose no more than one of " + (backs().size() - 1));
        }
        return odd;
    }

    static String word(NodeState state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    private static String names(List<NodeStatus> nodes, String last) {
        List<String> names = nodes.stream().map(NodeStatus::name).toList();
        int count = names.size();
        return count < 2
                ? String.join("", names)
                : String.join(", ", names.subList(0, count - 1)) + " " + last + " " + names.get(count - 1);
    }
}
