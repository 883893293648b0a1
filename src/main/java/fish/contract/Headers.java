package fish.contract;

/** The header fields that are Fish's own. */
public final class Headers {
    public static final String REVISION = "Fish-Revision";
    public static final String CREATED = "Fish-Created";
    public static final String EXPIRES = "Fish-Expires";
    public static final String CONSISTENCY = "Fish-Consistency";
    public static final String NODE = "Fish-Node";
    /** Seconds, or {@link Words#UNKNOWN}. */
    public static final String LAG = "Fish-Lag";

    /** About how much a backup will be. */
    public static final String BACKUP_BYTES = "Fish-Backup-Bytes";

    public static final String IDEMPOTENCY_KEY = "Idempotency-Key";
    public static final String IDEMPOTENCY_REPLAYED = "Idempotency-Replayed";

    private Headers() {}
}
