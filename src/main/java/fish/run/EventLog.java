package fish.run;

import java.io.PrintStream;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * What happens, one line per event: {@code time=2026-01-31T12:00:00.123Z event=role node=b0 role=master}.
 * Meant for events that people act on, not for requests. Thread-safe; never throws for a broken stream.
 */
public final class EventLog {
    private final PrintStream out;
    private final Clock clock;
    private final RecentEvents recent = new RecentEvents();

    public EventLog(PrintStream out, Clock clock) {
        this.out = out;
        this.clock = clock;
    }

    /**
     * @param event what happened, one word with dashes
     * @param keysAndValues in turn
     * @throws IllegalArgumentException for a key without a value
     */
    public void log(String event, Object... keysAndValues) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        String line = new Line()
                .add("time", now)
                .add("event", event)
                .addAll(keysAndValues)
                .toString();
        recent.add(now, event, keysAndValues);
        synchronized (out) {
            out.println(line);
            out.flush();
        }
    }

    /** The last of them, for those who come later. */
    public RecentEvents recent() {
        return recent;
    }
}
