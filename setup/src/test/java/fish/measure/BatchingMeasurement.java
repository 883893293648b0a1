package fish.measure;

import com.fasterxml.jackson.databind.JsonNode;
import fish.testing.HttpProbe;
import fish.testing.Program;
import fish.testing.Programs;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What committing many writes together is worth: 1 KiB PUTs at quorum durability through one front-end of
 * three back-ends, with batches as they come, and with one write in each. A command, not a test: what it
 * prints depends on the machine, and on who else uses it. {@code bin/measure
 * batching [CONNECTIONS [WARM-UP-SECONDS [SECONDS]]]}.
 */
public final class BatchingMeasurement {
    private static final Duration START_MAX = Duration.ofSeconds(60);
    private static final Duration PROBE_MAX = Duration.ofSeconds(5);

    private final int connections;
    private final Duration warmUp;
    private final Duration length;

    private BatchingMeasurement(int connections, Duration warmUp, Duration length) {
        this.connections = connections;
        this.warmUp = warmUp;
        this.length = length;
    }

    private record Rate(double perSecond, double writesPerBatch) {}

    /** Measures both, one after the other, in this order and then in the other one. */
    public static void main(String[] arguments) throws Exception {
        BatchingMeasurement measurement = new BatchingMeasurement(
                argument(arguments, 0, 16),
                Duration.ofSeconds(argument(arguments, 1, 20)),
                Duration.ofSeconds(argument(arguments, 2, 10)));
        double together = 0;
        double alone = 0;
        for (List<String> options : List.of(
                List.<String>of(),
                List.of("--batch-operations", "1"),
                List.of("--batch-operations", "1"),
                List.<String>of())) {
            Rate rate = measurement.measure(options);
            System.out.printf(
                    Locale.ROOT,
                    "%-22s %7.0f PUT/s, %5.2f writes per batch%n",
                    options.isEmpty() ? "batches as they come" : "one write per batch",
                    rate.perSecond(),
                    rate.writesPerBatch());
            together += options.isEmpty() ? rate.perSecond() : 0;
            alone += options.isEmpty() ? 0 : rate.perSecond();
        }
        System.out.printf(Locale.ROOT, "ratio %.2f at %d connections%n", together / alone, measurement.connections);
    }

    private static int argument(String[] arguments, int i, int otherwise) {
        return i < arguments.length ? Integer.parseInt(arguments[i]) : otherwise;
    }

    private Rate measure(List<String> options) throws Exception {
        try (Programs programs = Programs.ofBuild()) {
            String founder = "localhost:" + programs.freePort();
            URI master = start(programs, "back", "b0", founder, with(options, "--want-master"))
                    .awaitReady(START_MAX);
            for (String name : List.of("b1", "b2")) {
                start(programs, "back", name, address(programs), with(options, "--buddy", founder))
                        .awaitReady(START_MAX);
            }
            URI front = start(programs, "front", "r0", address(programs), List.of("--buddy", founder))
                    .awaitReady(START_MAX);
            PutLoad.run(front, connections, warmUp);
            JsonNode before = counts(master);
            double perSecond = PutLoad.run(front, connections, length);
            JsonNode after = counts(master);
            return new Rate(perSecond, grown(before, after, "writes") / grown(before, after, "batches"));
        }
    }

    private static Program start(Programs programs, String role, String name, String address, List<String> more) {
        programs.setup(name);
        List<String> arguments = with(List.of("--dir", name, "--address", address, "--port", "0"), more);
        return programs.start(name, List.of(), role, arguments);
    }

    private static JsonNode counts(URI node) throws IOException {
        return HttpProbe.of(node, PROBE_MAX).request("GET", "/node").send().json();
    }

    private static double grown(JsonNode before, JsonNode after, String count) {
        return after.path(count).asLong() - before.path(count).asLong();
    }

    private static String address(Programs programs) {
        return "localhost:" + programs.freePort();
    }

    private static List<String> with(List<String> arguments, String... more) {
        return with(arguments, List.of(more));
    }

    private static List<String> with(List<String> arguments, List<String> more) {
        return Stream.concat(arguments.stream(), more.stream()).toList();
    }
}
