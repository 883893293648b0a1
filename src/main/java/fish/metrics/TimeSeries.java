package fish.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Some values of a node, taken again and again at the same step, and kept for a time: a ring of so many points.
 * One thread takes them, any may read.
 */
public final class TimeSeries {
    /** Gives the value of one point, from what was counted since the last. */
    private interface Sampler {
        double sample(double seconds);
    }

    /**
     * Some of the points, the oldest first.
     *
     * @param millis when each was taken, since the epoch
     * @param values of each name, NaN where one was not known
     */
    public record Points(List<Long> millis, Map<String, double[]> values) {}

    private final int stepSeconds;
    private final long[] millis;
    private final Map<String, Sampler> samplers = new LinkedHashMap<>();
    private final Map<String, double[]> values = new LinkedHashMap<>();
    // Guarded by this, with what the arrays hold.
    private int next;
    private int size;
    private long takenNanos;

    /**
     * @param stepSeconds between two points
     * @param points to keep
     */
    public TimeSeries(int stepSeconds, int points) {
        this.stepSeconds = stepSeconds;
        this.millis = new long[points];
        this.takenNanos = System.nanoTime();
    }

    public int stepSeconds() {
        return stepSeconds;
    }

    /** What is so now. Before the first point is taken, as all of these. */
    public void level(String name, DoubleSupplier now) {
        add(name, seconds -> now.getAsDouble());
    }

    /** How much came a second. A count that becomes smaller began anew. */
    public void rate(String name, LongSupplier count) {
        rate(name, 1, count);
    }

    /**
     * As the other, told in another unit.
     *
     * @param unit of which this many are counted as one
     */
    public void rate(String name, double unit, LongSupplier count) {
        long[] before = {count.getAsLong()};
        add(name, seconds -> {
            long now = count.getAsLong();
            long more = now >= before[0] ? now - before[0] : now;
            before[0] = now;
            return more / unit / seconds;
        });
    }

    /** The median, and what one of a hundred exceeded, of what was observed since the last point. */
    public void quantiles(Supplier<Counts> counts, String median, String p99) {
        Window window = new Window(counts);
        add(median, seconds -> window.at(takenNanos).quantile(0.5));
        add(p99, seconds -> window.at(takenNanos).quantile(0.99));
    }

    /** The mean of what was observed since the last point. */
    public void mean(String name, Supplier<Counts> counts) {
        Window window = new Window(counts);
        add(name, seconds -> window.at(takenNanos).mean());
    }

    /** What was counted between two points, the same for all who look at one of them. */
    private static final class Window {
        private final Supplier<Counts> counts;
        private Counts before;
        private Counts window;
        private long lookedAt = Long.MIN_VALUE;

        Window(Supplier<Counts> counts) {
            this.counts = counts;
            this.before = counts.get();
            this.window = before;
        }

        Counts at(long nanos) {
            if (nanos != lookedAt) {
                lookedAt = nanos;
                Counts now = counts.get();
                window = now.since(before);
                before = now;
            }
            return window;
        }
    }

    private synchronized void add(String name, Sampler sampler) {
        samplers.put(name, sampler);
        values.put(name, new double[millis.length]);
    }

    /**
     * Takes one point.
     *
     * @param nowMillis since the epoch
     */
    public synchronized void take(long nowMillis, long nowNanos) {
        double seconds = Math.max(1e-3, (nowNanos - takenNanos) / 1e9);
        takenNanos = nowNanos;
        millis[next] = nowMillis;
        samplers.forEach((name, sampler) -> values(name)[next] = sampled(sampler, seconds));
        next = (next + 1) % millis.length;
        size = Math.min(size + 1, millis.length);
    }

    /** One that cannot be known now, such as of a store that is being reopened, is a gap. */
    private static double sampled(Sampler sampler, double seconds) {
        try {
            return sampler.sample(seconds);
        } catch (RuntimeException e) {
            return Double.NaN;
        }
    }

    private double[] values(String name) {
        return Objects.requireNonNull(values.get(name), name);
    }

    /** The points that were taken after this time. */
    public synchronized Points since(long afterMillis) {
        int[] indices = new int[size];
        int count = 0;
        for (int i = 0; i < size; i++) {
            int at = (next - size + i + millis.length) % millis.length;
            if (millis[at] > afterMillis) {
                indices[count++] = at;
            }
        }
        int[] chosen = Arrays.copyOf(indices, count);
        List<Long> times = new ArrayList<>(count);
        for (int at : chosen) {
            times.add(millis[at]);
        }
        Map<String, double[]> some = new LinkedHashMap<>();
        values.forEach((name, all) ->
                some.put(name, Arrays.stream(chosen).mapToDouble(at -> all[at]).toArray()));
        return new Points(times, some);
    }
}
