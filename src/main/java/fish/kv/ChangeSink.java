package fish.kv;

/**
 * Where a watcher's commits go. All but {@link #closed} is called by one thread, in order; nothing may
 * block or throw. After {@link #compacted} or {@link #failed} nothing comes any more.
 */
public interface ChangeSink {
    /** Whether it takes more of the past now; asked again soon if not. */
    boolean hasRoom();

    /**
     * The next commit.
     *
     * @param encoded shared with other watchers: for reading only
     * @return false: no room; the same commit comes again once {@link #hasRoom}
     */
    boolean commit(long revision, EncodedCommit encoded);

    /**
     * Everything up to this revision has been told. Comes several times a second.
     *
     * @param caughtUp whether the node knows of nothing newer that is durable
     */
    void reached(long revision, boolean caughtUp);

    /** What it asked for is no longer kept; from {@code oldest} (exclusive) on it is. */
    void compacted(long oldest);

    /** The node cannot go on telling it. */
    void failed(Failure failure);

    /** Whether nobody listens any more. */
    boolean closed();
}
