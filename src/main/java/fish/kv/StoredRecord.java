package fish.kv;

/**
 * A key's value as of one revision.
 *
 * @param value of no bytes where only the rest was asked for
 * @param revision the commit that put it
 * @param created the commit before which the key had no record
 * @param expiresAtMillis since the epoch, or {@link #NEVER}
 */
public record StoredRecord(Key key, Value value, long revision, long created, long expiresAtMillis) {
    /** The {@link #expiresAtMillis} of a record without a TTL. */
    public static final long NEVER = 0;

    public boolean expired(long nowMillis) {
        return expiresAtMillis != NEVER && expiresAtMillis <= nowMillis;
    }
}
