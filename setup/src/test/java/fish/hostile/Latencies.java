package fish.hostile;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;

/** How long requests took, to about 5 %. Thread-safe; of bounded size. */
public final class Latencies {
    private static final double GROWTH = 1.05;
    private static final int BUCKETS = 500;

    /** Bucket {@code i} holds what took less than {@code GROWTH^i} microseconds. */
    private final AtomicLongArray buckets = new AtomicLongArray(BUCKETS);

    public void add(long nanos) {
        double micros = Math.max(1, nanos / 1e3);
        buckets.incrementAndGet(Math.min(BUCKETS - 1, (int) Math.ceil(Math.log(micros) / Math.log(GROWTH))));
    }

    public long count() {
        long sum = 0;
        for (int i = 0; i < BUCKETS; i++) {
            sum += buckets.get(i);
        }
        return sum;
    }

    /** Zero where there are none. */
    public Duration percentile(double percent) {
        long left = (long) Math.ceil(count() * percent / 100);
        for (int i = 0; i < BUCKETS; i++) {
            left -= buckets.get(i);
            if (left <= 0) {
                return Duration.ofNanos((long) (Math.pow(GROWTH, i) * 1e3));
            }
        }
        return Duration.ZERO;
    }

    @Override
    public String toString() {
        return "n=" + count() + " p50-ms=" + percentile(50).toMillis() + " p99-ms="
                + percentile(99).toMillis() + " max-ms=" + percentile(100).toMillis();
    }
}
