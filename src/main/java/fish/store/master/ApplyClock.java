package fish.store.master;

import fish.store.Snapshot;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Tells readers whether the pen changed anything while they read: a sequence lock. Odd while the pen
 * applies. One writer.
 */
final class ApplyClock implements Snapshot.Writer {
    /** The pen applies a batch in a few milliseconds, unless it reads much from disk. */
    private static final long QUIET_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

    private static final long LOOK_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

    private volatile long sequence;
    private volatile long revision;
    private volatile boolean undecided;

    ApplyClock(long revision) {
        this.revision = revision;
    }

    /** The pen begins to change, or to take back. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    void applying() {
        undecided = true;
        sequence++;
    }

    /** The pen has finished; the state is that of this revision. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    void applied(long revision) {
        this.revision = revision;
        sequence++;
    }

    /** What was applied is committed, or was taken back. */
    void decided() {
        undecided = false;
    }

    /** Whether something can be read that may still be taken back. */
    boolean undecided() {
        return undecided;
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
    @Override
    public long revision() {
        return revision;
    }

    @Override
    public boolean quiet() {
        long start = System.nanoTime();
        while ((sequence & 1) != 0) {
            if (System.nanoTime() - start >= QUIET_NANOS_MAX) {
                return false;
            }
            LockSupport.parkNanos(this, LOOK_NANOS);
        }
        return true;
    }
}
