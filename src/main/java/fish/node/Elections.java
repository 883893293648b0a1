package fish.node;

import fish.contract.NodeState;
import fish.metrics.Bounds;
import fish.metrics.Histogram;
import fish.metrics.Metrics;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * How often, and for how long, this node knew no master once it had known one: what an election takes as seen from
 * here, be it one that it stood in or not. Thread-safe.
 */
final class Elections {
    private final LongSupplier nanoTime;
    private final Histogram without = new Histogram(Bounds.DURATIONS);
    private final LongAdder changes = new LongAdder();

    // Guarded by this.
    private String last = "";
    private boolean known;
    private long lostNanos;

    /** @param nanoTime as {@link System#nanoTime} */
    Elections(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** @param master the one that this node follows or is; empty where it knows none */
    synchronized void state(NodeState state, String master) {
        boolean now = state == NodeState.MASTER || (state == NodeState.REPLICA && !master.isEmpty());
        if (known && !now) {
            lostNanos = nanoTime.getAsLong();
        } else if (!known && now && !last.isEmpty()) {
            without.observe(nanoTime.getAsLong() - lostNanos);
        }
        known = now;
        if (now && !master.equals(last)) {
            if (!last.isEmpty()) {
                changes.increment();
            }
            last = master;
        }
    }

    /** In seconds; 0 while a master is known, NaN before the first one. */
    private synchronized double withoutSeconds() {
        if (known) {
            return 0;
        }
        return last.isEmpty() ? Double.NaN : (nanoTime.getAsLong() - lostNanos) / 1e9;
    }

    void register(Metrics metrics) {
        metrics.histogram(
                "fish_election_duration_seconds",
                "From when this node lost sight of the master until it followed or was one again.",
                without);
        metrics.gauge(
                "fish_without_master_seconds",
                "For how long this node has known no master; 0 while it knows one.",
                this::withoutSeconds);
        metrics.counter(
                "fish_master_changes_total", "Times that another node became master, as seen from here.", changes::sum);
    }
}
