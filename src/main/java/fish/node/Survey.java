package fish.node;

import fish.api.ClusterSource;
import fish.contract.Cluster;
import fish.contract.NodeState;
import fish.contract.NodeStatus;
import fish.contract.NodeType;
import fish.store.MemberRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The whole group as one node sees it now: asks every back-end that it knows of, side by side, and takes
 * from the master who else follows it. Thread-safe.
 */
public final class Survey implements ClusterSource {
    private static final Duration TIMEOUT = Duration.ofMillis(700);

    private final Peers peers;
    private final Supplier<NodeReport> self;
    private final Supplier<List<MemberRecord>> members;

    /**
     * @param self what the asking node says of itself
     * @param members the back-ends that it knows of; empty where it can read none
     */
    public Survey(Peers peers, Supplier<NodeReport> self, Supplier<List<MemberRecord>> members) {
        this.peers = peers;
        this.self = self;
        this.members = members;
    }

    @Override
    public void cluster(Consumer<? super Cluster> answer) {
        var unused = reports().thenAccept(reports -> answer.accept(assemble(reports)));
    }

    /** The reports of all that answer, and {@link NodeState#UNREACHABLE} of the others. */
    private CompletableFuture<List<NodeReport>> reports() {
        NodeReport own = self.get();
        List<CompletableFuture<NodeReport>> asked = new ArrayList<>();
        asked.add(CompletableFuture.completedFuture(own));
        for (MemberRecord member : members.get()) {
            if (!member.name().equals(own.status().name())) {
                asked.add(peers.report(member.http(), TIMEOUT)
                        .exceptionally(failure -> unreachable(own.group(), member))
                        .thenApply(report -> sameNode(own.group(), member, report)));
            }
        }
        return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
                .thenApply(all -> asked.stream().map(CompletableFuture::join).toList());
    }

    /** Somebody else may have got its port. */
    private static NodeReport sameNode(String group, MemberRecord member, NodeReport report) {
        boolean same = report.group().equals(group) && report.status().name().equals(member.name());
        return same ? report : unreachable(group, member);
    }

    private static NodeReport unreachable(String group, MemberRecord member) {
        NodeStatus status = new NodeStatus(
                member.name(),
                NodeType.ELECTABLE,
                NodeState.UNREACHABLE,
                member.address(),
                member.http(),
                member.priority(),
                0,
                0,
                Double.NaN);
        return new NodeReport(group, status, 0, 0, 0, 0, false, 0, List.of());
    }

    /** The serving master with the highest term; empty where nobody is. */
    public static Optional<NodeReport> master(List<NodeReport> reports) {
        return reports.stream()
                .filter(report -> report.status().state() == NodeState.MASTER)
                .max(Comparator.comparingLong(report -> report.status().term()));
    }

    static Cluster assemble(List<NodeReport> reports) {
        Optional<NodeReport> master = master(reports);
        Map<String, NodeReport> byName = new TreeMap<>();
        master.ifPresent(found -> found.followers()
                .forEach(follower -> byName.put(follower.status().name(), follower)));
        reports.forEach(report -> byName.put(report.status().name(), report));
        List<NodeStatus> nodes = new ArrayList<>();
        byName.values().forEach(report -> nodes.add(withLag(report, master)));
        nodes.sort(Comparator.comparing(NodeStatus::type).thenComparing(NodeStatus::name));
        String group = reports.get(0).group();
        return new Cluster(group, master.map(found -> found.status().name()).orElse(""), nodes);
    }

    private static NodeStatus withLag(NodeReport report, Optional<NodeReport> master) {
        NodeStatus status = report.status();
        // A master that has left without being noticed yet is nobody's master any more.
        boolean deposed = status.state() == NodeState.MASTER
                && master.map(found -> found.status().term() > status.term()).orElse(false);
        return new NodeStatus(
                status.name(),
                status.type(),
                deposed ? NodeState.UNKNOWN : status.state(),
                status.address(),
                status.http(),
                status.priority(),
                status.term(),
                status.revision(),
                lagSeconds(report, master),
                status.warnings());
    }

    /** NaN where it is not known. */
    static double lagSeconds(NodeReport report, Optional<NodeReport> master) {
        if (master.isEmpty() || report.status().state() == NodeState.UNREACHABLE) {
            return Double.NaN;
        }
        NodeReport leading = master.get();
        if (report.status().revision() >= leading.status().revision()) {
            return 0;
        }
        return report.heldMillis() == 0
                ? Double.NaN
                : Math.max(0, (leading.clockMillis() - report.heldMillis()) / 1000.0);
    }
}
