package fish.tool.bulk;

import fish.kv.Key;
import java.util.HashSet;
import java.util.Set;

/**
 * The batches that are with the store: bounded in number and bytes, and no key in two of them, so that of two lines with
 * one key the later one wins. Thread-safe.
 */
final class InFlight {
    private final int batchesMax;
    private final long bytesMax;
    private final Set<Key> keys = new HashSet<>();
    private int batches;
    private long bytes;
    private boolean stopped;

    InFlight(int batchesMax, long bytesMax) {
        this.batchesMax = batchesMax;
        this.bytesMax = bytesMax;
    }

    /** Waits until there is room, which one batch alone always has; false where it was stopped meanwhile. */
    synchronized boolean enter(LoadBatch batch) throws InterruptedException {
        while (!stopped && !hasRoom(batch)) {
            wait();
        }
        if (stopped) {
            return false;
        }
        batch.records().forEach(record -> keys.add(record.key()));
        batches++;
        bytes += batch.bytes();
        return true;
    }

    private boolean hasRoom(LoadBatch batch) {
        return batches == 0
                || (batches < batchesMax
                        && bytes + batch.bytes() <= bytesMax
                        && batch.records().stream().noneMatch(record -> keys.contains(record.key())));
    }

    synchronized void leave(LoadBatch batch) {
        batch.records().forEach(record -> keys.remove(record.key()));
        batches--;
        bytes -= batch.bytes();
        notifyAll();
    }

    /** Lets no more in. */
    synchronized void stop() {
        stopped = true;
        notifyAll();
    }

    /** Waits until all have left. */
    synchronized void awaitEmpty() throws InterruptedException {
        while (batches > 0) {
            wait();
        }
    }
}
