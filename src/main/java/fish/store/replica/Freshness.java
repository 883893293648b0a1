package fish.store.replica;

import fish.kv.Consistency;
import fish.kv.Query;
import fish.kv.Read;
import fish.kv.ReadOutcome;
import fish.store.Store;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How old what a replica holds can be at most; clocks of other nodes have no part in it. Now and then the
 * master is asked for a strong read of nothing, whose answer proves that it was master after it was asked
 * and tells the last revision R that it had given. Once the replica holds R, it holds all that was
 * acknowledged before the question. Thread-safe.
 */
final class Freshness {
    static final long PROOF_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);
    /** Without an answer for so long there is no master. */
    private static final long SILENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(2500);
    /** Answers that the replica has not reached. */
    private static final int PROOFS_MAX = 256;

    /** Asks the master; answers once, as a {@link fish.kv.Service} does. */
    interface Master {
        void read(Read read, Consumer<? super ReadOutcome> answer);
    }

    private record Proof(long askedNanos, long revision) {}

    /** What this replica held then is all that there was at that time. */
    private record Caught(Store store, long askedNanos) {}

    private final Master master;
    private final Runnable answered;
    // Guarded by this.
    private final Deque<Proof> ahead = new ArrayDeque<>();
    private boolean asking;
    private long lastAskedNanos;
    private boolean everAsked;

    private volatile boolean reaching;
    private volatile @Nullable Caught caught;
    private volatile @Nullable Proof latest;

    /** @param answered told when there may be something to {@link #look} at; must not block */
    Freshness(Master master, Runnable answered) {
        this.master = master;
        this.answered = answered;
    }

    /** Asks, unless a question is out or the last was less than so long ago. Does not block. */
    void ask(long everyNanos, long nowNanos) {
        synchronized (this) {
            if (asking || (everAsked && nowNanos - lastAskedNanos < everyNanos)) {
                return;
            }
            asking = true;
            everAsked = true;
            lastAskedNanos = nowNanos;
        }
        master.read(Read.of(Query.Reads.NOTHING, Consistency.STRONG, nowNanos + PROOF_NANOS_MAX), outcome -> {
            answered(nowNanos, outcome);
            answered.run();
        });
    }

    private synchronized void answered(long askedNanos, ReadOutcome outcome) {
        asking = false;
        if (outcome instanceof ReadOutcome.Found found) {
            Proof proof = new Proof(askedNanos, found.result().revision());
            latest = proof;
            if (ahead.size() == PROOFS_MAX) {
                ahead.removeLast();
            }
            ahead.addLast(proof);
            reaching = true;
        }
    }

    /** Whether an answer waits for the replica to reach it. */
    boolean reaching() {
        return reaching;
    }

    /** Looks how far the replica has come. */
    synchronized void look(Store store) {
        long held = store.lastRevision();
        for (Proof next = ahead.peekFirst(); next != null && next.revision() <= held; next = ahead.peekFirst()) {
            caught = new Caught(store, next.askedNanos());
            store.caughtUp();
            ahead.removeFirst();
        }
        reaching = !ahead.isEmpty();
    }

    /**
     * A time by {@link System#nanoTime}: all that was acknowledged before it is in what will be read of
     * this replica from now on.
     *
     * @return {@code unknown} where no such time is known
     */
    long caughtUpNanos(Store store, long unknown) {
        Caught now = caught;
        return now != null && now.store() == store ? now.askedNanos() : unknown;
    }

    /** Whether there was a master lately. */
    boolean masterKnown(long nowNanos) {
        Proof proof = latest;
        return proof != null && nowNanos - proof.askedNanos() < SILENCE_NANOS;
    }
}
