package fish.tool.bench;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * What was measured, without the warm-up.
 *
 * @param latencies of good answers, in microseconds
 * @param failures how many of which kind
 */
public record BenchResult(
        Plan plan,
        Machine machine,
        List<Second> seconds,
        Map<Op, Histogram> latencies,
        Map<String, Long> failures,
        Totals totals) {
    public BenchResult {
        seconds = List.copyOf(seconds);
        failures = new TreeMap<>(failures);
    }

    /**
     * One second of the measurement.
     *
     * @param at since its beginning
     * @param good answers in it; the latencies are theirs, in milliseconds
     */
    public record Second(double at, long good, double p50, double p99, double max, long failed) {}

    /**
     * @param good answers in all
     * @param cpuMicros CPU time of the load generator for each of them
     * @param longestGapMillis the longest time without one
     * @param lateMicros the longest time that a request was sent after it was due though a connection was free
     */
    public record Totals(double seconds, long good, double cpuMicros, double longestGapMillis, long lateMicros) {
        public double rate() {
            return good / seconds;
        }
    }

    /** Latencies of all requests together, or of events where there are some. */
    static Histogram of(Map<Op, Histogram> latencies) {
        Histogram all = Recording.histogram();
        latencies.forEach((op, some) -> {
            if (op != Op.EVENT) {
                all.add(some);
            }
        });
        return all;
    }

    static double millis(long micros) {
        return micros / 1000.0;
    }
}
