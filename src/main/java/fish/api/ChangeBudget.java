package fish.api;

import fish.budget.Share;
import fish.kv.EncodedCommit;
import java.util.concurrent.atomic.AtomicLong;

/** What all watchers together may have waiting for them. Thread-safe. */
final class ChangeBudget {
    private final long bytesMax;
    private final AtomicLong bytes = new AtomicLong();

    ChangeBudget(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** As this process's heap allows. */
    static ChangeBudget ofThisProcess() {
        return new ChangeBudget(Share.WATCHERS.ofThisProcess());
    }

    boolean hasRoom() {
        return bytes.get() < bytesMax;
    }

    /** Whether there is room for this one, which costs nothing where another watcher keeps it already. */
    boolean hasRoomFor(EncodedCommit commit) {
        return hasRoom() || commit.isHeld();
    }

    /** All that there is to take. */
    long max() {
        return bytesMax;
    }

    /** What is taken now. */
    long taken() {
        return bytes.get();
    }

    void take(long count) {
        bytes.addAndGet(count);
    }

    void giveBack(long count) {
        bytes.addAndGet(-count);
    }

    /** A watcher keeps this commit; however many do, it is counted once. */
    void take(EncodedCommit commit) {
        if (commit.hold()) {
            take(commit.bytes());
        }
    }

    void giveBack(EncodedCommit commit) {
        if (commit.release()) {
            giveBack(commit.bytes());
        }
    }
}
