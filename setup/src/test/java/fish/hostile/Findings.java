package fish.hostile;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** What was sent and answered, counted, and the first of each thing that was wrong. Thread-safe. */
final class Findings {
    private static final int SHOWN_EACH = 3;
    private static final int KINDS_MAX = 200;

    private final Map<String, AtomicLong> counts = new ConcurrentHashMap<>();
    private final Map<String, List<String>> wrong = new TreeMap<>();

    void count(String what) {
        counts.computeIfAbsent(what, any -> new AtomicLong()).incrementAndGet();
    }

    /** @param kind few differ */
    void wrong(String kind, String what) {
        count("wrong");
        synchronized (wrong) {
            if (wrong.size() < KINDS_MAX || wrong.containsKey(kind)) {
                List<String> shown = wrong.computeIfAbsent(kind, any -> new ArrayList<>());
                if (shown.size() < SHOWN_EACH) {
                    shown.add(what);
                }
            }
        }
    }

    /** Empty where all was right. */
    List<String> wrong() {
        List<String> all = new ArrayList<>();
        synchronized (wrong) {
            wrong.forEach((kind, shown) -> shown.forEach(one -> all.add(kind + ": " + one)));
        }
        return all;
    }

    Map<String, Long> counts() {
        Map<String, Long> all = new TreeMap<>();
        counts.forEach((what, count) -> all.put(what, count.get()));
        return all;
    }
}
