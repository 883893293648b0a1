package fish.measure;

import fish.testing.Eventually;
import fish.testing.FishGroup;
import fish.testing.FishNode;
import fish.testing.HttpProbe;
import fish.testing.Program;
import fish.testing.Programs;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * Many watchers of one front-end, each on a prefix of its own: what they cost the PUTs, how late they
 * hear of them, and whether one of them misses, doubles or reorders any; then the same while the master
 * is killed, the front-end stops and the other one is killed. {@code bin/measure watchers [SECONDS
 * [WATCHERS [PUTS-PER-SECOND [CONNECTIONS [WARM-UP-SECONDS [ROUNDS]]]]]]}.
 */
public final class WatchersMeasurement {
    private static final Duration START_MAX = Duration.ofSeconds(90);
    private static final Duration STOP_MAX = Duration.ofSeconds(40);
    private static final Duration ANSWER_MAX = Duration.ofSeconds(20);
    private static final Duration SETTLE = Duration.ofSeconds(2);
    private final FishGroup group;
    private final int watchers;
    private final int connections;

    private WatchersMeasurement(FishGroup group, int watchers, int connections) {
        this.group = group;
        this.watchers = watchers;
        this.connections = connections;
    }

    public static void main(String[] arguments) throws Exception {
        Duration length = Duration.ofSeconds(argument(arguments, 0, 30));
        int rate = argument(arguments, 2, 2000);
        Duration warmUp = Duration.ofSeconds(argument(arguments, 4, 120));
        try (Programs programs = Programs.ofBuild();
                FishGroup group = FishGroup.onLoopback(programs, 3, 2)) {
            group.start(START_MAX);
            group.front(1).program().terminate(STOP_MAX);
            WatchersMeasurement measurement =
                    new WatchersMeasurement(group, argument(arguments, 1, 1000), argument(arguments, 3, 16));
            measurement.fullSpeed(true, warmUp);
            measurement.fullSpeed(rateRounds(arguments), length.dividedBy(2));
            System.out.println("calm, one front-end:");
            measurement.watched(rate, () -> Eventually.pause(length));
            group.front(1).start().awaitReady(START_MAX);
            System.out.println("faults, two front-ends:");
            measurement.watched(rate, () -> measurement.disturb(length.dividedBy(2)));
        }
    }

    private static int rateRounds(String[] arguments) {
        return argument(arguments, 5, 2);
    }

    private static int argument(String[] arguments, int index, int standard) {
        return arguments.length > index ? Integer.parseInt(arguments[index]) : standard;
    }

    /** What all of this machine's cores have to do: the running tasks, of 1 and of 5 minutes. */
    static String machineLoad() throws IOException {
        String[] words = Files.readString(Path.of("/proc/loadavg")).split(" ", -1);
        return words[0] + " " + words[1];
    }

    /** With and without watchers, in turn, so that what drifts hits both alike. */
    private void fullSpeed(int rounds, Duration length) throws Exception {
        double with = 0;
        double without = 0;
        for (int i = 0; i < rounds; i++) {
            without += fullSpeed(false, length);
            with += fullSpeed(true, length);
            with += fullSpeed(true, length);
            without += fullSpeed(false, length);
        }
        System.out.printf(Locale.ROOT, "PUT rate with watchers / without: %.3f%n", with / without);
    }

    private double fullSpeed(boolean watched, Duration length) throws Exception {
        List<URI> fronts = List.of(group.front(0).http());
        Puts puts = new Puts(fronts, watchers);
        Program master = group.master(START_MAX).program();
        Program front = group.front(0).program();
        try (Watchers all = new Watchers(fronts, watched ? watchers : 0, mark())) {
            all.start();
            all.awaitOpen();
            long masterCpu = cpuNanos(master);
            long frontCpu = cpuNanos(front);
            long began = System.nanoTime();
            puts.run(Puts.FULL_SPEED, connections, () -> Eventually.pause(length));
            double seconds = (System.nanoTime() - began) / 1e9;
            int done = puts.answered.size();
            System.out.printf(
                    Locale.ROOT,
                    "%4d watchers, full speed: %6.0f PUT/s, CPU per PUT: master %.0f µs, front-end %.0f µs, "
                            + "%d errors, load %s%n",
                    watched ? watchers : 0,
                    done / seconds,
                    (cpuNanos(master) - masterCpu) / 1e3 / done,
                    (cpuNanos(front) - frontCpu) / 1e3 / done,
                    puts.errors.size(),
                    machineLoad());
            if (watched) {
                all.awaitTold(puts.answered.size());
                all.end();
                new WatchersVerdict(puts, all).print();
            }
            return done / seconds;
        }
    }

    static long cpuNanos(Program program) {
        return ProcessHandle.of(program.pid())
                .flatMap(process -> process.info().totalCpuDuration())
                .orElse(Duration.ZERO)
                .toNanos();
    }

    private void watched(int rate, Puts.Meanwhile meanwhile) throws Exception {
        List<URI> fronts = group.frontUrls();
        Puts puts = new Puts(fronts, watchers);
        try (Watchers all = new Watchers(fronts, watchers, mark())) {
            all.start();
            all.awaitOpen();
            Eventually.pause(SETTLE);
            long began = System.nanoTime();
            puts.run(rate, connections, meanwhile);
            System.out.printf(
                    Locale.ROOT,
                    "%d PUTs answered in %.1f s, %d errors (%d of them unknown outcomes), load %s%n",
                    puts.answered.size(),
                    (System.nanoTime() - began) / 1e9,
                    puts.errors.size(),
                    puts.unknown.size(),
                    machineLoad());
            puts.errorCounts().forEach((error, count) -> System.out.println("  " + count + " x " + error));
            all.awaitTold(puts.answered.size());
            Eventually.pause(SETTLE); // for what comes twice
            all.end();
            new WatchersVerdict(puts, all).print();
            for (FishNode front : group.fronts()) {
                if (front.program().isAlive()) {
                    System.out.println(front.name() + ": " + memory(front.program()));
                }
            }
        }
    }

    private static String memory(Program program) throws IOException {
        return String.join(
                ", ",
                Files.readAllLines(Path.of("/proc/" + program.pid() + "/status")).stream()
                        .filter(line -> line.startsWith("VmHWM") || line.startsWith("VmRSS"))
                        .map(line -> line.replaceAll("\\s+", " "))
                        .toList());
    }

    private void disturb(Duration pause) throws Exception {
        Eventually.pause(pause);
        FishNode master = group.master(START_MAX);
        System.out.println("kill -9 of the master " + master.name());
        master.program().kill9();
        Eventually.pause(pause);
        master.start();
        System.out.println("stop of r0, exit " + group.front(0).program().terminate(STOP_MAX) + ", and start again");
        group.front(0).start().awaitReady(START_MAX);
        Eventually.pause(pause);
        System.out.println("kill -9 of r1, and start again");
        group.front(1).program().kill9();
        group.front(1).start().awaitReady(START_MAX);
        Eventually.pause(pause);
    }

    /** The revision of a write after which the next ones come. */
    private long mark() throws IOException {
        return HttpProbe.of(group.front(0).http(), ANSWER_MAX)
                .put("mark", "x")
                .send()
                .revision();
    }
}
