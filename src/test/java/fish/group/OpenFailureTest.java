package fish.group;

import static org.assertj.core.api.Assertions.assertThat;

import com.sleepycat.je.DatabaseException;
import com.sleepycat.je.EnvironmentFailureException;
import com.sleepycat.je.dbi.EnvironmentFailureReason;
import fish.store.JeErrors;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.lang.reflect.Field;
import java.net.JarURLConnection;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The table of what to do, row by row. */
class OpenFailureTest {
    /** As JE makes them, which asserts that they have an environment. */
    private static EnvironmentFailureException failure(EnvironmentFailureReason reason, @Nullable Exception cause)
            throws ReflectiveOperationException {
        EnvironmentFailureException failure = cause == null
                ? EnvironmentFailureException.unexpectedState(reason.toString())
                : EnvironmentFailureException.unexpectedException(reason.toString(), cause);
        Field field = EnvironmentFailureException.class.getDeclaredField("reason");
        field.setAccessible(true);
        field.set(failure, reason);
        return failure;
    }

    private static OpenFailure ofHandshake(String message) {
        return OpenFailure.of(EnvironmentFailureException.unexpectedState(message));
    }

    @ParameterizedTest
    @CsvSource({
        "rep.InsufficientLogException, RESTORE",
        "rep.RollbackProhibitedException, UNUSABLE",
        "LogWriteException, UNUSABLE",
        "rep.RollbackException, REOPEN",
        "rep.MasterReplicaTransitionException, REOPEN",
        "rep.RestartRequiredException, REOPEN",
        "ThreadInterruptedException, REOPEN",
        "EnvironmentFailureException, REOPEN",
        "rep.UnknownMasterException, REOPEN",
        "LockTimeoutException, HALF_RECEIVED",
        "DeadlockException, HALF_RECEIVED",
        "rep.LockPreemptedException, HALF_RECEIVED",
        "EnvironmentLockedException, STOP",
        "EnvironmentNotFoundException, STOP",
        "VersionMismatchException, STOP",
        "EnvironmentWedgedException, STOP",
        "rep.GroupShutdownException, STOP",
    })
    void eachKindHasItsRow(String kind, OpenFailure what) throws Exception {
        Class<?> type = Class.forName("com.sleepycat.je." + kind);
        assertThat(OpenFailure.ofKind(type.asSubclass(Throwable.class))).isEqualTo(what);
    }

    /** A new JE may bring new ones: each must be thought about, here or as the failure of an operation. */
    @Test
    void jeHasNoFailureOfAnEnvironmentThatIsNotInTheTable() throws Exception {
        Set<String> failures = new TreeSet<>();
        JarURLConnection jar = (JarURLConnection)
                DatabaseException.class.getResource("DatabaseException.class").openConnection();
        for (var entry : (Iterable<java.util.jar.JarEntry>) jar.getJarFile().stream()::iterator) {
            String name = entry.getName();
            if (name.matches("com/sleepycat/je/(rep/)?[A-Za-z]+Exception.class")) {
                Class<?> type = Class.forName(name.replace(".class", "").replace('/', '.'));
                if (EnvironmentFailureException.class.isAssignableFrom(type)) {
                    failures.add(type.getSimpleName());
                }
            }
        }
        assertThat(failures)
                .containsExactly(
                        "EnvironmentFailureException",
                        "EnvironmentLockedException",
                        "EnvironmentNotFoundException",
                        "EnvironmentWedgedException",
                        "GroupShutdownException",
                        "InsufficientLogException",
                        "LogWriteException",
                        "MasterReplicaTransitionException",
                        "RestartRequiredException",
                        "RollbackException",
                        "RollbackProhibitedException",
                        "ThreadInterruptedException",
                        "VersionMismatchException");
    }

    @ParameterizedTest
    @CsvSource({
        "LOG_CHECKSUM",
        "BTREE_CORRUPTION",
        "FOUND_COMMITTED_TXN",
        "LOG_FILE_NOT_FOUND",
        "LOG_UNEXPECTED_FILE_DELETION",
        "LOG_INTEGRITY"
    })
    void damagedDataIsUnusable(EnvironmentFailureReason reason) throws Exception {
        assertThat(OpenFailure.of(failure(reason, null))).isEqualTo(OpenFailure.UNUSABLE);
    }

