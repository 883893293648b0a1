package fish.store.master;

/**
 * Tells readers whether the pen changed anything while they read: a sequence lock. Odd while the pen
 * applies. One writer.
 */
final class ApplyClock {
    private volatile long sequence;
    private volatile long revision;

    ApplyClock(long revision) {
        this.revision = revision;
    }

    /** The pen begins to change, or to take back. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    void applying() {
        sequence++;
    }

    /** The pen has finished; the state is that of this revision. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    void applied(long revision) {
        this.revision = revision;
        sequence++;
    }

    /** To be asked before reading. */
    long now() {
        return sequence;
    }

    /** Whether nothing changed since {@link #now} said so: what was read since is one state. */
    boolean stillSince(long then) {
        return (then & 1) == 0 && sequence == then;
    }

    /** The last revision that can be read. */
    long revision() {
        return revision;
    }
}
