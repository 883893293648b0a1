package fish.api;

import fish.http.Handler;

/**
 * What a node tells of itself, and of its group as it sees it.
 *
 * @param report answers with all that a bug report needs of this node
 */
public record NodeView(Health health, ClusterSource cluster, MetricsSource metrics, Handler report) {}
