package fish.testing.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two keys, a and b, that each transaction of these histories writes together. */
class TransactionCheckerTest {
    private static final TxnOp FIRST = both("1", 1, 0, 1);
    private static final TxnOp SECOND = both("2", 2, 2, 3);

    @TempDir
    private Path directory;

    @Test
    void snapshotsInOrderAreCorrect() {
        assertCorrect(FIRST, read("1", 1, "1", 1, 1, 2, 3), SECOND, read("2", 2, "2", 2, 2, 4, 5));
    }

    @Test
    void aTransactionThatSawWhatItReplacedIsCorrect() {
        assertCorrect(FIRST, swap("1", 1, "2", 2, 2, 3), swap("2", 2, "3", 3, 4, 5));
    }

    @Test
    void tornTransaction() {
        assertViolated(FIRST, SECOND, read("2", 2, "1", 1, 2, 4, 5));
        assertViolated(FIRST, SECOND, read("2", 2, "1", 1, 0, 4, 5));
    }

    @Test
    void staleSnapshot() {
        assertViolated(FIRST, SECOND, read("1", 1, "1", 1, 1, 4, 5));
        assertViolated(FIRST, SECOND, read("1", 1, "1", 1, 0, 4, 5));
    }

    @Test
    void aLocalReadMayBeStaleButNotTorn() {
        assertCorrect(FIRST, SECOND, local("1", 1, "1", 1, 1, 4, 5));
        assertViolated(FIRST, SECOND, local("1", 1, "2", 2, 2, 4, 5));
    }

    @Test
    void lostUpdate() {
        assertViolated(FIRST, swap("1", 1, "2", 2, 2, 5), swap("1", 1, "3", 3, 3, 6));
    }

    @Test
    void revisionsThatGoBack() {
        assertViolated(both("1", 2, 0, 1), both("2", 1, 2, 3));
        assertViolated(both("1", 1, 0, 3), both("2", 1, 0, 3));
    }

    @Test
    void anUnknownTransactionShowsWholeOrNotAtAll() {
        TxnOp unknown = unanswered(Ending.UNKNOWN);
        assertCorrect(FIRST, unknown, read("1", 1, "1", 1, 1, 4, 5));
        assertCorrect(FIRST, unknown, read("2", 7, "2", 7, 7, 4, 5));
        assertViolated(FIRST, unknown, read("2", 7, "1", 1, 7, 4, 5));
    }

    @Test
    void whatAReplicaAloneSawMayBeRolledBack() {
        TxnOp unknown = unanswered(Ending.UNKNOWN);
        assertCorrect(FIRST, unknown, local("2", 7, "2", 7, 7, 4, 5), read("1", 1, "1", 1, 1, 6, 7));
    }

    @Test
    void notAppliedIsNeverSeen() {
        TxnOp refused = unanswered(Ending.NOT_APPLIED);
        assertCorrect(FIRST, refused, read("1", 1, "1", 1, 1, 4, 5));
        assertViolated(FIRST, refused, read("2", 7, "2", 7, 7, 4, 5));
    }

    @Test
    void deletedKeysStayAway() {
        TxnOp delete = new TxnOp(0, true, Map.of(), Map.of(), List.of("a"), Ending.DONE, 2, 2, 3);
        TxnOp gone = new TxnOp(0, true, Map.of("a", Seen.NOTHING), Map.of(), List.of(), Ending.DONE, 2, 4, 5);
        assertCorrect(FIRST, delete, gone);
        assertViolated(FIRST, delete, read("1", 1, "1", 1, 2, 4, 5));
        assertViolated(FIRST, gone);
    }

    @Test
    void anUnknownDeleteExplainsAnAbsence() {
        TxnOp delete = new TxnOp(0, true, Map.of(), Map.of(), List.of("a"), Ending.UNKNOWN, 0, 2, 3);
        TxnOp gone = new TxnOp(0, true, Map.of("a", Seen.NOTHING), Map.of(), List.of(), Ending.DONE, 2, 4, 5);
        assertCorrect(FIRST, delete, gone);
    }

    @Test
    void aFailureLeavesTheHistoryBehind() throws Exception {
        History<TxnOp> history = new History<>("torn-7");
        history.add(FIRST);
        history.add(SECOND);
        history.add(read("2", 2, "1", 1, 2, 4, 5));
        Verdict verdict = new TransactionChecker().check(history.ops());
        Assertions.assertThatThrownBy(() -> history.require(verdict, directory))
                .hasMessageContaining("torn-7.jsonl")
                .hasMessageContaining("not what was read there");
        assertThat(Files.readAllLines(directory.resolve("torn-7.jsonl")))
                .hasSize(4)
                .last()
                .asString()
                .contains("\"invoked\":4");
    }

    private static void assertCorrect(TxnOp... history) {
        Verdict verdict = new TransactionChecker().check(List.of(history));
        assertThat(verdict.isCorrect()).as(verdict.explanation()).isTrue();
    }

    private static void assertViolated(TxnOp... history) {
        assertThat(new TransactionChecker().check(List.of(history)).isCorrect()).isFalse();
    }

    private static TxnOp both(String value, long revision, long from, long to) {
        Map<String, String> puts = Map.of("a", value, "b", value);
        return new TxnOp(0, true, Map.of(), puts, List.of(), Ending.DONE, revision, from, to);
    }

    private static TxnOp swap(String old, long oldRevision, String value, long revision, long from, long to) {
        Map<String, Seen> reads = Map.of("a", new Seen(old, oldRevision));
        Map<String, String> puts = Map.of("a", value, "b", value);
        return new TxnOp(0, true, reads, puts, List.of(), Ending.DONE, revision, from, to);
    }

    private static TxnOp unanswered(Ending ending) {
        return new TxnOp(0, true, Map.of(), Map.of("a", "2", "b", "2"), List.of(), ending, 0, 2, 3);
    }

    private static TxnOp read(String a, long revisionA, String b, long revisionB, long state, long from, long to) {
        return snapshot(true, a, revisionA, b, revisionB, state, from, to);
    }

    private static TxnOp local(String a, long revisionA, String b, long revisionB, long state, long from, long to) {
        return snapshot(false, a, revisionA, b, revisionB, state, from, to);
    }

    private static TxnOp snapshot(
            boolean strong, String a, long revisionA, String b, long revisionB, long state, long from, long to) {
        Map<String, Seen> reads = Map.of("a", new Seen(a, revisionA), "b", new Seen(b, revisionB));
        return new TxnOp(0, strong, reads, Map.of(), List.of(), Ending.DONE, state, from, to);
    }
}
