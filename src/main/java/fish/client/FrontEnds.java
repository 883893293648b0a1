package fish.client;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The front-ends, in turn; one that failed is left out for a while, unless all did. Thread-safe.
 */
final class FrontEnds {
    private static final long REST_NANOS = Duration.ofSeconds(1).toNanos();
    private static final int DOUBLINGS_MAX = 4;

    private final List<URI> all;
    private final Time time;
    private final AtomicInteger turn;

    /** Until when each is left out, by {@link Time#nanos}. */
    private final AtomicLongArray restingUntil;

    /** How often each has failed in a row, a rest between two. */
    private final AtomicIntegerArray failures;

    /**
     * @param first whose turn it is; drawn, so that many clients do not all begin with the same one
     */
    FrontEnds(List<URI> all, int first, Time time) {
        this.all = all;
        this.time = time;
        this.turn = new AtomicInteger(first);
        this.restingUntil = new AtomicLongArray(all.size());
        this.failures = new AtomicIntegerArray(all.size());
        for (int i = 0; i < all.size(); i++) {
            restingUntil.set(i, time.nanos());
        }
    }

    int size() {
        return all.size();
    }

    URI next() {
        int start = turn.getAndIncrement();
        for (int i = 0; i < all.size(); i++) {
            int index = Math.floorMod(start + i, all.size());
            if (time.nanos() - restingUntil.get(index) >= 0) {
                return all.get(index);
            }
        }
        return all.get(Math.floorMod(start, all.size()));
    }

    /** It did not answer, and rests: again so, after that rest, for twice as long. */
    void failed(URI frontEnd) {
        int index = all.indexOf(frontEnd);
        long now = time.nanos();
        boolean rested = now - restingUntil.get(index) >= 0;
        int before = rested
                ? failures.getAndUpdate(index, n -> Math.min(n + 1, DOUBLINGS_MAX))
                : Math.max(0, failures.get(index) - 1);
        restingUntil.set(index, now + (REST_NANOS << before));
    }

    /** It has answered that it cannot serve, which may be so everywhere. */
    void refused(URI frontEnd) {
        restingUntil.set(all.indexOf(frontEnd), time.nanos() + REST_NANOS);
    }

    /** It has answered. */
    void served(URI frontEnd) {
        int index = all.indexOf(frontEnd);
        if (failures.get(index) > 0) {
            failures.set(index, 0);
            restingUntil.set(index, time.nanos());
        }
    }
}
