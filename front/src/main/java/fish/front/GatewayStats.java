package fish.front;

import fish.metrics.Metrics;
import fish.node.NodeMetrics;
import java.util.concurrent.atomic.LongAdder;

/** What a front-end counts of the requests that go to the master. Thread-safe. */
final class GatewayStats {
    private final LongAdder forwarded = new LongAdder();
    private final LongAdder held = new LongAdder();
    private final LongAdder again = new LongAdder();

    /** One that only the master can serve has come. */
    void forwarded() {
        forwarded.increment();
    }

    /** One waits for a master. */
    void held() {
        held.increment();
    }

    /** One that was sent has to go to another master, or to the same again. */
    void sentAgain() {
        again.increment();
    }

    void register(NodeMetrics metrics, Gateway gateway) {
        Metrics registry = metrics.registry();
        registry.counter(
                "fish_gateway_forwarded_requests_total",
                "Requests that only the master can serve, this node's own questions to it among them.",
                forwarded::sum);
        registry.counter(
                "fish_gateway_held_requests_total", "Times that a request had to wait for a master.", held::sum);
        registry.counter(
                "fish_gateway_resent_requests_total",
                "Times that a request was sent again, since its answer was lost or its master did not serve any more.",
                again::sum);
        registry.gauge("fish_gateway_queue_requests", "Requests that wait for a master now.", gateway::heldRequests);
        registry.gauge(
                "fish_gateway_queue_bytes",
                "What requests that wait for a master hold of the heap.",
                gateway::heldBytes);
        registry.gauge(
                "fish_gateway_open_requests",
                "Requests that wait for the master's answer or for a master.",
                gateway::openRequests);
        registry.gauge(
                "fish_gateway_without_master_seconds",
                "For how long this front-end has had no connection to a master; 0 while it has one.",
                gateway::withoutMasterSeconds);
        metrics.addSeries(series -> series.level("held", gateway::heldRequests));
    }
}
