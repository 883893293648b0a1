package fish.budget;

/** Who may hold how much of the heap, beside JE's cache, which is a setting. */
public enum Share {
    /** Requests: bodies as they arrive, what they were parsed into, and writes until they are answered. */
    REQUESTS(8),
    /** Answers, lists and pages of changes among them: from when they are read until they are sent. */
    ANSWERS(8),
    /** What a replica has received of the master's log and not replayed yet. */
    REPLICATION(16),
    /** What waits for watchers, all together. */
    WATCHERS(16),
    /** The index by which a write that comes again is recognised. */
    RETRIES(32);

    private final int part;

    Share(int part) {
        this.part = part;
    }

    /** Of a heap of so many bytes, while JE's cache leaves enough of it. */
    long of(long heapBytes) {
        return heapBytes / part;
    }
}
