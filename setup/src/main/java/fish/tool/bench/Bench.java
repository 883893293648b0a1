package fish.tool.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.HdrHistogram.Histogram;

/** Fills, warms up and measures, by a plan. One use; one thread. */
public final class Bench {
    /** A thread serves tens of thousands of requests in a second, and its core is missing to what is measured. */
    private static final int CORES_PER_DRIVER = 4;

    private static final int FILL_CONNECTIONS = 64;
    private static final Duration FILL_MAX = Duration.ofMinutes(30);

    private final Plan plan;
    private final Dialect dialect;
    private final Consumer<String> progress;
    private final List<Recording> recordings = new ArrayList<>();
    private final List<Driver> drivers = new ArrayList<>();

    /**
     * @param progress told a line for each second
     * @throws IllegalArgumentException where the dialect cannot do what the plan asks
     */
    public Bench(Plan plan, Consumer<String> progress) {
        this.plan = plan;
        this.dialect = Dialect.of(plan);
        this.progress = progress;
    }

    /** @throws IOException where nobody answers, or the fill does not end well */
    public BenchResult run() throws IOException, InterruptedException {
        Machine machine = Machine.here();
        if (plan.data().fill() && plan.workload() != BenchWork.WATCH) {
            fill();
        }
        try {
            startDrivers();
            seconds("warm-up", plan.times().warmUp(), interval -> {});
            return measure(machine);
        } finally {
            closeDrivers();
        }
    }

    private void fill() throws IOException, InterruptedException {
        AtomicLong next = new AtomicLong();
        try {
            Recording recording = new Recording();
            recordings.add(recording);
            Driver driver = new Driver(
                    plan, dialect, new FillScript(dialect, next, plan.data().keys()), recording, 0, FILL_CONNECTIONS);
            drivers.add(driver);
            driver.start();
            long[] done = {0, 0};
            long end = System.nanoTime() + FILL_MAX.toNanos();
            while (!driver.ended()) {
                Recording.Interval interval = second(System.nanoTime() + TimeUnit.SECONDS.toNanos(1));
                done[0] += BenchResult.of(interval.good()).getTotalCount();
                done[1] += interval.failures().values().stream()
                        .mapToLong(Long::longValue)
                        .sum();
                progress.accept("fill: %,d of %,d records"
                        .formatted(done[0], plan.data().keys()));
                if (System.nanoTime() - end > 0) {
                    throw new IOException("the fill takes longer than " + FILL_MAX.toMinutes() + " minutes");
                }
            }
            Recording.Interval last = take();
            done[0] += BenchResult.of(last.good()).getTotalCount();
            if (done[0] < plan.data().keys()) {
                throw new IOException("of %,d records that were to be filled in, %,d were not: %s"
                        .formatted(plan.data().keys(), plan.data().keys() - done[0], driver.trouble()));
            }
        } finally {
            closeDrivers();
        }
    }

    private void startDrivers() throws IOException {
        int count = plan.workload() == BenchWork.WATCH
                ? 1
                : Math.min(
                        plan.load().connections(),
                        Math.max(1, Runtime.getRuntime().availableProcessors() / CORES_PER_DRIVER));
        for (int i = 0; i < count; i++) {
            Recording recording = new Recording();
            recordings.add(recording);
            int share = plan.load().connections() / count + (i < plan.load().connections() % count ? 1 : 0);
            boolean watch = plan.workload() == BenchWork.WATCH;
            WatchScript watching =
                    new WatchScript(dialect, Math.max(1, plan.load().watchers()), recording);
            Script script = watch ? watching : new RandomScript(dialect, plan, i);
            Driver driver =
                    new Driver(plan, dialect, script, recording, plan.load().rate() / count, share);
            drivers.add(driver);
            if (watch) {
                driver.addWatchers(watching, plan.load().watchers());
            }
        }
        drivers.forEach(Driver::start);
    }

    private BenchResult measure(Machine machine) throws IOException, InterruptedException {
        List<BenchResult.Second> seconds = new ArrayList<>();
        Map<Op, Histogram> latencies = new EnumMap<>(Op.class);
        Map<String, Long> failures = new TreeMap<>();
        long[] worst = {0, 0};
        long cpu = Machine.cpuNanos();
        long start = System.nanoTime();
        seconds(plan.workload().word(), plan.times().duration(), interval -> {
            interval.good().forEach((op, some) -> {
                if (some.getTotalCount() > 0) {
                    latencies.computeIfAbsent(op, any -> Recording.histogram()).add(some);
                }
            });
            interval.failures().forEach((kind, count) -> failures.merge(kind, count, Long::sum));
            worst[0] = Math.max(worst[0], interval.longestGapNanos());
            worst[1] = Math.max(worst[1], interval.lateMicrosMax());
            seconds.add(second(interval, (System.nanoTime() - start) / 1e9));
        });
        double elapsed = (System.nanoTime() - start) / 1e9;
        long good = BenchResult.of(latencies).getTotalCount();
        double cpuMicros = (Machine.cpuNanos() - cpu) / 1e3 / Math.max(1, good);
        return new BenchResult(
                plan,
                machine,
                seconds,
                latencies,
                failures,
                new BenchResult.Totals(elapsed, good, cpuMicros, worst[0] / 1e6, worst[1]));
    }

    /** Goes through so many seconds, and hands out what each of them brought. */
    private void seconds(String phase, Duration length, Consumer<Recording.Interval> each)
            throws IOException, InterruptedException {
        long start = System.nanoTime();
        long end = start + length.toNanos();
        long next = start;
        while (next - end < 0) {
            next = Math.min(next + TimeUnit.SECONDS.toNanos(1), end);
            Recording.Interval interval = second(next);
            each.accept(interval);
            BenchResult.Second told = second(interval, (System.nanoTime() - start) / 1e9);
            progress.accept("%s %3.0f s: %,7d in the last second, p50 %.2f ms, p99 %.2f ms, %,d failed"
                    .formatted(phase, told.at(), told.good(), told.p50(), told.p99(), told.failed()));
            for (Driver driver : drivers) {
                if (driver.ended()) {
                    throw new IOException("the load generator ended: " + driver.trouble());
                }
            }
        }
    }

    private Recording.Interval second(long until) throws InterruptedException {
        for (long left = until - System.nanoTime(); left > 0; left = until - System.nanoTime()) {
            boolean allEnded = drivers.stream().allMatch(Driver::ended);
            if (allEnded) {
                break;
            }
            TimeUnit.NANOSECONDS.sleep(Math.min(left, TimeUnit.MILLISECONDS.toNanos(100)));
        }
        return take();
    }

    private Recording.Interval take() {
        long now = System.nanoTime();
        Function<Recording, Recording.Interval> taken = recording -> recording.take(now);
        return Recording.sum(recordings.stream().map(taken).toList());
    }

    private static BenchResult.Second second(Recording.Interval interval, double at) {
        Histogram all = BenchResult.of(interval.good());
        return new BenchResult.Second(
                at,
                all.getTotalCount(),
                BenchResult.millis(all.getValueAtPercentile(50)),
                BenchResult.millis(all.getValueAtPercentile(99)),
                BenchResult.millis(all.getMaxValue()),
                interval.failures().values().stream().mapToLong(Long::longValue).sum());
    }

    private void closeDrivers() throws IOException {
        for (Driver driver : drivers) {
            driver.close();
        }
        drivers.clear();
        recordings.clear();
    }
}
