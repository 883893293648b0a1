package fish.tool.bench;

import com.fasterxml.jackson.core.JsonGenerator;
import fish.json.Json;
import java.io.IOException;
import java.util.List;
import org.HdrHistogram.Histogram;

/** A result as a document. Latencies are in milliseconds. */
public final class BenchJson {
    static final List<Double> PERCENTILES = List.of(50.0, 75.0, 90.0, 99.0, 99.9, 99.99);

    private BenchJson() {}

    public static byte[] of(BenchResult result) {
        return Json.bytes(g -> write(g, result));
    }

    /** Writes it where a value may stand. */
    static void write(JsonGenerator g, BenchResult result) throws IOException {
        g.writeStartObject();
        plan(g, result.plan());
        machine(g, result.machine());
        BenchResult.Totals totals = result.totals();
        g.writeNumberField("seconds", totals.seconds());
        g.writeNumberField("good", totals.good());
        g.writeNumberField("rate", totals.rate());
        g.writeNumberField("longestGapMillis", totals.longestGapMillis());
        g.writeNumberField("sentLateMillisMax", BenchResult.millis(totals.lateMicros()));
        g.writeNumberField("generatorCpuMicrosEach", totals.cpuMicros());
        g.writeObjectFieldStart("failed");
        for (var failure : result.failures().entrySet()) {
            g.writeNumberField(failure.getKey(), failure.getValue());
        }
        g.writeEndObject();
        g.writeObjectFieldStart("latencyMillis");
        for (var latencies : result.latencies().entrySet()) {
            g.writeObjectFieldStart(latencies.getKey().word());
            latencies(g, latencies.getValue());
            g.writeEndObject();
        }
        g.writeEndObject();
        g.writeArrayFieldStart("overTime");
        for (BenchResult.Second second : result.seconds()) {
            g.writeStartObject();
            g.writeNumberField("at", second.at());
            g.writeNumberField("good", second.good());
            g.writeNumberField("p50", second.p50());
            g.writeNumberField("p99", second.p99());
            g.writeNumberField("max", second.max());
            g.writeNumberField("failed", second.failed());
            g.writeEndObject();
        }
        g.writeEndArray();
        g.writeEndObject();
    }

    private static void latencies(JsonGenerator g, Histogram latencies) throws IOException {
        g.writeNumberField("count", latencies.getTotalCount());
        g.writeNumberField("mean", latencies.getMean() / 1000);
        g.writeNumberField("min", BenchResult.millis(latencies.getMinValue()));
        for (double percentile : PERCENTILES) {
            g.writeNumberField(name(percentile), BenchResult.millis(latencies.getValueAtPercentile(percentile)));
        }
        g.writeNumberField("max", BenchResult.millis(latencies.getMaxValue()));
    }

    /** As {@code p50}, {@code p99.9}. */
    static String name(double percentile) {
        return percentile == Math.rint(percentile) ? "p" + (int) percentile : "p" + percentile;
    }

    private static void plan(JsonGenerator g, Plan plan) throws IOException {
        g.writeStringField("dialect", plan.target().dialect());
        g.writeArrayFieldStart("at");
        for (var address : plan.target().addresses()) {
            g.writeString(address.getHostString() + ":" + address.getPort());
        }
        g.writeEndArray();
        g.writeStringField("workload", plan.workload().word());
        g.writeStringField("loop", plan.load().open() ? "open" : "closed");
        g.writeNumberField("connections", plan.load().connections());
        g.writeNumberField("rateAsked", plan.load().rate());
        g.writeNumberField("reads", plan.load().reads());
        g.writeNumberField("watchers", plan.load().watchers());
        g.writeStringField("consistency", plan.target().consistency());
        g.writeStringField("durability", durability(plan));
        g.writeNumberField("keys", plan.data().keys());
        g.writeNumberField("valueBytes", plan.data().valueBytes());
        g.writeNumberField("warmUpSeconds", plan.times().warmUp().toMillis() / 1000.0);
    }

    static String durability(Plan plan) {
        String asked = plan.target().durability();
        return !asked.isEmpty() ? asked : plan.target().dialect().equals("fish") ? "the group's default" : "its own";
    }

    private static void machine(JsonGenerator g, Machine machine) throws IOException {
        g.writeObjectFieldStart("machine");
        g.writeStringField("processor", machine.processor());
        g.writeNumberField("cores", machine.cores());
        g.writeNumberField("memoryBytes", machine.memoryBytes());
        g.writeStringField("system", machine.system());
        g.writeStringField("java", machine.java());
        g.writeNumberField("loadAverage", machine.load());
        g.writeEndObject();
    }
}
