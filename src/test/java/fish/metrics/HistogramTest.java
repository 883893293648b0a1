package fish.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class HistogramTest {
    private final Histogram times = new Histogram(Bounds.DURATIONS);

    @Test
    void percentilesAreWithinAnEighth() {
        for (int millis = 1; millis <= 1000; millis++) {
            times.observe(TimeUnit.MILLISECONDS.toNanos(millis));
        }
        Counts counts = times.counts();

        assertThat(counts.count()).isEqualTo(1000);
        assertThat(counts.sum()).isCloseTo(500.5, Percentage.withPercentage(0.001));
        assertThat(counts.mean()).isCloseTo(0.5005, Percentage.withPercentage(0.001));
        assertThat(counts.quantile(0.5)).isCloseTo(0.5, Percentage.withPercentage(12.5));
        assertThat(counts.quantile(0.99)).isCloseTo(0.99, Percentage.withPercentage(12.5));
        assertThat(counts.quantile(0)).isCloseTo(0.0008, Percentage.withPercentage(30));
    }

    @Test
    void nothingHasNoPercentiles() {
        assertThat(times.counts().quantile(0.5)).isNaN();
        assertThat(times.counts().mean()).isNaN();
    }

    @Test
    void whatIsBeyondTheBoundsIsCountedAtTheEnds() {
        times.observe(0);
        times.observe(TimeUnit.HOURS.toNanos(1));

        assertThat(times.counts().count()).isEqualTo(2);
        assertThat(times.counts().quantile(1)).isEqualTo(100);
    }

    @Test
    void whatCameBetweenTwoTimesIsTheirDifference() {
        times.observe(TimeUnit.MILLISECONDS.toNanos(1));
        Counts before = times.counts();
        times.observe(TimeUnit.SECONDS.toNanos(2));
        Counts window = times.counts().since(before);

        assertThat(window.count()).isEqualTo(1);
        assertThat(window.sum()).isEqualTo(2);
        assertThat(before.plus(window).count()).isEqualTo(2);
    }

    @Test
    void prometheusIsToldRoundBoundsAndEveryObservation() {
        times.observe(TimeUnit.MICROSECONDS.toNanos(10));
        times.observe(TimeUnit.MICROSECONDS.toNanos(100));
        times.observe(TimeUnit.MICROSECONDS.toNanos(101));
        times.observe(TimeUnit.SECONDS.toNanos(20));
        Counts counts = times.counts();

        assertThat(counts.shownUppers())
                .containsExactly(
                        1e-4,
                        2e-4,
                        5e-4,
                        1e-3,
                        2e-3,
                        5e-3,
                        0.01,
                        0.02,
                        0.05,
                        0.1,
                        0.2,
                        0.5,
                        1,
                        2,
                        5,
                        10,
                        Double.POSITIVE_INFINITY);
        assertThat(counts.shownCounts()).containsExactly(2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
    }

    @Test
    void countsOfThingsHaveBoundsThatDouble() {
        Histogram sizes = new Histogram(Bounds.COUNTS);
        sizes.observe(1);
        sizes.observe(3);
        sizes.observe(1_000_000);

        assertThat(sizes.counts().shownUppers()).startsWith(1, 2, 4).endsWith(16_384, Double.POSITIVE_INFINITY);
        assertThat(sizes.counts().shownCounts()).startsWith(1, 0, 1).endsWith(0, 1);
    }
}
