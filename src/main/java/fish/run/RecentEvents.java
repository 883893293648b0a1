package fish.run;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The last events of a node: at most {@value #EVENTS_MAX}, each with at most {@value #FIELDS_MAX} fields of at
 * most {@value #TEXT_MAX} characters, so well below a MiB in all. Thread-safe.
 */
public final class RecentEvents {
    public static final int EVENTS_MAX = 300;
    static final int FIELDS_MAX = 16;
    static final int TEXT_MAX = 300;

    /**
     * One event as it was logged.
     *
     * @param number counted from 1 since the process began, without gaps
     * @param fields in the order in which they were given
     */
    public record Event(long number, Instant time, String name, Map<String, String> fields) {
        public Event {
            fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        }
    }

    private final Deque<Event> events = new ArrayDeque<>();
    private long count;

    /** @param keysAndValues in turn */
    synchronized void add(Instant time, String name, Object... keysAndValues) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (int i = 0; i + 1 < keysAndValues.length && fields.size() < FIELDS_MAX; i += 2) {
            fields.put(shortened(keysAndValues[i]), shortened(keysAndValues[i + 1]));
        }
        if (events.size() == EVENTS_MAX) {
            events.removeFirst();
        }
        events.addLast(new Event(++count, time, name, fields));
    }

    private static String shortened(Object value) {
        String text = String.valueOf(value);
        return text.length() <= TEXT_MAX ? text : text.substring(0, TEXT_MAX - 1) + "…";
    }

    /** All that are kept, the oldest first. */
    public synchronized List<Event> all() {
        return new ArrayList<>(events);
    }

    /** How many there were in all, also those that are kept no more. */
    public synchronized long count() {
        return count;
    }
}
