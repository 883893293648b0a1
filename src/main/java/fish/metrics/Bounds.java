package fish.metrics;

import java.util.Arrays;
import java.util.BitSet;

/**
 * The upper bounds of a histogram's buckets, rising, each inclusive; what is beyond the last has a bucket too.
 * Percentiles are computed from all of them, fewer are shown to Prometheus. Immutable.
 */
public final class Bounds {
    private static final double[] DECADE = {1, 1.25, 1.6, 2, 2.5, 3.15, 4, 5, 6.3, 8};
    private static final long NANOS = 1_000_000_000;

    /** Of durations in nanoseconds: 10 µs to 100 s, ten to a decade, of which 100 µs to 10 s are shown, three to a decade. */
    public static final Bounds DURATIONS = durations();

    /** Of numbers of things: 1, 2, 4, … 16,384. */
    public static final Bounds COUNTS = counts(14);

    private final long[] uppers;
    private final BitSet shown;
    private final double unit;

    private Bounds(long[] uppers, BitSet shown, double unit) {
        this.uppers = uppers;
        this.shown = shown;
        this.unit = unit;
    }

    private static Bounds durations() {
        int decades = 7;
        long[] uppers = new long[decades * DECADE.length + 1];
        BitSet shown = new BitSet();
        long decade = 10_000;
        for (int i = 0; i < uppers.length; i++) {
            int step = i % DECADE.length;
            decade *= step == 0 && i > 0 ? 10 : 1;
            uppers[i] = Math.round(DECADE[step] * decade);
            boolean round = DECADE[step] == 1 || DECADE[step] == 2 || DECADE[step] == 5;
            shown.set(i, round && uppers[i] >= 100_000 && uppers[i] <= 10 * NANOS);
        }
        return new Bounds(uppers, shown, NANOS);
    }

    private static Bounds counts(int doublings) {
        long[] uppers = new long[doublings + 1];
        for (int i = 0; i <= doublings; i++) {
            uppers[i] = 1L << i;
        }
        BitSet shown = new BitSet();
        shown.set(0, uppers.length);
        return new Bounds(uppers, shown, 1);
    }

    /** Of buckets, the one beyond the last bound among them. */
    int buckets() {
        return uppers.length + 1;
    }

    int bucketOf(long value) {
        int found = Arrays.binarySearch(uppers, value);
        return found < 0 ? -found - 1 : found;
    }

    /** As it was observed; the last one has no bound. */
    long upper(int bucket) {
        return uppers[bucket];
    }

    /** Whether Prometheus is told of this bound; that of the last bucket is always told. */
    boolean isShown(int bucket) {
        return shown.get(bucket);
    }

    /** What was observed, in the unit in which it is told: seconds, not nanoseconds. */
    double inUnit(double observed) {
        return observed / unit;
    }
}
