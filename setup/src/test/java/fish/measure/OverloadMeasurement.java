package fish.measure;

import fish.testing.FishGroup;
import fish.testing.Programs;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * What ten times more clients than can be served get: throughput and latency at the number of connections
 * that is served best, and at ten times as many. Who is refused comes again after a second, as {@code Retry-After} says, and in
 * a second run after 10 ms, as an enemy does. {@code bin/measure overload [SECONDS [TIMES]]}.
 */
public final class OverloadMeasurement {
    private static final Duration START_MAX = Duration.ofMinutes(2);
    private static final Duration WARM_UP = Duration.ofSeconds(5);
    private static final Duration FIRST_WARM_UP = Duration.ofSeconds(20);
    private static final List<Integer> CONNECTIONS = List.of(16, 64, 256);
    private static final List<Duration> AFTER_REFUSAL = List.of(Duration.ofSeconds(1), Duration.ofMillis(10));

    private OverloadMeasurement() {}

    public static void main(String[] arguments) throws Exception {
        Duration length = Duration.ofSeconds(FailOverMeasurement.argument(arguments, 0, 15));
        int times = FailOverMeasurement.argument(arguments, 1, 10);
        try (Programs programs = Programs.ofBuild();
                FishGroup group = FishGroup.onLoopback(programs, 3, 1)) {
            group.start(START_MAX);
            URI front = group.front(0).http();
            var unused = new RequestLoad(front, 64, Duration.ZERO).run(FIRST_WARM_UP, WARM_UP);
            int bestAt = 0;
            RequestLoad.Result best = null;
            for (int connections : CONNECTIONS) {
                RequestLoad.Result result = new RequestLoad(front, connections, Duration.ZERO).run(WARM_UP, length);
                System.out.printf("%5d connections: %s%n", connections, result);
                if (best == null || result.perSecond() > best.perSecond()) {
                    best = result;
                    bestAt = connections;
                }
            }
            int many = bestAt * times;
            if (best != null) {
                for (Duration afterRefusal : AFTER_REFUSAL) {
                    RequestLoad.Result over =
                            new RequestLoad(front, many, Duration.ZERO, afterRefusal).run(WARM_UP, length);
                    System.out.printf("%5d connections, %s after a refusal: %s%n", many, afterRefusal, over);
                    printRatios(over, best);
                }
            }
        }
    }

    private static void printRatios(RequestLoad.Result over, RequestLoad.Result best) {
        System.out.printf(
                Locale.ROOT,
                "throughput %.2f of the best (0.8 is the least), p50 %.1f times, p99 %.1f times (2 is the most)%n",
                over.perSecond() / best.perSecond(),
                ratio(over, best, 50),
                ratio(over, best, 99));
    }

    private static double ratio(RequestLoad.Result one, RequestLoad.Result other, int percent) {
        return (double) one.served().percentile(percent).toNanos()
                / other.served().percentile(percent).toNanos();
    }
}
