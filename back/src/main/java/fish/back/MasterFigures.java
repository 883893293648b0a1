package fish.back;

import fish.group.Mastership;
import fish.link.LinkServer;
import fish.metrics.Metrics;
import fish.node.GroupMember;
import fish.node.NodeMetrics;
import fish.store.master.PenStats;
import java.util.function.ToDoubleFunction;

/** What a back-end counts as master, and of those who send it requests. */
record MasterFigures(GroupMember groupMember, PenStats pen, LinkServer link) {
    void register(NodeMetrics metrics) {
        Metrics registry = metrics.registry();
        pen.register(registry);
        registry.gauge(
                "fish_pen_queue_writes",
                "Writes that wait for the pen; 0 where this node is not master.",
                () -> of(master -> master.pen().queued()));
        registry.gauge(
                "fish_read_index_waiting_reads",
                "Strong reads that wait for a commit; 0 where this node is not master.",
                () -> of(master -> master.pen().readersWaiting()));
        registry.gauge("fish_link_connections", "Front-ends that are connected to this node.", link::connections);
        metrics.addSeries(series -> {
            series.rate("committed", pen::writes);
            series.rate("strongReads", pen::readIndex);
            series.mean("batch", pen::batchSizes);
            series.quantiles(pen::commitTimes, "commitP50", "commitP99");
            series.level("queue", () -> of(master -> master.pen().queued()));
        });
    }

    private double of(ToDoubleFunction<Mastership> figure) {
        return groupMember.mastership().map(figure::applyAsDouble).orElse(0.0);
    }
}
