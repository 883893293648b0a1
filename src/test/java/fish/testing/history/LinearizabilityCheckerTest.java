package fish.testing.history;

import static fish.testing.history.RegisterOp.ABSENT;
import static fish.testing.history.RegisterOp.ANY;
import static org.assertj.core.api.Assertions.assertThat;

import fish.testing.history.LinearizabilityChecker.Order;
import fish.testing.history.RegisterOp.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Histories by hand: {@code put("x", 1, 0, 5)} writes x as revision 1, called at 0, returned at 5. */
class LinearizabilityCheckerTest {
    @Test
    void nothingHappened() {
        assertCorrect();
    }

    @Test
    void oneAfterTheOther() {
        assertCorrect(missing(0, 1), put("x", 1, 2, 3), get("x", 1, 4, 5), delete(2, 6, 7), missing(8, 9));
    }

    @Test
    void concurrentReadsMaySeeOldAndNew() {
        assertCorrect(put("x", 1, 0, 1), put("y", 2, 2, 9), get("x", 1, 3, 5), get("y", 2, 4, 6), get("y", 2, 7, 8));
    }

    @Test
    void staleRead() {
        assertViolated(put("x", 1, 0, 1), put("y", 2, 2, 3), get("x", 1, 4, 5));
    }

    @Test
    void aReadMayNotSeeTheOldAfterAnotherSawTheNew() {
        assertViolated(put("x", 1, 0, 1), put("y", 2, 2, 9), get("y", 2, 3, 4), get("x", 1, 5, 6));
    }

    @Test
    void lostUpdate() {
        assertViolated(put("x", 1, 0, 1), cas(1, "y", 2, 2, 3), cas(1, "z", 3, 4, 5));
    }

    @Test
    void bothOfTwoConcurrentSwapsOfOneRevision() {
        assertViolated(put("x", 1, 0, 1), cas(1, "y", 2, 2, 5), cas(1, "z", 3, 3, 4));
    }

    @Test
    void oneOfTwoConcurrentSwapsFails() {
        assertCorrect(put("x", 1, 0, 1), cas(1, "y", 2, 2, 5), refused(1, 2, 3, 4), get("y", 2, 6, 7));
    }

    @Test
    void aSwapThatFailsThoughItsConditionHolds() {
        assertViolated(put("x", 1, 0, 1), refused(1, 1, 2, 3));
    }

    @Test
    void twoCreations() {
        assertViolated(cas(ABSENT, "x", 1, 0, 1), cas(ABSENT, "y", 2, 2, 3));
    }

    @Test
    void resurrectedDelete() {
        assertViolated(put("x", 1, 0, 1), delete(2, 2, 3), get("x", 1, 4, 5));
    }

    @Test
    void aDeleteOfNothingThatSaysThereWasSomething() {
        assertViolated(put("x", 1, 0, 1), delete(2, 2, 3), delete(3, 4, 5));
    }

    @Test
    void anAcknowledgedWriteThatIsLost() {
        assertViolated(put("x", 1, 0, 1), missing(2, 3));
    }

    @Test
    void anUnknownWriteMayShowLateOrNever() {
        assertCorrect(put("x", 1, 0, 1), unknown("y", 2, 3), get("x", 1, 4, 5), get("y", 7, 6, 7));
        assertCorrect(put("x", 1, 0, 1), unknown("y", 2, 3), get("x", 1, 4, 5));
    }

    @Test
    void anUnknownWriteShowsOnce() {
        assertViolated(unknown("y", 0, 1), get("y", 1, 2, 3), put("x", 2, 4, 5), get("y", 1, 6, 7));
    }

    @Test
    void anUnknownWriteIsNotSeenBeforeItsCall() {
        assertViolated(get("y", 1, 0, 1), unknown("y", 2, 3));
    }

    @Test
    void anUnknownDeleteExplainsAnAbsence() {
        RegisterOp delete = op(Kind.DELETE, ANY, "", Ending.UNKNOWN, 0, 2, 3);
        assertCorrect(put("x", 1, 0, 1), delete, get("x", 1, 4, 5), missing(6, 7));
        assertViolated(put("x", 1, 0, 1), delete, missing(4, 5), get("x", 1, 6, 7));
    }

