package fish.metrics;

import java.util.Arrays;

/** What a {@link Histogram} had counted at one time, or between two. Immutable. */
public final class Counts {
    private final Bounds bounds;
    private final long[] counts;
    private final long sum;

    Counts(Bounds bounds, long[] counts, long sum) {
        this.bounds = bounds;
        this.counts = counts;
        this.sum = sum;
    }

    /** Nothing was observed. */
    public static Counts none(Bounds bounds) {
        return new Counts(bounds, new long[bounds.buckets()], 0);
    }

    /** Both together; of the same bounds. */
    public Counts plus(Counts other) {
        long[] both = new long[counts.length];
        for (int i = 0; i < both.length; i++) {
            both[i] = counts[i] + other.counts[i];
        }
        return new Counts(bounds, both, sum + other.sum);
    }

    /** What came after an earlier time. */
    public Counts since(Counts before) {
        long[] more = new long[counts.length];
        for (int i = 0; i < more.length; i++) {
            more[i] = counts[i] - before.counts[i];
        }
        return new Counts(bounds, more, sum - before.sum);
    }

    /** How many were observed. */
    public long count() {
        return Arrays.stream(counts).sum();
    }

    /** In the unit in which it is told: seconds for durations. */
    public double sum() {
        return bounds.inUnit((double) sum);
    }

    /** In the unit in which it is told; NaN where nothing was observed. */
    public double mean() {
        long count = count();
        return count == 0 ? Double.NaN : sum() / count;
    }

    /**
     * About the value that so much of all that was observed did not exceed, by the bounds of its bucket (with {@link
     * Bounds#DURATIONS} within an eighth); what is beyond the last bound counts as that bound.
     *
     * @param part 0 to 1
     * @return in the unit in which it is told; NaN where nothing was observed
     */
    public double quantile(double part) {
        long count = count();
        if (count <= 0) {
            return Double.NaN;
        }
        double rank = part * count;
        long below = 0;
        for (int i = 0; i < counts.length - 1; i++) {
            if (counts[i] > 0 && below + counts[i] >= rank) {
                double lower = i == 0 ? 0 : bounds.upper(i - 1);
                double share = Math.max(0, rank - below) / counts[i];
                return bounds.inUnit(lower + (bounds.upper(i) - lower) * share);
            }
            below += counts[i];
        }
        return bounds.inUnit((double) bounds.upper(counts.length - 2));
    }

    /** Upper bounds as Prometheus is told them, the last one infinite. */
    double[] shownUppers() {
        double[] all = new double[counts.length];
        int shown = 0;
        for (int i = 0; i < counts.length - 1; i++) {
            if (bounds.isShown(i)) {
                all[shown++] = bounds.inUnit((double) bounds.upper(i));
            }
        }
        all[shown++] = Double.POSITIVE_INFINITY;
        return Arrays.copyOf(all, shown);
    }

    /** For each of those bounds, what lies between it and the one before. */
    long[] shownCounts() {
        long[] all = new long[counts.length];
        int shown = 0;
        for (int i = 0; i < counts.length; i++) {
            all[shown] += counts[i];
            if (i < counts.length - 1 && bounds.isShown(i)) {
                shown++;
            }
        }
        return Arrays.copyOf(all, shown + 1);
    }
}
