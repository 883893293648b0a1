package fish.kv;

/**
 * A query, and which state it may see.
 *
 * @param after the state must hold this revision; 0: any
 * @param maxLagMillis the state must be at most this old; {@link #ANY_LAG}: any. This and {@code after} are
 *     for {@link Consistency#LOCAL} alone
 * @param deadlineNanos by {@link System#nanoTime}: after it nobody waits for the answer
 * @param room for the answer
 * @param asker on whose behalf; {@link Asker#NOBODY} for what nodes ask for themselves
 */
public record Read(
        Query query,
        Consistency consistency,
        long after,
        long maxLagMillis,
        long deadlineNanos,
        Room room,
        Asker asker) {
    public static final long ANY_LAG = -1;

    /** One whose answer has room, however large. */
    public Read(Query query, Consistency consistency, long after, long maxLagMillis, long deadlineNanos) {
        this(query, consistency, after, maxLagMillis, deadlineNanos, Room.ENOUGH, Asker.NOBODY);
    }

    /** The same, with this room for its answer. */
    public Read with(Room theRoom) {
        return new Read(query, consistency, after, maxLagMillis, deadlineNanos, theRoom, asker);
    }

    /** The same, asked for by them. */
    public Read by(Asker who) {
        return new Read(query, consistency, after, maxLagMillis, deadlineNanos, room, who);
    }

    /** Another query about the same state. */
    public Read of(Query another) {
        return new Read(another, consistency, after, maxLagMillis, deadlineNanos, room, asker);
    }

    /** Whether it bounds how old its state may be: it waits for such a one, whatever the replica goes through meanwhile. */
    public boolean boundsCopy() {
        return after > 0 || maxLagMillis != ANY_LAG;
    }

    public static Read of(Query query, Consistency consistency, long deadlineNanos) {
        return new Read(query, consistency, 0, ANY_LAG, deadlineNanos, Room.ENOUGH, Asker.NOBODY);
    }
}
