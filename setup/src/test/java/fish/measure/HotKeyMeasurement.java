package fish.measure;

import fish.testing.FishGroup;
import fish.testing.Programs;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * What one hot key costs: 64 connections through one front-end of three back-ends, 1 KiB each, PUTs to
 * random keys, PUTs to one key, and transactions that read and put one key; in turn, several times. {@code
 * bin/measure hot-key [CONNECTIONS [WARM-UP-SECONDS [SECONDS [ROUNDS]]]]}.
 */
public final class HotKeyMeasurement {
    private static final Duration START_MAX = Duration.ofSeconds(60);

    private HotKeyMeasurement() {}

    public static void main(String[] arguments) throws Exception {
        int connections = argument(arguments, 0, 64);
        Duration warmUp = Duration.ofSeconds(argument(arguments, 1, 60));
        Duration length = Duration.ofSeconds(argument(arguments, 2, 10));
        int rounds = argument(arguments, 3, 3);
        List<Double> random = new ArrayList<>();
        List<Double> hot = new ArrayList<>();
        List<Double> transactions = new ArrayList<>();
        try (Programs programs = Programs.ofBuild();
                FishGroup group = FishGroup.onLoopback(programs, 3, 1)) {
            group.start(START_MAX);
            URI front = group.front(0).http();
            PutLoad.run(front, connections, warmUp);
            PutLoad.run(front, PutLoad.Kind.TRANSACTION, 1, connections, length);
            for (int i = 0; i < rounds; i++) {
                random.add(PutLoad.run(front, PutLoad.Kind.PUT, PutLoad.KEYS, connections, length));
                hot.add(PutLoad.run(front, PutLoad.Kind.PUT, 1, connections, length));
                transactions.add(PutLoad.run(front, PutLoad.Kind.TRANSACTION, 1, connections, length));
            }
        }
        double base = median(random);
        System.out.printf(Locale.ROOT, "PUT, random keys         %7.0f/s%n", base);
        System.out.printf(
                Locale.ROOT, "PUT, one key             %7.0f/s, ratio %.2f%n", median(hot), median(hot) / base);
        System.out.printf(
                Locale.ROOT,
                "transactions, one key    %7.0f/s, ratio %.2f%n",
                median(transactions),
                median(transactions) / base);
    }

    private static double median(List<Double> rates) {
        Collections.sort(rates);
        return rates.get(rates.size() / 2);
    }

    private static int argument(String[] arguments, int index, int standard) {
        return arguments.length > index ? Integer.parseInt(arguments[index]) : standard;
    }
}
