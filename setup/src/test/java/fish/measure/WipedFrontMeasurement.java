package fish.measure;

import fish.testing.Eventually;
import fish.testing.FishGroup;
import fish.testing.FishNode;
import fish.testing.HttpAnswer;
import fish.testing.HttpProbe;
import fish.testing.Programs;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How long a front-end that lost its disk takes to come back: it is killed, its home is made anew, it
 * starts again and copies the store, while a writer goes on through another one. {@code
 * bin/measure wiped-front [MEGABYTES [ROUNDS]]}.
 */
public final class WipedFrontMeasurement {
    private static final Duration START_MAX = Duration.ofSeconds(60);
    private static final Duration ANSWER_MAX = Duration.ofSeconds(30);
    private static final Duration BACK_MAX = Duration.ofMinutes(2);
    private static final Duration CALM = Duration.ofSeconds(2);
    private static final int VALUE_BYTES = 1024;
    private static final int PUTS_EACH = 100;
    private static final int FILLERS = 4;
    private static final int SAMPLES = 200;

    private final Programs programs;
    private final FishGroup group;
    private final int records;

    private WipedFrontMeasurement(Programs programs, FishGroup group, int records) {
        this.programs = programs;
        this.group = group;
        this.records = records;
    }

    public static void main(String[] arguments) throws Exception {
        int records = argument(arguments, 0, 100) * 1_000_000 / VALUE_BYTES;
        int rounds = argument(arguments, 1, 3);
        try (Programs programs = Programs.ofBuild();
                FishGroup group = FishGroup.onLoopback(programs, 3, 2)) {
            group.start(START_MAX);
            WipedFrontMeasurement measurement = new WipedFrontMeasurement(programs, group, records);
            measurement.fill();
            for (int i = 0; i < rounds; i++) {
                measurement.measure();
            }
        }
    }

    private static int argument(String[] arguments, int index, int standard) {
        return arguments.length > index ? Integer.parseInt(arguments[index]) : standard;
    }

    private void fill() throws Exception {
        HttpProbe probe = HttpProbe.of(group.front(1).http(), ANSWER_MAX);
        ExecutorService threads = Executors.newFixedThreadPool(FILLERS);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < records; i += PUTS_EACH) {
                int from = i;
                all.add(threads.submit(() -> fill(probe, from)));
            }
            for (Future<?> one : all) {
                one.get(5, TimeUnit.MINUTES);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private Void fill(HttpProbe probe, int from) throws IOException {
        String puts = IntStream.range(from, Math.min(records, from + PUTS_EACH))
                .mapToObj(i -> "{\"put\":{\"key\":\"" + key(i) + "\",\"text\":\"" + value(i) + "\"}}")
                .collect(Collectors.joining(","));
        HttpAnswer answer = probe.txn("{\"then\":[" + puts + "]}").send();
        if (!answer.isSuccess()) {
            throw new IOException("the store cannot be filled: " + answer);
        }
        return null;
    }

    private static String key(int i) {
        return "record/" + i;
    }

    private static String value(int i) {
        return (i + " ").repeat(VALUE_BYTES).substring(0, VALUE_BYTES);
    }

    private void measure() throws Exception {
        FishNode wiped = group.front(0);
        try (SteadyWriter writer = new SteadyWriter(HttpProbe.of(group.front(1).http(), ANSWER_MAX))) {
            writer.start();
            Eventually.pause(CALM);
            wiped.program().kill9();
            programs.setup(wiped.name(), "--force");
            long began = System.nanoTime();
            wiped.start();
            double strong = secondsUntil(began, () -> wiped.probe().get(key(0)).send());
            double local = secondsUntil(began, () -> wiped.probe()
                    .get(key(0))
                    .param("after", Long.toString(writer.revision()))
                    .param("timeout", "1s")
                    .send());
            double cpu = WatchersMeasurement.cpuNanos(wiped.program()) / 1e9;
            int wrong = wrong(wiped);
            Eventually.pause(CALM);
            Duration gap = writer.end();
            System.out.printf(
                    Locale.ROOT,
                    "strong GET after %.2f s, local GET of the newest write after %.2f s, CPU time %.2f s, %d of %d records wrong; "
                            + "writer elsewhere: %d writes, %d errors, longest gap %.3f s; load %s%n",
                    strong,
                    local,
                    cpu,
                    wrong,
                    SAMPLES,
                    writer.written(),
                    writer.errors().size(),
                    gap.toNanos() / 1e9,
                    WatchersMeasurement.machineLoad());
            writer.errors().stream().limit(5).forEach(error -> System.out.println("  " + error));
        }
    }

    private interface Asking {
        HttpAnswer ask() throws IOException;
    }

    private static double secondsUntil(long began, Asking asking) {
        Eventually.eventually(BACK_MAX, () -> {
            HttpAnswer answer = asking.ask();
            if (answer.status() != 200) {
                throw new AssertionError("answered " + answer);
            }
        });
        return (System.nanoTime() - began) / 1e9;
    }

    private int wrong(FishNode front) throws IOException {
        int wrong = 0;
        for (int i = 0; i < SAMPLES; i++) {
            int which = ThreadLocalRandom.current().nextInt(records);
            HttpAnswer answer =
                    front.probe().get(key(which)).param("consistency", "local").send();
            wrong += answer.text().equals(value(which)) ? 0 : 1;
        }
        return wrong;
    }
}
