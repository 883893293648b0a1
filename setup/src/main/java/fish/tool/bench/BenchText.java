package fish.tool.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A result for people. */
public final class BenchText {
    /** The head of {@link #rows}. */
    public static final List<String> HEAD =
            List.of("", "per second", "mean", "p50", "p90", "p99", "p99.9", "max, in ms");

    private static final double[] PERCENTILES = {50, 90, 99, 99.9};

    private BenchText() {}

    /** What stands above the table. */
    public static List<String> above(BenchResult result) {
        Plan plan = result.plan();
        String loop = plan.load().open()
                ? "%,.0f requests/s offered, latency from when each was due"
                        .formatted(plan.load().rate())
                : "as fast as answers come (closed loop)";
        String reads = plan.workload() == BenchWork.MIXED
                ? ", %.0f %% gets".formatted(100 * plan.load().reads())
                : "";
        return List.of(
                "%s: %s%s, %d connections%s, %s"
                        .formatted(
                                plan.target().dialect(),
                                plan.workload().word(),
                                reads,
                                plan.load().connections(),
                                plan.workload() == BenchWork.WATCH
                                        ? ", " + plan.load().watchers() + " watchers"
                                        : "",
                                loop),
                "values of %,d bytes, %,d keys, consistency of reads %s, durability %s"
                        .formatted(
                                plan.data().valueBytes(),
                                plan.data().keys(),
                                plan.target().consistency(),
                                BenchJson.durability(plan)),
                "warmed up %d s, measured %.1f s, on %s"
                        .formatted(
                                plan.times().warmUp().toSeconds(),
                                result.totals().seconds(),
                                result.machine().line()));
    }

    /** A row for each kind of request. */
    public static List<List<String>> rows(BenchResult result) {
        List<List<String>> rows = new ArrayList<>();
        result.latencies().forEach((op, latencies) -> {
            List<String> row = new ArrayList<>();
            row.add(op.word());
            row.add("%,.0f"
                    .formatted(latencies.getTotalCount() / result.totals().seconds()));
            row.add(ms(latencies.getMean()));
            for (double percentile : PERCENTILES) {
                row.add(ms((double) latencies.getValueAtPercentile(percentile)));
            }
            row.add(ms((double) latencies.getMaxValue()));
            rows.add(row);
        });
        return rows;
    }

    private static String ms(double micros) {
        return micros < 10_000 ? "%.2f".formatted(micros / 1000) : "%.1f".formatted(micros / 1000);
    }

    /** What stands below it. */
    public static List<String> below(BenchResult result) {
        List<String> lines = new ArrayList<>();
        String failures = result.failures().entrySet().stream()
                .map(failure -> "%,d %s".formatted(failure.getValue(), failure.getKey()))
                .collect(Collectors.joining(", "));
        lines.add(failures.isEmpty() ? "none failed" : "failed: " + failures);
        lines.add("longest time without a good answer %.1f ms; the load generator took %.1f µs of CPU for each"
                .formatted(result.totals().longestGapMillis(), result.totals().cpuMicros()));
        if (result.plan().load().open()) {
            lines.add("sent at most %.2f ms after it was due though a connection was free"
                    .formatted(BenchResult.millis(result.totals().lateMicros())));
        }
        return lines;
    }
}
