package fish.store;

/**
 * The numbers that one master gives. Written by the pen's thread alone, read by any.
 *
 * <p>A term starts {@value #TERM_BLOCK} beyond the last revision that its master knows, and a master never
 * gets further than half of that beyond what a majority has on disk: so what it gave and the next master
 * does not know of lies below the next term, and no revision is ever given twice.
 */
public final class Revisions {
    public static final long TERM_BLOCK = 1 << 20;
    private static final long AHEAD_MAX = TERM_BLOCK / 2;

    private volatile long last;
    private volatile long durable;
    private volatile long onDisk;

    /**
     * @param last the last that was given, all of it acknowledged
     */
    public Revisions(long last) {
        this.last = last;
        this.durable = last;
        this.onDisk = last;
    }

    /** The first of a term, after a log that ends with {@code last}. */
    public static long firstOfTerm(long last) {
        return last + TERM_BLOCK;
    }

    public long last() {
        return last;
    }

    /** Everything up to it was acknowledged by a majority. */
    public long durable() {
        return durable;
    }

    public void give(long revision) {
        last = revision;
    }

    public void acknowledged(long revision, boolean synced) {
        durable = revision;
        if (synced) {
            onDisk = revision;
        }
    }

    /** Whether the next commit must reach a majority's disks whatever was asked. */
    public boolean syncDue() {
        return last - onDisk > AHEAD_MAX / 2;
    }

    /** Whether no more may be given until a majority has what was. */
    public boolean exhausted() {
        return last - onDisk > AHEAD_MAX;
    }
}
