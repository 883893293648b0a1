package fish.store.master;

import fish.store.Revisions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Sees to it that what was written for a majority's memory reaches its disks, and that who has seen it waits
 * for that. For the pen's thread; proofs come on another.
 */
final class MajorityDisk {
    /** How long what was written for memory alone may be on no disk. */
    static final long NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(25);

    private final Revisions revisions;
    private final ReadIndex readIndex;
    private final DiskProof majority;
    private final Runnable wake;
    private final AtomicBoolean asked = new AtomicBoolean();
    private long askedAt;

    /** @param wake the pen: there is something to tell */
    MajorityDisk(Revisions revisions, ReadIndex readIndex, DiskProof majority, Runnable wake) {
        this.revisions = revisions;
        this.readIndex = readIndex;
        this.majority = majority;
        this.wake = wake;
    }

    /** Whether something was acknowledged that may be on no disk. */
    boolean isOwed() {
        return revisions.durable() < revisions.acknowledged();
    }

    /** Confirms reads whose commit was acknowledged, once what they saw is on disks. */
    void confirm(List<ReadIndex.Waiter> readers) {
        long seen = revisions.acknowledged();
        if (revisions.durable() >= seen) {
            readIndex.confirm(readers);
            return;
        }
        readIndex.awaitDisk(readers);
        if (readers.isEmpty()) {
            ask();
        } else {
            majority.await(() -> false, () -> {
                revisions.synced(seen);
                readIndex.onDisk(readers);
                wake.run();
            });
        }
    }

    /** For watchers, and for whoever reads later: nobody waits now. */
    void ask() {
        long now = System.nanoTime();
        long seen = revisions.acknowledged();
        if (isOwed() && now - askedAt >= NANOS_MAX && asked.compareAndSet(false, true)) {
            askedAt = now;
            majority.await(() -> false, () -> {
                asked.set(false);
                revisions.synced(seen);
                wake.run();
            });
        }
    }
}