    @Test
    void notAppliedIsNeverSeen() {
        RegisterOp refused = op(Kind.PUT, ANY, "y", Ending.NOT_APPLIED, 0, 2, 3);
        assertCorrect(put("x", 1, 0, 1), refused, get("x", 1, 4, 5));
        Verdict verdict = assertViolated(put("x", 1, 0, 1), refused, get("y", 2, 4, 5));
        assertThat(verdict.explanation()).contains("not applied, and seen all the same");
    }

    @Test
    void aValueThatNobodyWrote() {
        assertViolated(put("x", 1, 0, 1), get("z", 5, 2, 3));
    }

    @Test
    void revisionsThatGoBackAreSeenByWhoTrustsThem() {
        List<RegisterOp> history = List.of(put("x", 2, 0, 1), put("y", 1, 2, 3), get("y", 1, 4, 5));
        assertThat(check(Order.BLIND, history).isCorrect()).isTrue();
        assertThat(check(Order.BY_REVISION, history).explanation()).contains("revisions go back");
    }

    @Test
    void oneRevisionForTwoWrites() {
        List<RegisterOp> history = List.of(put("x", 1, 0, 3), put("y", 1, 1, 4));
        assertThat(check(Order.BY_REVISION, history).explanation()).contains("one revision for two");
    }

    @Test
    void aSearchThatIsGivenUpSaysNeither() {
        List<RegisterOp> history = List.of(put("x", 1, 0, 9), put("y", 2, 0, 9), put("z", 3, 0, 9), missing(10, 11));
        Verdict verdict = new LinearizabilityChecker(2).check(history, Order.BLIND);
        assertThat(verdict.kind()).isEqualTo(Verdict.Kind.UNDECIDED);
    }

    private static void assertCorrect(RegisterOp... history) {
        for (Order order : Order.values()) {
            Verdict verdict = check(order, List.of(history));
            assertThat(verdict.kind()).as(verdict.explanation()).isEqualTo(Verdict.Kind.CORRECT);
        }
    }

    private static Verdict assertViolated(RegisterOp... history) {
        assertThat(check(Order.BLIND, List.of(history)).kind()).isEqualTo(Verdict.Kind.VIOLATED);
        Verdict verdict = check(Order.BY_REVISION, List.of(history));
        assertThat(verdict.kind()).isEqualTo(Verdict.Kind.VIOLATED);
        return verdict;
    }

    private static Verdict check(Order order, List<RegisterOp> history) {
        return new LinearizabilityChecker().check(history, order);
    }

    private static RegisterOp put(String value, long revision, long from, long to) {
        return op(Kind.PUT, ANY, value, Ending.DONE, revision, from, to);
    }

    private static RegisterOp cas(long ifRevision, String value, long revision, long from, long to) {
        return op(Kind.PUT, ifRevision, value, Ending.DONE, revision, from, to);
    }

    private static RegisterOp refused(long ifRevision, long current, long from, long to) {
        return op(Kind.PUT, ifRevision, "refused", Ending.CONDITION_FAILED, current, from, to);
    }

    private static RegisterOp unknown(String value, long from, long to) {
        return op(Kind.PUT, ANY, value, Ending.UNKNOWN, 0, from, to);
    }

    private static RegisterOp get(String value, long revision, long from, long to) {
        return op(Kind.READ, ANY, value, Ending.DONE, revision, from, to);
    }

    private static RegisterOp missing(long from, long to) {
        return op(Kind.READ, ANY, "", Ending.MISSING, 0, from, to);
    }

    private static RegisterOp delete(long revision, long from, long to) {
        return op(Kind.DELETE, ANY, "", Ending.DONE, revision, from, to);
    }

    private static RegisterOp op(
            Kind kind, long ifRevision, String value, Ending ending, long revision, long from, long to) {
        return new RegisterOp(0, "k", kind, ifRevision, value, ending, revision, from, to);
    }
}
