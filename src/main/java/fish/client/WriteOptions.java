package fish.client;

import fish.kv.Durability;
import fish.kv.Idempotency;
import fish.kv.Operation;
import java.time.Duration;

/**
 * How a write is done. TTL and revision are for single puts and deletes; a transaction says them per operation.
 *
 * @param ttlMillis how long a record that is put lives; {@link Operation#NO_TTL} for ever
 * @param ifRevision the record must be at this revision; {@link #ABSENT}: there must be none; {@link #ANY}
 * @param idempotencyKey names the write, so that it can be sent again even by another process; empty: the client draws one
 * @param timeout of all tries together; zero: the client's
 */
public record WriteOptions(
        Durability durability, long ttlMillis, long ifRevision, String idempotencyKey, Duration timeout) {
    /** Whatever record there is, or none. */
    public static final long ANY = -1;

    /** No record. */
    public static final long ABSENT = 0;

    public static final WriteOptions DEFAULT =
            new WriteOptions(Durability.DEFAULT, Operation.NO_TTL, ANY, "", Duration.ZERO);

    public WriteOptions {
        if (ttlMillis < 0 || ttlMillis > Operation.TTL_MILLIS_MAX) {
            throw new IllegalArgumentException("a ttl is from 1 ms to 3650 days");
        }
        if (ifRevision < ANY) {
            throw new IllegalArgumentException("a revision is positive");
        }
        if (idempotencyKey.length() > Idempotency.KEY_CHARS_MAX
                || !idempotencyKey.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new IllegalArgumentException(
                    "an idempotency key is at most " + Idempotency.KEY_CHARS_MAX + " visible ASCII characters");
        }
        if (!timeout.isZero()) {
            ClientConfig.requireTimeout(timeout);
        }
    }

    public WriteOptions withDurability(Durability level) {
        return new WriteOptions(level, ttlMillis, ifRevision, idempotencyKey, timeout);
    }

    /** To the millisecond. */
    public WriteOptions withTtl(Duration ttl) {
        return new WriteOptions(durability, ttlMillis(ttl), ifRevision, idempotencyKey, timeout);
    }

    /** Of less than a millisecond there is none: nought would be a record without an end. */
    static long ttlMillis(Duration ttl) {
        if (ttl.toMillis() < 1) {
            throw new IllegalArgumentException("a ttl is from 1 ms to 3650 days");
        }
        return ttl.toMillis();
    }

    public WriteOptions withIfRevision(long revision) {
        return new WriteOptions(durability, ttlMillis, revision, idempotencyKey, timeout);
    }

    public WriteOptions withIfAbsent() {
        return withIfRevision(ABSENT);
    }

    public WriteOptions withIdempotencyKey(String key) {
        return new WriteOptions(durability, ttlMillis, ifRevision, key, timeout);
    }

    public WriteOptions withTimeout(Duration all) {
        return new WriteOptions(durability, ttlMillis, ifRevision, idempotencyKey, all);
    }
}
