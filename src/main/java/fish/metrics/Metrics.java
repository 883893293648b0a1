package fish.metrics;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/**
 * All metrics of one node. Who counts something registers where its value is read; it is read at each scrape, on
 * the scraping thread, and must neither block nor take long. Names follow Prometheus's conventions: {@code
 * fish_…}, base units, counters end with {@code _total}. Values of labels must be few: routes, codes and nodes,
 * never keys.
 *
 * <p>A value that is not known now is NaN, or throws a {@link RuntimeException}: then it is left out of this
 * scrape. Thread-safe.
 */
public final class Metrics {
    private static final String TOTAL = "_total";

    /** Takes the values of one family, with one value for each of its labels. */
    public interface Values<T> {
        void add(T value, String... labels);
    }

    private final PrometheusRegistry jvm = new PrometheusRegistry();
    private final Map<String, Supplier<MetricSnapshot>> families = new ConcurrentSkipListMap<>();

    /** @param name ends with {@code _total} */
    public void counter(String name, String help, DoubleSupplier value) {
        counters(name, help, List.of(), values -> values.add(value.getAsDouble()));
    }

    /**
     * One that has labels.
     *
     * @param name ends with {@code _total}
     * @param read gives all its values
     */
    public void counters(String name, String help, List<String> labels, Consumer<Values<Number>> read) {
        if (!name.endsWith(TOTAL)) {
            throw new IllegalArgumentException(name + " does not end with " + TOTAL);
        }
        String base = name.substring(0, name.length() - TOTAL.length());
        add(base, () -> {
            CounterSnapshot.Builder family =
                    CounterSnapshot.builder().name(base).help(help);
            read.accept((value, texts) -> family.dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                    .value(value.doubleValue())
                    .labels(labels(labels, texts))
                    .build()));
            return family.build();
        });
    }

    /** One whose value goes up and down. */
    public void gauge(String name, String help, DoubleSupplier value) {
        gauges(name, help, List.of(), values -> values.add(value.getAsDouble()));
    }

    /**
     * One that has labels.
     *
     * @param read gives all its values
     */
    public void gauges(String name, String help, List<String> labels, Consumer<Values<Double>> read) {
        add(name, () -> {
            GaugeSnapshot.Builder family = GaugeSnapshot.builder().name(name).help(help);
            read.accept((value, texts) -> {
                if (!value.isNaN()) {
                    family.dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                            .value(value)
                            .labels(labels(labels, texts))
                            .build());
                }
            });
            return family.build();
        });
    }

    public void histogram(String name, String help, Histogram histogram) {
        histograms(name, help, List.of(), values -> values.add(histogram.counts()));
    }

    /**
     * One that has labels.
     *
     * @param read gives all its values
     */
    public void histograms(String name, String help, List<String> labels, Consumer<Values<Counts>> read) {
        add(name, () -> {
            HistogramSnapshot.Builder family =
                    HistogramSnapshot.builder().name(name).help(help);
            read.accept((counts, texts) -> family.dataPoint(HistogramSnapshot.HistogramDataPointSnapshot.builder()
                    .classicHistogramBuckets(ClassicHistogramBuckets.of(counts.shownUppers(), counts.shownCounts()))
                    .sum(counts.sum())
                    .labels(labels(labels, texts))
                    .build()));
            return family.build();
        });
    }

    private void add(String name, Supplier<MetricSnapshot> family) {
        if (families.putIfAbsent(name, family) != null) {
            throw new IllegalArgumentException("two families are called " + name);
        }
    }

    private static Labels labels(List<String> names, String[] values) {
        return names.isEmpty() ? Labels.EMPTY : Labels.of(names.toArray(String[]::new), values);
    }

    /** What the library itself knows to read: the JVM and its process. */
    public PrometheusRegistry jvm() {
        return jvm;
    }

    /** Reads all, and writes it in Prometheus's text format. */
    public byte[] text() {
        List<MetricSnapshot> all = new ArrayList<>();
        families.values().forEach(family -> read(family)
                .filter(read -> !read.getDataPoints().isEmpty())
                .ifPresent(all::add));
        jvm.scrape().forEach(all::add);
        ByteArrayOutputStream text = new ByteArrayOutputStream(64 << 10);
        try {
            PrometheusTextFormatWriter.create().write(text, new MetricSnapshots(all), EscapingScheme.DEFAULT);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // nothing here can break
        }
        return text.toByteArray();
    }

    private static Optional<MetricSnapshot> read(Supplier<MetricSnapshot> family) {
        try {
            return Optional.of(family.get());
        } catch (RuntimeException e) {
            return Optional.empty(); // its source is not there now, such as a store that is being reopened
        }
    }

    /** Of {@link #text}. */
    public static String contentType() {
        return PrometheusTextFormatWriter.CONTENT_TYPE;
    }
}
