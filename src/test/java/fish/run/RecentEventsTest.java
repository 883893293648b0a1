package fish.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecentEventsTest {
    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00.123Z");

    private final EventLog events =
            new EventLog(new PrintStream(OutputStream.nullOutputStream()), Clock.fixed(NOON, ZoneOffset.UTC));

    @Test
    void whatIsLoggedIsKeptWithItsFields() {
        events.log("role", "node", "b0", "term", 3);

        assertThat(events.recent().all()).singleElement().satisfies(event -> {
            assertThat(event.number()).isEqualTo(1);
            assertThat(event.time()).isEqualTo(NOON);
            assertThat(event.name()).isEqualTo("role");
            assertThat(event.fields()).containsExactly(Map.entry("node", "b0"), Map.entry("term", "3"));
        });
    }

    @Test
    void theOldestGo() {
        for (int i = 1; i <= RecentEvents.EVENTS_MAX + 5; i++) {
            events.log("tick", "i", i);
        }

        assertThat(events.recent().all()).hasSize(RecentEvents.EVENTS_MAX);
        assertThat(events.recent().all().get(0).number()).isEqualTo(6);
        assertThat(events.recent().count()).isEqualTo(RecentEvents.EVENTS_MAX + 5);
    }

    @Test
    void longOnesAreCut() {
        Object[] many = new Object[2 * (RecentEvents.FIELDS_MAX + 4)];
        for (int i = 0; i < many.length; i++) {
            many[i] = i + "x".repeat(2 * RecentEvents.TEXT_MAX);
        }
        events.log("long", many);

        assertThat(events.recent().all().get(0).fields())
                .hasSize(RecentEvents.FIELDS_MAX)
                .allSatisfy((key, value) -> {
                    assertThat(key).hasSize(RecentEvents.TEXT_MAX);
                    assertThat(value).hasSize(RecentEvents.TEXT_MAX).endsWith("…");
                });
    }
}
