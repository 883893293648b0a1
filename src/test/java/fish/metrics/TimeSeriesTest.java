package fish.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TimeSeriesTest {
    private static final long SECOND = 1_000_000_000;

    private final TimeSeries series = new TimeSeries(1, 3);
    private long nanos = System.nanoTime();
    private long millis = 1_000_000;

    private void take() {
        nanos += SECOND;
        millis += 1000;
        series.take(millis, nanos);
    }

    private double[] values(String name) {
        return Objects.requireNonNull(series.since(0).values().get(name));
    }

    @Test
    void aLevelIsWhatItIsAndAGapWhereItIsNotKnown() {
        AtomicLong level = new AtomicLong(7);
        series.level("level", () -> {
            if (level.get() < 0) {
                throw new IllegalStateException("not known");
            }
            return level.get();
        });
        take();
        level.set(-1);
        take();

        assertThat(values("level")).containsExactly(7, Double.NaN);
    }

    @Test
    void aRateIsWhatCameInASecondAlsoWhereTheCountBeganAnew() {
        AtomicLong count = new AtomicLong(100);
        series.rate("rate", count::get);
        series.rate("tens", 10, count::get);
        take();
        count.set(130);
        take();
        count.set(5);
        take();

        double[] rate = values("rate");
        assertThat(rate[1]).isEqualTo(30);
        assertThat(rate[2]).isEqualTo(5);
        assertThat(values("tens")[1]).isEqualTo(3);
    }

    @Test
    void percentilesAndMeansAreOfWhatCameSinceThePointBefore() {
        Histogram sizes = new Histogram(Bounds.COUNTS);
        series.quantiles(sizes::counts, "median", "p99");
        series.mean("mean", sizes::counts);
        sizes.observe(16);
        take();
        sizes.observe(2);
        take();
        take();

        assertThat(values("mean")).containsExactly(16, 2, Double.NaN);
        assertThat(values("median")[1]).isBetween(1.0, 2.0);
        assertThat(values("p99")[0]).isBetween(8.0, 16.0);
        assertThat(values("p99")[2]).isNaN();
    }

    @Test
    void theOldestPointsGoAndOneCanAskForTheNewOnes() {
        AtomicLong at = new AtomicLong();
        series.level("at", at::incrementAndGet);
        for (int i = 0; i < 5; i++) {
            take();
        }

        assertThat(values("at")).containsExactly(3, 4, 5);
        TimeSeries.Points newest = series.since(millis - 1000);
        assertThat(newest.millis()).isEqualTo(List.of(millis));
        assertThat(newest.values().get("at")).containsExactly(5);
        assertThat(series.since(millis).millis()).isEmpty();
    }
}
