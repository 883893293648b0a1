package fish.api;

/** What a node tells of itself, and of its group as it sees it. */
public record NodeView(Health health, ClusterSource cluster, MetricsSource metrics) {}
