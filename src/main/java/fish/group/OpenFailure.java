package fish.group;

import com.sleepycat.je.EnvironmentFailureException;
import com.sleepycat.je.EnvironmentLockedException;
import com.sleepycat.je.EnvironmentNotFoundException;
import com.sleepycat.je.EnvironmentWedgedException;
import com.sleepycat.je.LockConflictException;
import com.sleepycat.je.LogWriteException;
import com.sleepycat.je.VersionMismatchException;
import com.sleepycat.je.rep.GroupShutdownException;
import com.sleepycat.je.rep.InsufficientLogException;
import com.sleepycat.je.rep.RestartRequiredException;
import com.sleepycat.je.rep.RollbackProhibitedException;
import fish.jefix.Admission;
import fish.store.JeErrors;
import java.util.List;

/**
 * What to do about an environment that could not be opened or became invalid. The first row that fits, by
 * what the whole chain of causes says and then by its kind:
 *
 * <pre>
 * "Too many open files"                 reopen: JE takes a file that it may not open for one that is gone
 * "IOException during fsync"            unusable: what the system has in memory may not be on the disk
 * "No space left on device", a quota    reopen: recovery is as safe as after a crash
 * InsufficientLogException              copy the logs from another node, then reopen
 * RollbackProhibitedException           unusable: what is known as durable would be undone
 * other LogWriteException               unusable: the disk fails
 * the logs are damaged, or files of them are gone    unusable
 * LockConflictException, the group's key is missing    half received: the log ends in one of the first
 *                                       transactions of the group, and JE does not get as far as to go on
 * other RestartRequiredException        reopen (RollbackException: reopening undoes what was not durable)
 * EnvironmentLockedException, EnvironmentNotFoundException, VersionMismatchException,
 * EnvironmentWedgedException, GroupShutdownException    stop
 * handshake refused: clocks differ      reopen, and say so
 * handshake refused for now: Admission.NOT_YET       reopen
 * handshake refused: name in use        reopen for a while: it may be our own dead connection; then stop
 * RemovedException                      stop
 * IllegalArgumentException              stop: the settings are wrong
 * any Error                             stop
 * anything else                         reopen (ThreadInterruptedException is one of them)
 * </pre>
 *
 * What is unusable stops a back-end, for somebody to look at, since a majority may count on what it
 * holds; a front-end holds copies alone, and begins anew. So it does with what was half received, which
 * a back-end tries to open again. What a failed operation means for its client is the table of {@link
 * JeErrors}; operations that fail leave the environment as it is.
 */
enum OpenFailure {
    RESTORE("copies what it misses from another node"),
    REOPEN("opens its data again"),
    TOO_MANY_FILES("opens its data again: the process may open too few files, raise the limit (ulimit -n)"),
    DISK_FULL("opens its data again, to read; make room on the disk"),
    CLOCKS("tries again: set this machine's clock, or the master's"),
    NAME_IN_USE("tries again for a while: another node has this name, or its own last connection is not given up yet"),
    UNUSABLE("its data cannot be used"),
    HALF_RECEIVED("its data ends in the middle of the group's first records"),
    STOP("stops");

    private record Row(Class<? extends Throwable> kind, OpenFailure what) {}

    /** By kind; the first that fits. */
    private static final List<Row> KINDS = List.of(
            new Row(InsufficientLogException.class, RESTORE),
            new Row(RollbackProhibitedException.class, UNUSABLE),
            new Row(LogWriteException.class, UNUSABLE),
            new Row(LockConflictException.class, HALF_RECEIVED),
            new Row(RestartRequiredException.class, REOPEN),
            new Row(EnvironmentLockedException.class, STOP),
            new Row(EnvironmentNotFoundException.class, STOP),
            new Row(VersionMismatchException.class, STOP),
            new Row(EnvironmentWedgedException.class, STOP),
            new Row(GroupShutdownException.class, STOP),
            new Row(RemovedException.class, STOP),
            new Row(IllegalArgumentException.class, STOP),
            new Row(Error.class, STOP));

    private final String words;

    OpenFailure(String words) {
        this.words = words;
    }

    /** What the node does now, and what people can do. */
    String words() {
        return words;
    }

    static OpenFailure of(Throwable thrown) {
        if (JeErrors.tooManyFiles(thrown)) {
            return TOO_MANY_FILES;
        }
        if (JeErrors.says(thrown, "IOException during fsync")) {
            return UNUSABLE;
        }
        if (JeErrors.noSpace(thrown)) {
            return DISK_FULL;
        }
        if (JeErrors.damaged(thrown)) {
            return UNUSABLE;
        }
        OpenFailure byKind = ofKind(thrown.getClass());
        return byKind == REOPEN && thrown instanceof EnvironmentFailureException ? ofHandshake(thrown) : byKind;
    }

    static OpenFailure ofKind(Class<? extends Throwable> kind) {
        return KINDS.stream()
                .filter(row -> row.kind().isAssignableFrom(kind))
                .map(Row::what)
                .findFirst()
                .orElse(REOPEN);
    }

    /** JE has one exception for all of these, and tells them apart in its message alone. */
    private static OpenFailure ofHandshake(Throwable thrown) {
        if (JeErrors.says(thrown, "Clock delta: ")) {
            return CLOCKS;
        }
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
