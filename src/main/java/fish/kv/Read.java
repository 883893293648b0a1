package fish.kv;

/**
 * A query, and which state it may see.
 *
 * @param after the state must hold this revision; 0: any
 * @param maxLagMillis the state must be at most this old; {@link #ANY_LAG}: any. This and {@code after} are
 *     for {@link Consistency#LOCAL} alone
 * @param deadlineNanos by {@link System#nanoTime}: after it nobody waits for the answer
 */
public record Read(Query query, Consistency consistency, long after, long maxLagMillis, long deadlineNanos) {
    public static final long ANY_LAG = -1;

    public static Read of(Query query, Consistency consistency, long deadlineNanos) {
        return new Read(query, consistency, 0, ANY_LAG, deadlineNanos);
    }
}
