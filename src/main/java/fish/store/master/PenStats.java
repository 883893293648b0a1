package fish.store.master;

import fish.metrics.Bounds;
import fish.metrics.Counts;
import fish.metrics.Histogram;
import fish.metrics.Metrics;
import java.util.concurrent.atomic.LongAdder;

/** Counts of what a node's pens did, one after the other, each while it was master. Thread-safe. */
public final class PenStats {
    private final Histogram batches = new Histogram(Bounds.COUNTS);
    private final Histogram commits = new Histogram(Bounds.DURATIONS);
    final LongAdder failed = new LongAdder();
    private final LongAdder readIndex = new LongAdder();
    private final LongAdder expired = new LongAdder();

    /**
     * One commit.
     *
     * @param writes that it carried; of one without any the time is not told
     * @param nanos from its first write applied until a majority had it
     * @param ended records whose TTL ended in it
     * @param readers whom it confirmed
     */
    void committed(int writes, long nanos, long ended, int readers) {
        if (writes > 0) {
            batches.observe(writes);
            commits.observe(nanos);
        }
        expired.add(ended);
        readIndex.add(readers);
    }

    /** JE commits that carried writes. */
    public long batches() {
        return batches.counts().count();
    }

    /** Requests that those commits carried. */
    public long writes() {
        return Math.round(batches.counts().sum());
    }

    /** How many requests each commit carried, of those that carried any. */
    public Counts batchSizes() {
        return batches.counts();
    }

    /** How long each of these commits took, from its first write applied until a majority had it; in seconds. */
    public Counts commitTimes() {
        return commits.counts();
    }

    /** Strong reads that a commit confirmed. */
    public long readIndex() {
        return readIndex.sum();
    }

    /** Records whose TTL ended. */
    public long expired() {
        return expired.sum();
    }

    public void register(Metrics metrics) {
        metrics.histogram("fish_pen_batch_writes", "Writes in each commit that carried any.", batches);
        metrics.histogram(
                "fish_pen_commit_duration_seconds",
                "Of each commit that carried writes, from its first write applied until a majority had acknowledged it.",
                commits);
        metrics.counter("fish_pen_writes_total", "Writes that this node committed as master.", this::writes);
        metrics.counter(
                "fish_pen_failed_commits_total", "Commits that were taken back or not acknowledged.", failed::sum);
        metrics.counter(
                "fish_pen_expired_records_total", "Records that were deleted because their TTL ended.", this::expired);
        metrics.counter(
                "fish_read_index_reads_total", "Strong reads that a commit of this node confirmed.", this::readIndex);
    }
}
