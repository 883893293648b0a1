package fish.http;

import java.util.concurrent.TimeUnit;

/** What a client has to keep up where others wait for the room that it holds. Pure. */
final class Pace {
    private static final int BYTES_PER_SECOND_MIN = 64 << 10;

    /** How much of that may be missing; and as much as may be had in advance. */
    static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private Pace() {}

    /**
     * Until when it has done enough, now that so many bytes more have come.
     *
     * @param beforeNanos until when it had without them
     */
    static long enoughUntil(long beforeNanos, long nowNanos, long bytes) {
        long from = beforeNanos - nowNanos < 0 ? nowNanos : beforeNanos;
        long until = from + TimeUnit.SECONDS.toNanos(bytes) / BYTES_PER_SECOND_MIN;
        return until - nowNanos > PATIENCE_NANOS ? nowNanos + PATIENCE_NANOS : until;
    }
}
