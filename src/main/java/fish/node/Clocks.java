package fish.node;

import fish.group.GroupEvents;
import java.time.Clock;
import java.util.Locale;

/**
 * How far this node's clock is from the master's. JE keeps a node out whose clock is 2 s off, elections are
 * numbered by clocks, and TTLs count by the master's. Thread-safe.
 */
public final class Clocks {
    private static final long DIFFER_MILLIS = 1_000;
    /** An answer that took longer says too little. */
    private static final long ROUND_TRIP_MAX_MILLIS = 400;

    private final Clock clock;
    private final GroupEvents events;
    private String differing = "";
    private double aheadSeconds = Double.NaN;

    /** @param events of which only {@link GroupEvents#event} is used */
    Clocks(Clock clock, GroupEvents events) {
        this.clock = clock;
        this.events = events;
    }

    /**
     * The master said what its clock is.
     *
     * @param askedMillis this node's clock when it asked
     */
    synchronized void heard(String master, long masterMillis, long askedMillis) {
        long now = clock.millis();
        long took = now - askedMillis;
        if (took < 0 || took > ROUND_TRIP_MAX_MILLIS) {
            return;
        }
        long ahead = askedMillis + took / 2 - masterMillis;
        aheadSeconds = ahead / 1000.0;
        if (Math.abs(ahead) > DIFFER_MILLIS) {
            boolean told = !differing.isEmpty();
            differing = String.format(
                    Locale.ROOT,
                    "%.1f s %s that of %s",
                    Math.abs(ahead) / 1000.0,
                    ahead > 0 ? "ahead of" : "behind",
                    master);
            if (!told) {
                events.event("clocks-differ", "reason", differing, "next", "set the clocks (NTP)");
            }
        } else if (!differing.isEmpty()) {
            differing = "";
            events.event("clocks-agree", "master", master);
        }
    }

    /** In words, while they differ by more than a second; else empty. */
    public synchronized String differing() {
        return differing;
    }

    /** How far this node's clock was ahead of the master's when it was compared last; NaN before. */
    synchronized double aheadSeconds() {
        return aheadSeconds;
    }
}
