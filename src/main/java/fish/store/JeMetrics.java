package fish.store;

import com.sleepycat.je.EnvironmentStats;
import fish.metrics.Metrics;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** JE's own figures, as a node's metrics tell them. They begin anew with each opened environment. */
public final class JeMetrics {
    private static final double MILLIS = 1e3;

    private final Supplier<EnvironmentStats> stats;
    private final Metrics metrics;

    private JeMetrics(Supplier<EnvironmentStats> stats, Metrics metrics) {
        this.stats = stats;
        this.metrics = metrics;
    }

    /**
     * @param store the open one; may throw {@link UnavailableException}, and then none of them are told
     */
    public static void register(Supplier<Store> store, Metrics metrics) {
        JeMetrics je = new JeMetrics(new Once(store), metrics);
        je.cache();
        je.cleaner();
        je.log();
    }

    /** All are read one after the other: the first one asks JE, and the others take what it said then. */
    private static final class Once implements Supplier<EnvironmentStats> {
        private static final long VALID_NANOS = 500_000_000;

        private final Supplier<Store> store;
        private EnvironmentStats last = new EnvironmentStats();
        private long lastNanos = System.nanoTime() - VALID_NANOS;

        Once(Supplier<Store> store) {
            this.store = store;
        }

        @Override
        public synchronized EnvironmentStats get() {
            long now = System.nanoTime();
            if (now - lastNanos >= VALID_NANOS) {
                last = store.get().statistics();
                lastNanos = now;
            }
            return last;
        }
    }

    private void cache() {
        gauge("fish_je_cache_bytes", "What JE's cache holds.", EnvironmentStats::getCacheTotalBytes);
        gauge("fish_je_lock_bytes", "Of the cache, what locks take.", EnvironmentStats::getLockBytes);
        counter(
                "fish_je_cache_misses_total",
                "Reads of a log file for what was not in the cache.",
                stats -> stats.getNNotResident());
        counter("fish_je_leaf_fetches_total", "Looks for a leaf of a tree of keys.", EnvironmentStats::getNBINsFetch);
        counter(
                "fish_je_leaf_fetch_misses_total",
                "Of the looks for a leaf, those that had to read it from a log file.",
                EnvironmentStats::getNBINsFetchMiss);
        counter("fish_je_record_fetches_total", "Looks for a record.", EnvironmentStats::getNLNsFetch);
        counter(
                "fish_je_record_fetch_misses_total",
                "Of the looks for a record, those that had to read it from a log file.",
                EnvironmentStats::getNLNsFetchMiss);
        counter(
                "fish_je_evicted_nodes_total",
                "Nodes of trees that were taken from the cache to make room.",
                EnvironmentStats::getNNodesEvicted);
        counter(
                "fish_je_evicted_by_users_bytes_total",
                "What reads and writes had to evict themselves before they went on: the cache is too small.",
                EnvironmentStats::getNBytesEvictedCritical);
    }

    private void cleaner() {
        gauge(
                "fish_je_cleaner_pending_records",
                "Records that cleaning has to come back to, since they were locked.",
                EnvironmentStats::getPendingLNQueueSize);
        counter("fish_je_cleaned_files_total", "Log files that were cleaned.", EnvironmentStats::getNCleanerRuns);
        counter("fish_je_deleted_files_total", "Log files that were deleted.", EnvironmentStats::getNCleanerDeletions);
        counter(
                "fish_je_cleaner_read_bytes_total",
                "What cleaning read from disk.",
                EnvironmentStats::getNCleanerDiskRead);
        gauge(
                "fish_je_log_utilization_ratio",
                "How much of the log is still needed, at least.",
                stats -> stats.getCurrentMinUtilization() / 100.0);
    }

    private void log() {
        gauge("fish_je_log_bytes", "All log files of this node.", EnvironmentStats::getTotalLogSize);
        gauge("fish_je_log_active_bytes", "Of the log files, what holds data.", EnvironmentStats::getActiveLogSize);
        gauge(
                "fish_je_log_reserved_bytes",
                "Of the log files, what is kept for nodes that are behind, and deleted when the room is needed.",
                EnvironmentStats::getReservedLogSize);
        gauge(
                "fish_je_log_protected_bytes",
                "Of what is kept for them, what cannot be deleted now.",
                EnvironmentStats::getProtectedLogSize);
        counter(
                "fish_je_log_written_bytes_total",
                "What was written to log files.",
                stats -> stats.getNSequentialWriteBytes() + stats.getNRandomWriteBytes());
        counter(
                "fish_je_log_read_bytes_total",
                "What was read from log files.",
                stats -> stats.getNSequentialReadBytes() + stats.getNRandomReadBytes());
        counter("fish_je_fsyncs_total", "Times that the log was forced to disk.", EnvironmentStats::getNLogFSyncs);
        gauge(
                "fish_je_fsync_average_seconds",
                "How long forcing to disk took on average.",
                stats -> stats.getFSyncAvgMs() / MILLIS);
        gauge(
                "fish_je_fsync_max_seconds",
                "How long forcing to disk took at most.",
                stats -> stats.getFSyncMaxMs() / MILLIS);
        counter("fish_je_checkpoints_total", "Checkpoints.", EnvironmentStats::getNCheckpoints);
    }

    private void gauge(String name, String help, ToDoubleFunction<EnvironmentStats> figure) {
        metrics.gauge(name, help, () -> figure.applyAsDouble(stats.get()));
    }

    private void counter(String name, String help, ToDoubleFunction<EnvironmentStats> figure) {
        metrics.counter(name, help, () -> figure.applyAsDouble(stats.get()));
    }
}