    @Test
    void aFileThatMayNotBeOpenedIsNotOneThatIsGone() throws Exception {
        Exception cause = new FileNotFoundException("/home/00000000.jdb (Too many open files)");
        assertThat(OpenFailure.of(failure(EnvironmentFailureReason.LOG_FILE_NOT_FOUND, cause)))
                .isEqualTo(OpenFailure.TOO_MANY_FILES);
    }

    @Test
    void aFullDiskIsNoDamageAndAFailedFsyncIs() throws Exception {
        IOException full = new IOException("No space left on device");
        assertThat(OpenFailure.of(failure(EnvironmentFailureReason.LOG_WRITE, full)))
                .isEqualTo(OpenFailure.DISK_FULL);
        assertThat(OpenFailure.of(failure(EnvironmentFailureReason.LOG_WRITE, new IOException("Disk quota exceeded"))))
                .isEqualTo(OpenFailure.DISK_FULL);
        Throwable fsync = new IllegalStateException("IOException during fsync", full);
        assertThat(OpenFailure.of(fsync)).isEqualTo(OpenFailure.UNUSABLE);
        assertThat(OpenFailure.of(new IllegalStateException(fsync))).isEqualTo(OpenFailure.UNUSABLE);
    }

    @Test
    void wrongSettingsAndErrorsStopTheNode() {
        assertThat(OpenFailure.of(new IllegalArgumentException("bad host"))).isEqualTo(OpenFailure.STOP);
        assertThat(OpenFailure.of(new StackOverflowError())).isEqualTo(OpenFailure.STOP);
        assertThat(OpenFailure.of(new OutOfMemoryError())).isEqualTo(OpenFailure.STOP);
    }

    @Test
    void whatIsNotKnownToBeWrongIsOpenedAgain() {
        assertThat(OpenFailure.of(new IllegalStateException("invalid"))).isEqualTo(OpenFailure.REOPEN);
        assertThat(ofHandshake("Read invalid log entry")).isEqualTo(OpenFailure.REOPEN);
    }

    @Test
    void aLogThatEndsBeforeTheGroupsFirstRecordsIsHalfReceived() {
        assertThat(ofHandshake("Group key: $$GROUP_KEY$$ is missing")).isEqualTo(OpenFailure.HALF_RECEIVED);
    }

    @Test
    void aRefusedHandshakeStopsTheNodeUnlessItsNameIsInUseOrItsClockIsWrong() {
        assertThat(ofHandshake("conflict, is already active with the Feeder")).isEqualTo(OpenFailure.NAME_IN_USE);
        assertThat(ofHandshake("HANDSHAKE_ERROR: group name")).isEqualTo(OpenFailure.STOP);
        assertThat(ofHandshake("Node b2 was explicitly removed")).isEqualTo(OpenFailure.STOP);
        assertThat(ofHandshake("different environment instances")).isEqualTo(OpenFailure.STOP);
        assertThat(ofHandshake("HANDSHAKE_ERROR Clock delta: 3000 ms. between Feeder: b0 and this Replica exceeds"))
                .isEqualTo(OpenFailure.CLOCKS);
    }

    @Test
    void theReasonToldIsTheInnermost() throws Exception {
        Exception inner = new IOException("No space left on device");
        Throwable wrapped = new IllegalStateException(
                "Stacktrace where exception below was rethrown (com.sleepycat.je.LogWriteException)",
                failure(EnvironmentFailureReason.LOG_WRITE, inner));
        assertThat(Opening.explain(wrapped)).isEqualTo("IllegalStateException: No space left on device");
        Throwable other = failure(EnvironmentFailureReason.UNEXPECTED_EXCEPTION, new IllegalArgumentException("odd"));
        assertThat(Opening.explain(other)).isEqualTo("EnvironmentFailureException: IllegalArgumentException: odd");
        String said = Opening.explain(failure(EnvironmentFailureReason.LOG_CHECKSUM, null));
        assertThat(said).contains("LOG_CHECKSUM").doesNotContain("(JE ").doesNotContain("must be closed");
        assertThat(JeErrors.explain(new IllegalStateException())).isEqualTo("IllegalStateException: null");
    }
}
