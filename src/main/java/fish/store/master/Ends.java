package fish.store.master;

import fish.store.Databases;
import fish.store.Tables;
import java.util.concurrent.TimeUnit;

/**
 * Where the next record stands whose time ends. What was deleted before it JE has to step over until it
 * tidies up, so looking from the first again and again takes ever longer. For the pen's thread alone.
 */
final class Ends {
    /** A clock that was set back may have put something before the place that is remembered. */
    private static final long FROM_FIRST_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Databases databases;
    private byte[] from = Tables.NOTHING;
    private long fromFirstAt;

    Ends(Databases databases) {
        this.databases = databases;
    }

    /** Where to look from. */
    byte[] from() {
        return from;
    }

    /** Everything before this place has been deleted. */
    void passed(byte[] place) {
        from = place.clone();
    }

    /** What was deleted was taken back. */
    void forget() {
        from = Tables.NOTHING;
    }

    /** When the next record ends, since the epoch; {@link Long#MAX_VALUE} where none does. */
    long nextMillis() {
        return Tables.nextEndMillis(databases, from);
    }

    /** From the first again, if that is due. */
    void look() {
        long now = System.nanoTime();
        if (from.length > 0 && now - fromFirstAt >= FROM_FIRST_NANOS) {
            fromFirstAt = now;
            from = Tables.NOTHING;
        }
    }
}
