package fish.kv;

/** A node's own replica, watched. Thread-safe. */
public interface ChangeSource {
    /** For {@code since}: from now on. */
    long NOW = -1;

    /**
     * Tells this sink of every durable commit after {@code since} (exclusive) until it is closed; of a
     * commit only the changes to keys of {@code scope}, and none that has none there. Never blocks; refusals come to the
     * sink, on the calling thread or another.
     *
     * @param since a revision, one in the future too, or {@link #NOW}
     */
    void watch(long since, Scope scope, ChangeSink sink);
}
