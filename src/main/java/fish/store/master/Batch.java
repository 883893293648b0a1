package fish.store.master;

import com.sleepycat.je.DatabaseEntry;
import com.sleepycat.je.DatabaseException;
import com.sleepycat.je.DiskLimitException;
import com.sleepycat.je.Transaction;
import com.sleepycat.je.TransactionConfig;
import com.sleepycat.je.WriteOptions;
import com.sleepycat.je.rep.ReplicatedEnvironment;
import fish.kv.Durability;
import fish.kv.Outcome;
import fish.kv.Reason;
import fish.kv.TxnResult;
import fish.kv.Write;
import fish.store.CommitBatch;
import fish.store.Databases;
import fish.store.JeDurability;
import fish.store.JeErrors;
import fish.store.Progress;
import fish.store.Revisions;
import fish.store.StoredCommit;
import fish.store.Tables;
import fish.store.TooLargeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Many requests in one JE transaction: applied in order, committed once, as durably as the strongest of
 * them asked. It either becomes committed, or leaves nothing behind, or nobody knows. For the pen's
 * thread alone, once.
 */
final class Batch {
    /** How long {@code changes} are kept; twice what is promised, since JE counts in whole hours. */
    private static final int CHANGES_KEPT_HOURS = 48;

    /** No write of a batch. */
    static final int NONE = -1;

    /** How it ended. */
    enum End {
        COMMITTED,
        /** Nothing was written, and nothing of it could be read. */
        NOTHING,
        /** Something could be read for a while, and was taken back. */
        ABORTED,
        UNKNOWN
    }

    private final ReplicatedEnvironment environment;
    private final Databases databases;
    private final Revisions revisions;
    private final ApplyClock clock;
    private final RetryCache retryCache;
    private final Ends ends;
    private long tellNanos;
    private final List<Outcome> outcomes = new ArrayList<>();
    private int ended;
    private @Nullable RuntimeException failure;
    private long vlsn;
    private boolean empty;
    private boolean ending;
    private int culprit = NONE;

    Batch(
            ReplicatedEnvironment environment,
            Databases databases,
            Revisions revisions,
            ApplyClock clock,
            RetryCache retryCache,
            Ends ends) {
        this.environment = environment;
        this.databases = databases;
        this.revisions = revisions;
        this.clock = clock;
        this.retryCache = retryCache;
        this.ends = ends;
    }

    /**
     * About how long it tells of records whose time has ended; unless this is said it neither does so nor deletes what was
     * told.
     */
    void tellEnds(long nanosMax) {
        tellNanos = nanosMax;
    }

    /** Records that went because their time had ended, those alone that no write named. */
    int ended() {
        return ended;
    }

    /** How each write ended, in order, once committed. */
    List<Outcome> outcomes() {
        return outcomes;
    }

    /** The place of the commit in the replicated log, once committed. */
    long vlsn() {
        return vlsn;
    }

    /** Whether JE's limit of the disk let nothing but an empty commit through: watchers were told nothing. */
    boolean empty() {
        return empty;
    }

    /** Whether JE's limit of the disk kept it from being written. */
    boolean beyondDisk() {
        return failure instanceof DiskLimitException;
    }

    /** Why it was not committed. */
    RuntimeException failure() {
        return failure == null ? new IllegalStateException("no failure") : failure;
    }

    /**
     * Which write cannot be applied, of whatever batch it is, for it met a record that this program cannot
     * read, say: the batch was taken back, and is to be run again without it. {@link #NONE}: that was not
     * why.
     */
    int culprit() {
        return culprit;
    }

    /** How the {@link #culprit} ended. */
    Outcome culpritOutcome() {
        return Outcome.refused(
                Reason.OVERLOADED, "this cannot be done here: " + failure().getMessage());
    }

    /** How every write of it ended, if it was not committed. */
    Outcome outcome(End end) {
        RuntimeException thrown = failure();
        return end == End.UNKNOWN ? JeErrors.unknown(thrown) : JeErrors.refused(thrown);
    }

    /** Applies and commits. Throws nothing but what ends the process. */
    End run(List<Write> writes, Durability durability, long nowMillis) {
        Transaction txn;
        try {
            txn = environment.beginTransaction(
                    null, new TransactionConfig().setDurability(JeDurability.of(durability)));
        } catch (RuntimeException e) {
            failure = e;
            return End.NOTHING;
        }
        long givenBefore = revisions.last();
        clock.applying();
        try {
            apply(txn, writes, nowMillis);
        } catch (RuntimeException e) {
            failure = e;
            End end = takeBack(txn, givenBefore, e);
            boolean nothing = writes.isEmpty() && !ending;
            return e instanceof DiskLimitException && nothing ? confirmAlone(durability) : end;
        } catch (Error e) {
            takeBack(txn, givenBefore, e);
            throw e;
        }
        clock.applied(revisions.last());
        return commit(txn, durability, givenBefore);
    }

