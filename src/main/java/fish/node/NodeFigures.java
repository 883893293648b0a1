package fish.node;

import fish.api.ChangeHandler;
import fish.api.MetricsSource;
import fish.api.Routes;
import fish.budget.ByteBudget;
import fish.budget.HeapBudget;
import fish.budget.Share;
import fish.conf.Version;
import fish.contract.NodeState;
import fish.contract.NodeType;
import fish.group.DiskRoom;
import fish.http.HttpServer;
import fish.http.RequestStats;
import fish.metrics.Metrics;
import fish.metrics.TimeSeries;
import fish.store.JeMetrics;
import fish.store.watch.ChangeFeed;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** What the metrics of both kinds of node have in common. */
public final class NodeFigures {
    private final GroupMember groupMember;
    private final Reporter reporter;
    private final DoubleSupplier lagSeconds;

    /** @param lagSeconds how old this node's replica can be; NaN where it is not known */
    public NodeFigures(GroupMember groupMember, Reporter reporter, DoubleSupplier lagSeconds) {
        this.groupMember = groupMember;
        this.reporter = reporter;
        this.lagSeconds = lagSeconds;
    }

    /** What a node serves from, and what for. */
    public record Serving(HttpServer server, ChangeFeed changes, ChangeHandler watchers, HeapBudget budget) {}

    /**
     * Has the ends of certificates told.
     *
     * @param ends by what each certificate is for; asked at each scrape, must not block
     */
    public static void registerCertificates(NodeMetrics metrics, Supplier<Map<String, Instant>> ends) {
        metrics.registry()
                .gauges(
                        "fish_certificate_end_timestamp_seconds",
                        "When a certificate ends, in seconds since 1970.",
                        List.of("certificate"),
                        values -> ends.get().forEach((name, end) -> values.add((double) end.getEpochSecond(), name)));
    }

    public void register(NodeMetrics metrics, NodeType type, Serving serving) {
        Metrics registry = metrics.registry();
        identity(registry, type);
        replication(registry);
        disk(registry);
        groupMember.elections().register(registry);
        serving.server().register(registry);
        watchers(registry, serving);
        budgets(registry, serving);
        JeMetrics.register(groupMember::store, registry);
        JvmFigures.register(registry);
        groupMember.transport().tls().ifPresent(tls -> registerCertificates(metrics, () -> Map.of("node", tls.ends())));
        metrics.addSeries(series -> {
            requests(series, serving.server().stats());
            series.level("watchers", () -> serving.changes().watchers());
            series.level("connections", () -> serving.server().connections());
            state(series);
            JvmFigures.add(series);
        });
    }

    private void identity(Metrics registry, NodeType type) {
        registry.gauges(
                "fish_build_info",
                "Always 1: the versions of Fish and Java.",
                List.of("version", "java"),
                values -> values.add(1.0, Version.number(), Runtime.version().toString()));
        registry.gauges(
                "fish_node_info",
                "Always 1: which node of which group this is.",
                List.of("node", "group", "type"),
                values -> values.add(
                        1.0,
                        groupMember.name(),
                        groupMember.group(),
                        type.name().toLowerCase(Locale.ROOT)));
        registry.gauges("fish_node_state", "1 for the state that the node is in, else 0.", List.of("state"), values -> {
            for (NodeState state : NodeState.values()) {
                if (state != NodeState.UNREACHABLE) {
                    values.add(
                            groupMember.state() == state ? 1.0 : 0.0,
                            state.name().toLowerCase(Locale.ROOT));
                }
            }
        });
    }

