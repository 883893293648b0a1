package fish.http;

import fish.contract.Durations;
import fish.json.Utf8;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The parameters of one request. Every one that is unknown, given twice, out of range or not for this
 * request is a {@code bad-parameter} that names it. Immutable.
 */
public final class Params {
    private static final Params NONE = new Params(new TreeMap<>());

    /** Stands for a parameter without {@code =}; no decoded text holds it. */
    private static final String BARE = "\uffff\ud800";

    private final SortedMap<String, String> values;

    private Params(SortedMap<String, String> values) {
        this.values = values;
    }

    /**
     * The parameters in a raw query string.
     *
     * @throws ProblemException for one that is malformed, given twice, or not among those allowed
     */
    public static Params parse(String rawQuery, Set<String> allowed) {
        if (rawQuery.isEmpty()) {
            return NONE;
        }
        SortedMap<String, String> values = new TreeMap<>();
        for (int start = 0; start <= rawQuery.length(); ) {
            int end = rawQuery.indexOf('&', start);
            end = end < 0 ? rawQuery.length() : end;
            if (end > start) {
                add(values, rawQuery.substring(start, end), allowed);
            }
            start = end + 1;
        }
        return new Params(values);
    }

    private static void add(SortedMap<String, String> values, String pair, Set<String> allowed) {
        int equals = pair.indexOf('=');
        String rawName = equals < 0 ? pair : pair.substring(0, equals);
        String name = text(rawName, rawName);
        if (!allowed.contains(name)) {
            throw Problem.badParameter(name, "is not known here");
        }
        String value = equals < 0 ? BARE : text(pair.substring(equals + 1), name);
        if (values.put(name, value) != null) {
            throw Problem.badParameter(name, "is given twice");
        }
    }

    private static String text(String raw, String name) {
        try {
            return Utf8.decode(Percent.decode(raw, true)).orElseThrow(() -> Problem.badParameter(name, "is not UTF-8"));
        } catch (IllegalArgumentException e) {
            throw Problem.badParameter(name, "is malformed: " + e.getMessage());
        }
    }

    public boolean has(String name) {
        return values.containsKey(name);
    }

    /** Refuses this one, which is known, in this request. */
    public void refuse(String name, String why) {
        if (has(name)) {
            throw Problem.badParameter(name, why);
        }
    }

    /** As given; empty where it is not given. */
    public String text(String name) {
        String value = values.getOrDefault(name, "");
        if (value.equals(BARE)) {
            throw Problem.badParameter(name, "needs a value");
        }
        return value;
    }

    /** Bare or {@code =true}, else {@code =false} or not given. */
    public boolean flag(String name) {
        String value = values.getOrDefault(name, "false");
        if (value.equals(BARE) || value.equals("true")) {
            return true;
        }
        if (value.equals("false")) {
            return false;
        }
        throw Problem.badParameter(name, "stands alone, or is true or false");
    }

    /** A decimal integer in this range, both ends included. */
    public long number(String name, long min, long max, long otherwise) {
        if (!has(name)) {
            return otherwise;
        }
        String text = text(name);
        boolean digits = !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
        if (digits && text.length() <= 18) {
            long value = Long.parseLong(text);
            if (min <= value && value <= max) {
                return value;
            }
        }
        throw Problem.badParameter(name, "is an integer from " + min + " to " + max);
    }

    /** A duration in this range, both ends included; all in nanoseconds. */
    public long durationNanos(String name, long min, long max, long otherwise) {
        if (!has(name)) {
            return otherwise;
        }
        OptionalLong nanos = Durations.nanos(text(name));
        if (nanos.isPresent() && min <= nanos.getAsLong() && nanos.getAsLong() <= max) {
            return nanos.getAsLong();
        }
        boolean unitMissing = nanos.isEmpty() && text(name).matches("[0-9]{1,15}(\\.[0-9]{1,9})?");
        String range = Durations.format(Duration.ofNanos(min)) + " to " + Durations.format(Duration.ofNanos(max));
        throw Problem.badParameter(
                name,
                unitMissing
                        ? "needs a unit: " + text(name) + "s, for instance; from " + range
                        : "is a duration such as 250ms, 1.5s or 5m, from " + range);
    }

    /** All that are given, by name. */
    public Map<String, String> all() {
        return values;
    }
}
