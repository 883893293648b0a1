package fish.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class EventLogTest {
    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00.123456Z");

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final EventLog events =
            new EventLog(new PrintStream(written, true, StandardCharsets.UTF_8), Clock.fixed(NOON, ZoneOffset.UTC));

    @Test
    void anEventIsOneLineOfPairs() {
        events.log("role", "node", "b0", "term", 3);

        assertThat(lines()).containsExactly("time=2026-01-31T12:00:00.123Z event=role node=b0 term=3");
    }

    @Test
    void whatIsNoPlainWordStandsInQuotesOnOneLine() {
        events.log("x", "empty", "", "words", "a b", "quote", "a\"b", "lines", "a\r\nb\\", "pair", "a=b");

        assertThat(lines())
                .containsExactly("time=2026-01-31T12:00:00.123Z event=x empty=\"\" words=\"a b\""
                        + " quote=\"a\\\"b\" lines=\"a\\r\\nb\\\\\" pair=\"a=b\"");
    }

    @Test
    void aKeyWithoutAValueIsAMistake() {
        assertThatThrownBy(() -> events.log("x", "key")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void eventsOfManyThreadsDoNotMix() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(Threads.daemon("test-writer", () -> {
                for (int n = 0; n < 200; n++) {
                    events.log("tick", "text", "one two");
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(lines()).hasSize(800).containsOnly("time=2026-01-31T12:00:00.123Z event=tick text=\"one two\"");
    }

    @Test
    void whatLibrariesLogLooksTheSame() {
        LogRecord record = new LogRecord(Level.WARNING, "disk {0} is slow");
        record.setInstant(NOON);
        record.setLoggerName("a.b");
        record.setParameters(new Object[] {"sda"});
        record.setThrown(new IllegalStateException("why"));

        assertThat(new EventFormatter().format(record))
                .startsWith("time=2026-01-31T12:00:00.123Z event=log level=warning logger=a.b"
                        + " message=\"disk sda is slow\" error=\"java.lang.IllegalStateException: why\\n")
                .endsWith("\"\n")
                .hasLineCount(1);
    }

    private List<String> lines() {
        return written.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
