package fish.tool.bench;

import com.fasterxml.jackson.core.JsonGenerator;
import fish.json.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/**
 * Results of two stores under the same work, round by round, and what they come to: the medians of each, and their ratio.
 * One thread.
 */
public final class Comparison {
    /** The head of {@link #rows}; latencies in milliseconds. */
    public static final List<String> HEAD = List.of(
            "work",
            "connections",
            "fish/s",
            "etcd/s",
            "ratio",
            "p50 fish",
            "etcd",
            "p99 fish",
            "etcd",
            "max fish",
            "etcd");

    /** The name of a piece of work, with its connections, and the results of each dialect. */
    private final Map<Cell, Map<String, List<BenchResult>>> cells = new LinkedHashMap<>();

    private record Cell(String work, int connections) {}

    public void add(String work, BenchResult result) {
        cells.computeIfAbsent(new Cell(work, result.plan().load().connections()), any -> new LinkedHashMap<>())
                .computeIfAbsent(result.plan().target().dialect(), any -> new ArrayList<>())
                .add(result);
    }

    static double median(List<BenchResult> results, ToDoubleFunction<BenchResult> what) {
        double[] sorted = results.stream().mapToDouble(what).sorted().toArray();
        int middle = sorted.length / 2;
        if (sorted.length == 0) {
            return Double.NaN;
        }
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static ToDoubleFunction<BenchResult> millis(double percentile) {
        return result -> {
            Histogram all = BenchResult.of(result.latencies());
            return BenchResult.millis(percentile >= 100 ? all.getMaxValue() : all.getValueAtPercentile(percentile));
        };
    }

    private static double rate(BenchResult result) {
        return result.totals().rate();
    }

    public List<List<String>> rows() {
        List<List<String>> rows = new ArrayList<>();
        cells.forEach((cell, results) -> {
            List<BenchResult> fish = results.getOrDefault("fish", List.of());
            List<BenchResult> etcd = results.getOrDefault("etcd", List.of());
            double fishRate = median(fish, Comparison::rate);
            double etcdRate = median(etcd, Comparison::rate);
            List<String> row = new ArrayList<>(List.of(
                    cell.work(),
                    Integer.toString(cell.connections()),
                    "%,.0f".formatted(fishRate),
                    "%,.0f".formatted(etcdRate),
                    "%.2f".formatted(fishRate / etcdRate)));
            for (double percentile : new double[] {50, 99, 100}) {
                row.add("%.2f".formatted(median(fish, millis(percentile))));
                row.add("%.2f".formatted(median(etcd, millis(percentile))));
            }
            rows.add(row);
        });
        return rows;
    }

    /** How many answers were not good, of each dialect; empty: none. */
    public List<String> failures() {
        List<String> lines = new ArrayList<>();
        cells.forEach((cell, results) -> results.forEach((dialect, all) -> all.stream()
                .filter(result -> !result.failures().isEmpty())
                .forEach(result -> lines.add(
                        "%s, %s, %d: %s".formatted(dialect, cell.work(), cell.connections(), result.failures())))));
        return lines;
    }

    /** All that was measured, and the medians. */
    public byte[] json() {
        return Json.bytes(g -> {
            g.writeStartObject();
            g.writeArrayFieldStart("medians");
            for (Map.Entry<Cell, Map<String, List<BenchResult>>> cell : cells.entrySet()) {
                medians(g, cell.getKey(), cell.getValue());
            }
            g.writeEndArray();
            g.writeArrayFieldStart("runs");
            for (Map.Entry<Cell, Map<String, List<BenchResult>>> cell : cells.entrySet()) {
                for (List<BenchResult> results : cell.getValue().values()) {
                    for (BenchResult result : results) {
                        BenchJson.write(g, result);
                    }
                }
            }
            g.writeEndArray();
            g.writeEndObject();
        });
    }

    private static void medians(JsonGenerator g, Cell cell, Map<String, List<BenchResult>> results) throws IOException {
        g.writeStartObject();
        g.writeStringField("work", cell.work());
        g.writeNumberField("connections", cell.connections());
        for (Map.Entry<String, List<BenchResult>> of : results.entrySet()) {
            g.writeObjectFieldStart(of.getKey());
            g.writeNumberField("runs", of.getValue().size());
            g.writeNumberField("rate", median(of.getValue(), Comparison::rate));
            for (double percentile : new double[] {50, 99, 99.9}) {
                g.writeNumberField(BenchJson.name(percentile), median(of.getValue(), millis(percentile)));
            }
            g.writeNumberField("max", median(of.getValue(), millis(100)));
            g.writeEndObject();
        }
        g.writeEndObject();
    }
}
