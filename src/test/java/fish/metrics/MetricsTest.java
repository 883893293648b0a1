package fish.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class MetricsTest {
    private final Metrics metrics = new Metrics();

    private List<String> lines() {
        return new String(metrics.text(), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.startsWith("#"))
                .toList();
    }

    @Test
    void eachKindIsToldInPrometheussFormat() {
        Histogram sizes = new Histogram(Bounds.COUNTS);
        sizes.observe(2);
        metrics.counter("fish_a_total", "As.", () -> 3);
        metrics.counters("fish_b_total", "Bs.", List.of("kind"), values -> values.add(4, "x\"y"));
        metrics.gauge("fish_c_bytes", "Cs.", () -> 5);
        metrics.histogram("fish_d", "Ds.", sizes);

        assertThat(new String(metrics.text(), StandardCharsets.UTF_8))
                .contains("# HELP fish_a_total As.\n# TYPE fish_a_total counter\n", "# TYPE fish_d histogram\n");
        assertThat(lines())
                .contains(
                        "fish_a_total 3.0",
                        "fish_b_total{kind=\"x\\\"y\"} 4.0",
                        "fish_c_bytes 5.0",
                        "fish_d_bucket{le=\"1.0\"} 0",
                        "fish_d_bucket{le=\"2.0\"} 1",
                        "fish_d_bucket{le=\"+Inf\"} 1",
                        "fish_d_count 1",
                        "fish_d_sum 2.0");
    }

    @Test
    void whatIsNotKnownIsLeftOutAndTheRestIsTold() {
        metrics.gauge("fish_unknown", "Not known.", () -> Double.NaN);
        metrics.gauge("fish_broken", "Cannot be read.", () -> {
            throw new IllegalStateException("the store is being reopened");
        });
        metrics.gauge("fish_known", "Known.", () -> 1);

        assertThat(lines()).containsExactly("fish_known 1.0");
    }

    @Test
    void aNameIsGivenOnceAndACounterEndsWithTotal() {
        metrics.gauge("fish_held", "Now.", () -> 1);

        assertThatThrownBy(() -> metrics.counter("fish_held_total", "In all.", () -> 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("fish_held");
        assertThatThrownBy(() -> metrics.counter("fish_counted", "In all.", () -> 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("_total");
    }
}
