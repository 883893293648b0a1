package fish.group;

import com.sleepycat.je.EnvironmentFailureException;
import com.sleepycat.je.EnvironmentLockedException;
import com.sleepycat.je.EnvironmentWedgedException;
import com.sleepycat.je.LockConflictException;
import com.sleepycat.je.LogWriteException;
import com.sleepycat.je.VersionMismatchException;
import com.sleepycat.je.dbi.EnvironmentFailureReason;
import com.sleepycat.je.rep.GroupShutdownException;
import com.sleepycat.je.rep.InsufficientLogException;
import com.sleepycat.je.rep.RestartRequiredException;
import com.sleepycat.je.rep.RollbackProhibitedException;
import fish.jefix.Admission;
import java.util.EnumSet;
import java.util.Set;

/**
 * What to do about an environment that could not be opened or became invalid.
 *
 * <pre>
 * InsufficientLogException              copy the logs from another node, then reopen
 * RollbackProhibitedException           unusable: what is known as durable would be undone
 * the logs are damaged, or files of them are gone    unusable
 * LockConflictException, the group's key is missing    half received: the log ends in one of the first
 *                                       transactions of the group, and JE does not get as far as to go on
 * other RestartRequiredException        reopen (RollbackException: reopening undoes what was not durable)
 * EnvironmentLockedException, VersionMismatchException, LogWriteException, EnvironmentWedgedException,
 * GroupShutdownException                stop
 * handshake refused: removed, another group's data    stop
 * handshake refused for now: Admission.NOT_YET       reopen
 * handshake refused: name in use        reopen for a while: it may be our own dead connection; then stop
 * RemovedException                      stop
 * IllegalArgumentException              stop: the settings are wrong
 * any Error                             stop
 * anything else                         reopen
 * </pre>
 *
 * What is unusable stops a back-end, for somebody to look at, since a majority may count on what it
 * holds; a front-end holds copies alone, and begins anew. So it does with what was half received, which
 * a back-end tries to open again.
 */
enum OpenFailure {
    RESTORE,
    REOPEN,
    NAME_IN_USE,
    UNUSABLE,
    HALF_RECEIVED,
    STOP;

    private static final Set<EnvironmentFailureReason> DAMAGED = EnumSet.of(
            EnvironmentFailureReason.LOG_CHECKSUM,
            EnvironmentFailureReason.BTREE_CORRUPTION,
            EnvironmentFailureReason.FOUND_COMMITTED_TXN,
            EnvironmentFailureReason.LOG_FILE_NOT_FOUND,
            EnvironmentFailureReason.LOG_UNEXPECTED_FILE_DELETION,
            EnvironmentFailureReason.LOG_INTEGRITY);

    static OpenFailure of(Throwable thrown) {
        if (thrown instanceof InsufficientLogException) {
            return RESTORE;
        }
        if (thrown instanceof RollbackProhibitedException
                || (thrown instanceof EnvironmentFailureException failure && DAMAGED.contains(failure.getReason()))) {
            return UNUSABLE;
        }
        if (thrown instanceof LockConflictException) {
            return HALF_RECEIVED;
        }
        if (thrown instanceof RestartRequiredException) {
            return REOPEN;
        }
        if (thrown instanceof EnvironmentLockedException
                || thrown instanceof VersionMismatchException
                || thrown instanceof LogWriteException
                || thrown instanceof EnvironmentWedgedException
                || thrown instanceof GroupShutdownException
                || thrown instanceof IllegalArgumentException
                || thrown instanceof RemovedException
                || thrown instanceof Error) {
            return STOP;
        }
        return thrown instanceof EnvironmentFailureException ? ofHandshake(thrown) : REOPEN;
    }

    /** JE has one exception for all of these, and tells them apart in its message alone. */
    private static OpenFailure ofHandshake(Throwable thrown) {
        String message = String.valueOf(thrown.getMessage());
        if (message.contains(Admission.NOT_YET)) {
            return REOPEN;
        }
        if (message.contains("is already active with the Feeder")) {
            return NAME_IN_USE;
        }
        if (message.contains("Group key")) {
            return HALF_RECEIVED;
        }
        boolean refused = message.contains("HANDSHAKE_ERROR")
                || message.contains("explicitly removed")
                || message.contains("different environment instances");
        return refused ? STOP : REOPEN;
    }
}
