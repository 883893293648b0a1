package fish.tool.bench;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;

/**
 * What came back and when: latencies of good answers in microseconds, and all else by its kind. Written by one thread;
 * read, second by second, by another.
 */
final class Recording {
    private static final long MICROS_MAX = 600_000_000;
    private static final int DIGITS = 3;

    private final Map<Op, SingleWriterRecorder> recorders = new EnumMap<>(Op.class);
    private final Map<String, Long> failures = new TreeMap<>();
    private long lastGoodNanos;
    private long longestGapNanos;
    private long lateMicrosMax;

    Recording() {
        for (Op op : Op.values()) {
            recorders.put(op, new SingleWriterRecorder(MICROS_MAX, DIGITS));
        }
        lastGoodNanos = System.nanoTime();
    }

    /** What was recorded since the last time. */
    record Interval(Map<Op, Histogram> good, Map<String, Long> failures, long longestGapNanos, long lateMicrosMax) {}

    static Histogram histogram() {
        return new Histogram(MICROS_MAX, DIGITS);
    }

    void good(Op op, long nanos, long nowNanos) {
        SingleWriterRecorder recorder = recorders.get(op);
        if (recorder != null) {
            recorder.recordValue(Math.max(1, Math.min(MICROS_MAX, nanos / 1000)));
        }
        synchronized (this) {
            longestGapNanos = Math.max(longestGapNanos, nowNanos - lastGoodNanos);
            lastGoodNanos = nowNanos;
        }
    }

    synchronized void failed(String kind) {
        failures.merge(kind, 1L, Long::sum);
    }

    /** So much after its time a request was sent though a connection was free: the generator's own fault. */
    synchronized void late(long nanos) {
        lateMicrosMax = Math.max(lateMicrosMax, nanos / 1000);
    }

    /** Takes what was recorded since the last time. */
    synchronized Interval take(long nowNanos) {
        Map<Op, Histogram> good = new EnumMap<>(Op.class);
        recorders.forEach((op, recorder) -> good.put(op, recorder.getIntervalHistogram()));
        Interval interval = new Interval(
                good, new TreeMap<>(failures), Math.max(longestGapNanos, nowNanos - lastGoodNanos), lateMicrosMax);
        failures.clear();
        longestGapNanos = 0;
        lateMicrosMax = 0;
        return interval;
    }

    /** All intervals of one moment as one. */
    static Interval sum(List<Interval> parts) {
        Map<Op, Histogram> good = new EnumMap<>(Op.class);
        Map<String, Long> failures = new TreeMap<>();
        List<Long> gaps = new ArrayList<>();
        long late = 0;
        for (Interval part : parts) {
            part.good().forEach((op, latencies) -> good.computeIfAbsent(op, any -> histogram())
                    .add(latencies));
            part.failures().forEach((kind, count) -> failures.merge(kind, count, Long::sum));
            gaps.add(part.longestGapNanos());
            late = Math.max(late, part.lateMicrosMax());
        }
        return new Interval(
                good, failures, gaps.stream().mapToLong(Long::longValue).min().orElse(0), late);
    }
}
