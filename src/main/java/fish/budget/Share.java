package fish.budget;

/** Who may hold how much of the heap, beside JE's cache, which is a setting. */
public enum Share {
    /** Requests: bodies as they arrive, what they were parsed into, and writes until they are answered. */
    REQUESTS(8, Long.MAX_VALUE, true),
    /** Answers, lists among them: from when they are read until they are sent. */
    ANSWERS(8, Long.MAX_VALUE, true),
    /** What a replica has received of the master's log and not replayed yet. */
    REPLICATION(16, 16L << 20, false),
    /** What waits for watchers, all together. */
    WATCHERS(16, 64L << 20, false),
    /** The index by which a write that comes again is recognised. */
    RETRIES(64, 8L << 20, false);

    private final int part;
    private final long bytesMax;
    private final boolean shrinks;

    /**
     * @param part of the heap: one {@code part}-th
     * @param bytesMax more is of no use to it
     * @param shrinks where JE's cache was given much
     */
    Share(int part, long bytesMax, boolean shrinks) {
        this.part = part;
        this.bytesMax = bytesMax;
        this.shrinks = shrinks;
    }

    /** Of a heap of so many bytes, while JE's cache leaves enough of it. */
    long of(long heapBytes) {
        return Math.min(bytesMax, heapBytes / part);
    }

    boolean shrinks() {
        return shrinks;
    }

    /** Of this process, in bytes, for a share that does not shrink: what must know it before any setting is read. */
    public long ofThisProcess() {
        if (shrinks) {
            throw new IllegalStateException("how much " + this + " has depends on the cache");
        }
        return of(Runtime.getRuntime().maxMemory());
    }
}
