package fish.store;

import com.sleepycat.je.DatabaseNotFoundException;
import com.sleepycat.je.DiskLimitException;
import com.sleepycat.je.EnvironmentFailureException;
import com.sleepycat.je.LockConflictException;
import com.sleepycat.je.OperationFailureException;
import com.sleepycat.je.Transaction;
import com.sleepycat.je.dbi.EnvironmentFailureReason;
import com.sleepycat.je.rep.DatabasePreemptedException;
import com.sleepycat.je.rep.InsufficientAcksException;
import com.sleepycat.je.rep.InsufficientReplicasException;
import com.sleepycat.je.rep.ReplicaConsistencyException;
import com.sleepycat.je.rep.ReplicaWriteException;
import com.sleepycat.je.rep.UnknownMasterException;
import fish.kv.Failure;
import fish.kv.Outcome;
import fish.kv.Reason;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;

/**
 * What JE's exceptions mean for a request: the only place that knows.
 *
 * <pre>
 * a write that JE had not begun to commit (its transaction is aborted, so nothing happened):
 *   InsufficientReplicasException                     refused  no-quorum
 *   ReplicaWriteException, UnknownMasterException     refused  not-master
 *   DiskLimitException, the system has no space       refused  disk-full
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
    private static final int CAUSES_MAX = 20;

    private static final Set<EnvironmentFailureReason> DAMAGED = EnumSet.of(
            EnvironmentFailureReason.LOG_CHECKSUM,
            EnvironmentFailureReason.BTREE_CORRUPTION,
            EnvironmentFailureReason.FOUND_COMMITTED_TXN,
            EnvironmentFailureReason.LOG_FILE_NOT_FOUND,
            EnvironmentFailureReason.LOG_UNEXPECTED_FILE_DELETION,
            EnvironmentFailureReason.LOG_INTEGRITY);

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
        if (thrown instanceof DiskLimitException || noSpace(thrown)) {
            return Outcome.refused(Reason.DISK_FULL, "the master's disk is full");
        }
        return Outcome.refused(Reason.STARTING, "the store is being reopened: " + explain(thrown));
    }

    /** Whether the logs do not hold what they should. JE goes on with an environment after some of these. */
    public static boolean damaged(Throwable thrown) {
        return thrown instanceof EnvironmentFailureException failure && DAMAGED.contains(failure.getReason());
    }

    /** Whether the system itself had no room left, for a file or for this user. */
    public static boolean noSpace(Throwable thrown) {
        return says(thrown, "No space left on device") || says(thrown, "Disk quota exceeded");
    }

    /** Whether the process may open no more files, which JE can take for missing ones. */
    public static boolean tooManyFiles(Throwable thrown) {
        return says(thrown, "Too many open files");
    }

    /** Whether it, or what caused it, says so; what the system says comes as the text of an IOException. */
    public static boolean says(Throwable thrown, String text) {
        Throwable next = thrown;
        for (int i = 0; i < CAUSES_MAX && next != null; i++) {
            if (String.valueOf(next.getMessage()).contains(text)) {
                return true;
            }
            next = next.getCause();
        }
        return false;
    }

    /** For a write that may have happened. */
    public static Outcome unknown(RuntimeException thrown) {
        return thrown instanceof InsufficientAcksException
                ? Outcome.unknown(
                        Reason.UNKNOWN_OUTCOME,
                        "committed by the master, and not acknowledged by enough other nodes in time")
                : Outcome.unknown(Reason.UNKNOWN_OUTCOME, "the commit was interrupted: " + explain(thrown));
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
        return new Failure(Reason.STARTING, "the store is being reopened: " + explain(thrown));
    }

    /**
     * Why, in one line: what the innermost cause says, since JE wraps it in lines such as "stacktrace where
     * exception below was rethrown", and the kind of the outermost.
     */
    public static String explain(Throwable thrown) {
        Throwable innermost = thrown;
        for (int i = 0; i < CAUSES_MAX && innermost.getCause() != null; i++) {
            innermost = innermost.getCause();
        }
        String kind = thrown.getClass().getSimpleName();
        String inner = innermost.getClass().getSimpleName();
        boolean says = inner.equals(kind) || innermost instanceof IOException;
        return (says ? kind : kind + ": " + inner) + ": " + firstLine(innermost);
    }

    /** Without JE's version, and what it says of every failure of an environment. */
    private static String firstLine(Throwable thrown) {
        String text = String.valueOf(thrown.getMessage());
        // Where it was thrown again JE puts that stack before what it says.
        return text.lines()
                .filter(line -> !line.contains("Stacktrace where exception below was rethrown")
                        && !line.matches("\\s+(at |\\.\\.\\. ).*"))
                .findFirst()
                .orElse("")
                .replaceFirst("^Environment (invalid because of previous exception|must be closed, caused by): ", "")
                .replaceFirst("^([a-z]+\\.)+[A-Za-z]+: ", "")
                .replaceFirst("^\\(JE [0-9.]+\\) ", "")
                .replaceFirst(" Environment is invalid and must be closed\\..*$", "");
    }
}
