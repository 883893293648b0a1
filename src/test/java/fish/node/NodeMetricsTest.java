package fish.node;

import static org.assertj.core.api.Assertions.assertThat;

import fish.api.MetricsSource.History;
import fish.run.EventLog;
import fish.run.RecentEvents;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NodeMetricsTest {
    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

    private final EventLog events =
            new EventLog(new PrintStream(OutputStream.nullOutputStream()), Clock.fixed(NOON, ZoneOffset.UTC));
    private final NodeMetrics metrics = new NodeMetrics("b0", events.recent(), Clock.systemUTC());

    @AfterEach
    void close() {
        metrics.close();
    }

    private List<RecentEvents.Event> eventsAfter(long millis) throws Exception {
        CompletableFuture<History> history = new CompletableFuture<>();
        metrics.history(true, millis, history::complete);
        return history.get(40, TimeUnit.SECONDS).events();
    }

    private String text() throws Exception {
        CompletableFuture<byte[]> text = new CompletableFuture<>();
        metrics.text(text::complete);
        return new String(text.get(40, TimeUnit.SECONDS), StandardCharsets.UTF_8);
    }

    @Test
    void ofEventsOnlyWhatAnyTokenMaySeeIsShown() throws Exception {
        events.log("starting", "node", "b0", "dir", "/home/somebody", "pid", 1);
        events.log("not-handed-over", "node", "b0", "reason", "what JE said of key secret");
        events.log("leaving-office", "node", "b0", "reason", "no majority is connected");

        List<RecentEvents.Event> shown = eventsAfter(0);
        assertThat(shown)
                .extracting(RecentEvents.Event::name)
                .containsExactly("starting", "not-handed-over", "leaving-office");
        assertThat(shown)
                .extracting(RecentEvents.Event::fields)
                .containsExactly(
                        Map.of("node", "b0"),
                        Map.of("node", "b0"),
                        Map.of("node", "b0", "reason", "no majority is connected"));
        assertThat(eventsAfter(NOON.toEpochMilli())).isEmpty();
    }

    @Test
    void whoAsksOftenIsToldWhatWasReadLast() throws Exception {
        AtomicInteger reads = new AtomicInteger();
        metrics.registry().gauge("fish_reads", "Reads.", reads::incrementAndGet);
        long began = System.nanoTime();
        for (int i = 0; i < 100; i++) {
            assertThat(text()).contains("fish_reads");
        }
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);

        assertThat(reads.get()).isBetween(1, (int) seconds + 1);
    }

    @Test
    void aFigureThatCannotBeReadStopsNeitherTheOthersNorTheNextScrape() throws Exception {
        metrics.registry().gauge("fish_broken", "Broken.", () -> {
            throw new IllegalStateException("broken");
        });
        metrics.registry().gauge("fish_whole", "Whole.", () -> 1);

        assertThat(text()).contains("fish_whole 1.0").doesNotContain("fish_broken");
    }

    @Test
    void certificatesAreToldWithTheirEnds() throws Exception {
        NodeFigures.registerCertificates(metrics, () -> Map.of("node", NOON));

        assertThat(text()).contains("fish_certificate_end_timestamp_seconds{certificate=\"node\"} 1.7698608E9");
    }
}
