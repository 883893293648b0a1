package fish.store;

import com.sleepycat.je.DatabaseNotFoundException;
import com.sleepycat.je.DiskLimitException;
import com.sleepycat.je.LockConflictException;
import com.sleepycat.je.OperationFailureException;
import com.sleepycat.je.Transaction;
import com.sleepycat.je.rep.DatabasePreemptedException;
import com.sleepycat.je.rep.InsufficientAcksException;
import com.sleepycat.je.rep.InsufficientReplicasException;
import com.sleepycat.je.rep.ReplicaConsistencyException;
import com.sleepycat.je.rep.ReplicaWriteException;
import com.sleepycat.je.rep.UnknownMasterException;
import fish.kv.Failure;
import fish.kv.Outcome;
import fish.kv.Reason;

/**
 * What JE's exceptions mean for a request: the only place that knows.
 *
 * <pre>
 * a write that JE had not begun to commit (its transaction is aborted, so nothing happened):
 *   InsufficientReplicasException                     refused  no-quorum
 *   ReplicaWriteException, UnknownMasterException     refused  not-master
 *   DiskLimitException                                refused  disk-full
 *   anything else                                     refused  starting (the environment is reopened)
 * a write whose commit had begun:
 *   InsufficientAcksException                         unknown  (it is committed here, and may vanish)
 *   one of the above, and JE says that the transaction was not committed: as above
 *   anything else                                     unknown
 * a read:
 *   lock conflicts, a database handle taken away      the reader tries again
 *   DatabaseNotFoundException                         starting (the replica has not received it yet)
 *   anything else                                     starting
 * </pre>
 *
 * Sources: the Javadoc of each exception, and {@code Transaction.State}.
 */
public final class JeErrors {
    private JeErrors() {}

    /**
     * Whether the transaction surely left nothing behind, once it is aborted.
     *
     * @param state as JE tells it after the exception
     */
    public static boolean surelyNotCommitted(RuntimeException thrown, Transaction.State state) {
        boolean open = state == Transaction.State.OPEN
                || state == Transaction.State.MUST_ABORT
                || state == Transaction.State.ABORTED;
        // Only exceptions that JE throws by design say that its own state can be believed.
        return open && thrown instanceof OperationFailureException && !(thrown instanceof InsufficientAcksException);
    }

    /** For a write of which nothing is left. */
    public static Outcome refused(RuntimeException thrown) {
        if (thrown instanceof InsufficientReplicasException) {
            return Outcome.refused(Reason.NO_QUORUM, "too few electable nodes are connected to the master");
        }
        if (thrown instanceof ReplicaWriteException || thrown instanceof UnknownMasterException) {
            return Outcome.refused(Reason.NOT_MASTER, "the mastership was lost before the commit");
        }
        if (thrown instanceof DiskLimitException) {
            return Outcome.refused(Reason.DISK_FULL, "the master's disk has no room: " + firstLine(thrown));
        }
        return Outcome.refused(Reason.STARTING, "the store is being reopened: " + firstLine(thrown));
    }

    /** For a write that may have happened. */
    public static Outcome unknown(RuntimeException thrown) {
        return thrown instanceof InsufficientAcksException
                ? Outcome.unknown(
                        Reason.UNKNOWN_OUTCOME,
                        "committed by the master, and not acknowledged by enough other nodes in time")
                : Outcome.unknown(Reason.UNKNOWN_OUTCOME, "the commit was interrupted: " + firstLine(thrown));
    }

    /** Whether a read may simply be done again. */
    static boolean worthAnotherRead(RuntimeException thrown) {
        return thrown instanceof LockConflictException || thrown instanceof DatabasePreemptedException;
    }

    /** For a read that will not be done again. */
    static Failure read(RuntimeException thrown) {
        if (thrown instanceof DatabaseNotFoundException) {
            return new Failure(Reason.STARTING, "the replica has not received its databases yet");
        }
        if (thrown instanceof ReplicaConsistencyException) {
            return new Failure(Reason.LAGGING, "the replica is behind");
        }
        return new Failure(Reason.STARTING, "the store is being reopened: " + firstLine(thrown));
    }

    public static String firstLine(RuntimeException thrown) {
        String text = String.valueOf(thrown.getMessage());
        int end = text.indexOf('\n');
        return thrown.getClass().getSimpleName() + ": " + (end < 0 ? text : text.substring(0, end));
    }
}