    private void apply(Transaction txn, List<Write> writes, long nowMillis) {
        TxnRunner runner = new TxnRunner(databases, txn, revisions.last(), nowMillis, ends);
        end(txn, runner);
        for (Write write : writes) {
            outcomes.add(run(txn, runner, write));
        }
        ends.write(txn);
        revisions.give(runner.lastRevision());
        if (runner.commits().isEmpty()) {
            byte[] progress = new Progress(revisions.last(), revisions.durable()).encode();
            databases.group.put(txn, new DatabaseEntry(Tables.PROGRESS), new DatabaseEntry(progress));
            return;
        }
        CommitBatch batch = new CommitBatch(revisions.durable(), nowMillis, runner.commits());
        databases.changes.put(
                txn,
                new DatabaseEntry(Tables.revisionKey(runner.lastRevision())),
                new DatabaseEntry(batch.encode()),
                com.sleepycat.je.Put.OVERWRITE,
                new WriteOptions().setTTL(CHANGES_KEPT_HOURS, TimeUnit.HOURS));
    }

    private void end(Transaction txn, TxnRunner runner) {
        if (tellNanos == 0) {
            return;
        }
        if (runner.endsAreDue()) {
            ending = true;
            runner.tellEnds(tellNanos);
            ended = runner.commits().size();
        }
        // What others wait for comes first.
        if (!runner.endsAreDue() && ends.deleteDue()) {
            ending = true;
            ends.delete(txn);
        }
    }

    private Outcome run(Transaction txn, TxnRunner runner, Write write) {
        Optional<Outcome> before = before(txn, runner, write);
        if (before.isPresent()) {
            return before.get();
        }
        int commitsBefore = runner.commits().size();
        List<StoredCommit> own;
        TxnResult result;
        try {
            result = runner.run(write.txn(), write.id());
            own = runner.commits().subList(commitsBefore, runner.commits().size());
            retryCache.keep(txn, write, result, !own.isEmpty());
        } catch (TooLargeException e) {
            return new Outcome.Refused(e.failure());
        } catch (RefusedException e) {
            return new Outcome.Refused(e.failure());
        } catch (DatabaseException e) {
            throw e;
        } catch (RuntimeException e) {
            // Not JE's, and so this write's own.
            culprit = outcomes.size();
            throw e;
        }
        retryCache.wrote(own);
        return new Outcome.Committed(result, false);
    }

    private Optional<Outcome> before(Transaction txn, TxnRunner runner, Write write) {
        try {
            return retryCache.before(txn, write, runner.commits());
        } catch (DatabaseException e) {
            throw e;
        } catch (RuntimeException e) {
            // Nothing of this batch is written yet for it, and what it did before cannot be read.
            return Optional.of(Outcome.unknown(
                    Reason.UNKNOWN_OUTCOME, "whether this was done before cannot be read here: " + e.getMessage()));
        }
    }

    private End commit(Transaction txn, Durability durability, long givenBefore) {
        try {
            txn.commit(JeDurability.of(durability));
        } catch (RuntimeException e) {
            failure = e;
            if (JeErrors.surelyNotCommitted(e, txn.getState())) {
                clock.applying();
                return takeBack(txn, givenBefore, e);
            }
            return End.UNKNOWN;
        }
        vlsn = txn.getCommitToken() == null ? 0 : txn.getCommitToken().getVLSN();
        revisions.acknowledged(revisions.last(), durability.compareTo(Durability.QUORUM) >= 0);
        return End.COMMITTED;
    }

    /**
     * Commits nothing, for readers alone: half the work, on every node, of telling watchers once more what they know. Reads
     * go on by it too while nothing can be written.
     */
    End confirmAlone(Durability durability) {
        try {
            EmptyCommit.make(environment, JeDurability.of(durability));
        } catch (RuntimeException e) {
            failure = e;
            return End.NOTHING;
        }
        empty = true;
        revisions.acknowledged(revisions.last(), durability.compareTo(Durability.QUORUM) >= 0);
        return End.COMMITTED;
    }

    private End takeBack(Transaction txn, long givenBefore, Throwable reason) {
        retryCache.forget();
        ends.forget();
        try {
            txn.abort();
        } catch (RuntimeException e) {
            // The commit never began, so recovery takes back what the abort could not.
            reason.addSuppressed(e);
        }
        clock.applied(givenBefore);
        return End.ABORTED;
    }
}
