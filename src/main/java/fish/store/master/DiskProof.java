package fish.store.master;

import com.sleepycat.je.DatabaseEntry;
import com.sleepycat.je.DatabaseException;
import com.sleepycat.je.DiskLimitException;
import com.sleepycat.je.Durability;
import com.sleepycat.je.Transaction;
import com.sleepycat.je.TransactionConfig;
import com.sleepycat.je.rep.ReplicatedEnvironment;
import fish.run.Threads;
import fish.store.Databases;
import fish.store.Tables;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Proves, beside the pen, that what was committed is on the disks of a majority, or of every electable node:
 * by a commit of nothing that so many acknowledge once they have it on disk. Nodes write and acknowledge in
 * the order of the log, so they have all that was committed before it too. The pen waits for none of
 * this: a node that is paused holds up nobody but those who asked for every node.
 *
 * <p>One thread, one proof at a time, for all who wait when it begins. Who waits is bounded by those who
 * make them wait. Thread-safe.
 */
final class DiskProof implements AutoCloseable {
    /** How long one proof may take; those who wait then wait for the next, which comes later in the log. */
    private static final long PROOF_MILLIS_MAX = 5_000;
    /** How long the end waits for the proof under way. */
    private static final long CLOSE_MILLIS = 1_000;

    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /**
     * Somebody who waits.
     *
     * @param over whether he does no more
     * @param proven on the proof's thread, once; must not block
     */
    private record Waiter(BooleanSupplier over, Runnable proven) {}

    private final ReplicatedEnvironment environment;
    private final Databases databases;
    private final Durability durability;
    private final Consumer<Throwable> broken;
    private final byte[] key;
    private final ConcurrentLinkedQueue<Waiter> waiting = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Runnable> chores = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    private volatile boolean asleep;
    private volatile boolean closing;

    /**
     * @param name of its thread, and of the record that it writes
     * @param broken told if it cannot go on
     */
    DiskProof(
            String name,
            ReplicatedEnvironment environment,
            Databases databases,
            Durability durability,
            Consumer<Throwable> broken) {
        this.environment = environment;
        this.databases = databases;
        this.durability = durability;
        this.broken = broken;
        this.key = Tables.proofKey(name);
        this.thread = Threads.daemon("fish-pen-" + name, this::run);
    }

    void start() {
        thread.start();
    }

    /** Proves everything that was committed before this call, and says so. */
    void await(BooleanSupplier over, Runnable proven) {
        waiting.add(new Waiter(over, proven));
        wake();
    }

    /** Runs something that may wait for a commit, soon, and not if this is closed before. */
    void chore(Runnable work) {
        chores.add(work);
        wake();
    }

    private void wake() {
        if (asleep) {
            LockSupport.unpark(thread);
        }
    }

    private void run() {
        try {
            while (!closing) {
                for (Runnable work = chores.poll(); work != null && !closing; work = chores.poll()) {
                    work.run();
                }
                prove();
            }
        } catch (Throwable e) {
            // Also an Error: somebody would wait for ever.
            broken.accept(e);
        }
    }

    private void prove() {
        waiting.removeIf(waiter -> waiter.over().getAsBoolean());
        List<Waiter> taken = new ArrayList<>(waiting);
        if (taken.isEmpty()) {
            rest(IDLE_NANOS);
        } else if (commit()) {
            for (Waiter waiter : taken) {
                waiting.remove(waiter);
                waiter.proven().run();
            }
        } else {
            LockSupport.parkNanos(this, RETRY_NANOS);
        }
    }

    private void rest(long nanos) {
        asleep = true;
        try {
            if (waiting.isEmpty() && chores.isEmpty() && !closing) {
                LockSupport.parkNanos(this, nanos);
            }
        } finally {
            asleep = false;
        }
    }

    private boolean commit() {
        @Nullable Transaction txn = null;
        try {
            txn = environment.beginTransaction(null, new TransactionConfig().setDurability(durability));
            txn.setTxnTimeout(PROOF_MILLIS_MAX, TimeUnit.MILLISECONDS);
            databases.group.put(txn, new DatabaseEntry(key), new DatabaseEntry(Tables.NOTHING));
            txn.commit(durability);
            return true;
        } catch (DiskLimitException e) {
            abort(txn);
            txn = null;
            return commitNothing();
        } catch (DatabaseException | IllegalStateException e) {
            // Too few nodes, too slow ones, or the environment's end, which the pen notices too.
            return false;
        } finally {
            abort(txn);
        }
    }

    private boolean commitNothing() {
        try {
            EmptyCommit.make(environment, durability);
            return true;
        } catch (DatabaseException | IllegalStateException e) {
            return false;
        }
    }

    private static void abort(@Nullable Transaction txn) {
        if (txn != null
                && (txn.getState() == Transaction.State.OPEN || txn.getState() == Transaction.State.MUST_ABORT)) {
            try {
                txn.abort();
            } catch (DatabaseException | IllegalStateException e) {
                // It holds nothing but its own record.
            }
        }
    }

    /** Ends after the proof under way, if that ends soon, without a word to those who wait. May come twice. */
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(thread);
        try {
            thread.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
