package fish.tool;

import java.time.Duration;

/**
 * What a holder does when, counted from when the request that made or renewed the record was sent, which is never later
 * than when the record's time began at the master. All in milliseconds.
 *
 * @param renewEvery from one renewal to the next: less than half of {@code term}, so that one that fails, and takes its
 *     time for it, leaves time for another
 * @param term when the command is told to end: it was not renewed in time
 * @param kill when the command is killed; what is left until {@code ttl} is for clocks that do not run alike, and for
 *     the killing
 */
record LockTimes(long ttl, long renewEvery, long term, long kill) {
    static LockTimes of(Duration ttl) {
        long millis = ttl.toMillis();
        return new LockTimes(millis, millis / 4, millis * 65 / 100, millis * 85 / 100);
    }
}
