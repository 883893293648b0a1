package fish.store;

/**
 * The numbers that one master gives, by its pen's thread alone; thread-safe.
 *
 * <p>A term starts {@value #TERM_BLOCK} beyond the last revision that its master knows, and a master never
 * gets further than half of that beyond what a majority has on disk: so what it gave and the next master
 * does not know of lies below the next term, and no revision is ever given twice.
 */
public final class Revisions {
    public static final long TERM_BLOCK = 1 << 20;
    private static final long AHEAD_MAX = TERM_BLOCK / 2;

    private volatile long last;
    private volatile long acknowledged;
    private volatile long durable;

    /**
     * @param last the last that was given, all of it acknowledged
     */
    public Revisions(long last) {
        this.last = last;
        this.acknowledged = last;
        this.durable = last;
    }

    /** The first of a term, after a log that ends with {@code last}. */
    public static long firstOfTerm(long last) {
        return last + TERM_BLOCK;
    }

    public long last() {
        return last;
    }

    /** Everything up to it was acknowledged by a majority, which may have it in memory alone. */
    public long acknowledged() {
        return acknowledged;
    }

    /** Everything up to it is on the disks of a majority. */
    public long durable() {
        return durable;
    }

    public void give(long revision) {
        last = revision;
    }

    public void acknowledged(long revision, boolean synced) {
        acknowledged = revision;
        if (synced) {
            synced(revision);
        }
    }

    /** A majority has everything up to this one on its disks. */
    public synchronized void synced(long revision) {
        durable = Math.max(durable, revision);
    }

    /** Whether the next commit must reach a majority's disks whatever was asked. */
    public boolean syncDue() {
        return last - durable > AHEAD_MAX / 2;
    }

    /** Whether no more may be given until a majority has what was. */
    public boolean exhausted() {
        return last - durable > AHEAD_MAX;
    }
}
