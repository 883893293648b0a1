package fish.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.sleepycat.je.Transaction;
import fish.kv.Outcome;
import fish.kv.Reason;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class JeErrorsTest {
    private static Reason refused(RuntimeException thrown) {
        return ((Outcome.Refused) JeErrors.refused(thrown)).failure().reason();
    }

    @Test
    void aWriteThatMeetsTheEndOfTheDiskBeforeItsCommitIsRefusedForIt() {
        IOException full = new IOException("No space left on device");
        assertThat(refused(new IllegalStateException(new IllegalStateException("rethrown", full))))
                .isEqualTo(Reason.DISK_FULL);
        assertThat(refused(new IllegalStateException("closed"))).isEqualTo(Reason.STARTING);
    }

    @Test
    void whatJeDoesNotThrowByDesignLeavesTheOutcomeOpen() {
        assertThat(JeErrors.surelyNotCommitted(new IllegalStateException("closed"), Transaction.State.OPEN))
                .isFalse();
    }

    @Test
    void causesThatGoInACircleEnd() {
        IllegalStateException first = new IllegalStateException("first");
        IllegalStateException second = new IllegalStateException("second", first);
        first.initCause(second);
        assertThat(JeErrors.noSpace(first)).isFalse();
        assertThat(JeErrors.explain(first)).startsWith("IllegalStateException: ");
        assertThat(JeErrors.explain(new IllegalStateException(
                        "java.lang.Exception: Stacktrace where exception below was rethrown (x.Y)\n\tat a.B(C.java:1)\n"
                                + "\t... 3 more\n(JE 18.3.20) the reason")))
                .isEqualTo("IllegalStateException: the reason");
    }
}