    private void replication(Metrics registry) {
        registry.gauge("fish_revision", "The last revision that this node's replica holds.", () -> groupMember
                .store()
                .lastRevision());
        registry.gauge(
                "fish_master_term",
                "The term of the last master that this node's replica knows of.",
                () -> groupMember.store().masterRecord().term());
        registry.gauge(
                "fish_replica_lag_seconds",
                "How old what this node holds can be; 0 on the master, left out where it is not known.",
                lagSeconds);
        registry.gauge(
                "fish_group_electable_nodes",
                "The back-ends that the group has, as this node's replica knows.",
                () -> groupMember.store().members().size());
        registry.gauge(
                "fish_replication_connected_nodes",
                "On the master: the nodes that follow it; else 0.",
                () -> groupMember.connected().size());
        registry.gauges(
                "fish_replication_lag_seconds",
                "On the master: how far each node that follows it is behind, as it said itself within the last seconds.",
                List.of("node"),
                values -> lags().forEach((node, lag) -> values.add(lag, node)));
        registry.gauge(
                "fish_clock_offset_seconds",
                "How far this node's clock is ahead of the master's, as measured last; 0 on the master.",
                () -> groupMember.mastership().isPresent()
                        ? 0
                        : reporter.clocks().aheadSeconds());
    }

    /** By node, in seconds; on the master alone. */
    private Map<String, Double> lags() {
        return reporter.lags();
    }

    private void disk(Metrics registry) {
        registry.gauge(
                "fish_disk_usable_bytes",
                "What the file system of this node's data can still take.",
                () -> of(DiskRoom::usableBytes));
        registry.gauge(
                "fish_disk_size_bytes",
                "How large the file system of this node's data is.",
                () -> of(DiskRoom::sizeBytes));
        registry.gauge(
                "fish_disk_room_bytes",
                "How much clients can still write, by free-disk and max-disk; below zero where they are refused.",
                () -> of(DiskRoom::roomBytes));
        registry.gauge(
                "fish_disk_full",
                "1 while clients' writes are refused for want of disk, else 0.",
                () -> of(room -> room.full() ? 1 : 0));
    }

    private double of(ToDoubleFunction<DiskRoom> figure) {
        Optional<DiskRoom> room = groupMember.disk();
        return room.isPresent() ? figure.applyAsDouble(room.get()) : Double.NaN;
    }

    private static void watchers(Metrics registry, Serving serving) {
        registry.gauge("fish_watchers", "Streams and waiting pages of changes.", () -> serving.changes()
                .watchers());
        registry.gauge("fish_watchers_max", "How many of them there may be.", () -> ChangeFeed.WATCHERS_MAX);
    }

    private static void budgets(Metrics registry, Serving serving) {
        List<String> share = List.of("share");
        ByteBudget requests = serving.budget().of(Share.REQUESTS);
        ByteBudget answers = serving.budget().of(Share.ANSWERS);
        registry.gauges("fish_budget_max_bytes", "What a share of the heap may hold.", share, values -> {
            values.add((double) requests.bytesMax(), "requests");
            values.add((double) answers.bytesMax(), "answers");
            values.add((double) serving.watchers().heldBytesMax(), "watchers");
            values.add((double) serving.budget().cacheBytes(), "cache");
        });
        registry.gauges("fish_budget_used_bytes", "What it holds now; of the cache see JE's.", share, values -> {
            values.add((double) requests.used(), "requests");
            values.add((double) answers.used(), "answers");
            values.add((double) serving.watchers().heldBytes(), "watchers");
        });
        registry.gauges("fish_budget_waiting", "Requests that wait for room in it.", share, values -> {
            values.add((double) requests.waiting(), "requests");
            values.add((double) answers.waiting(), "answers");
        });
    }

    private static void requests(TimeSeries series, RequestStats stats) {
        series.rate("reads", () -> stats.reads(Routes::isData).count());
        series.rate("writes", () -> stats.writes(Routes::isData).count());
        series.rate("errors", () -> stats.failures(Routes::isData));
        series.quantiles(() -> stats.reads(Routes::isData), "readP50", "readP99");
        series.quantiles(() -> stats.writes(Routes::isData), "writeP50", "writeP99");
    }

    private void state(TimeSeries series) {
        series.level("lag", lagSeconds);
        series.level("lagMax", () -> lags().values().stream()
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(Double.NaN));
        series.level("diskUsable", () -> of(DiskRoom::usableBytes));
        series.level("diskSize", () -> of(DiskRoom::sizeBytes));
        series.level("diskData", () -> of(DiskRoom::dataBytes));
        series.level(MetricsSource.History.ROLE, () -> NodeMetrics.STATES.indexOf(groupMember.state()));
    }
}
