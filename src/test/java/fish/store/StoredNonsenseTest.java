package fish.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sleepycat.je.DatabaseEntry;
import com.sleepycat.je.Transaction;
import fish.store.master.TermCommits;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is stored about the group, however it came there, ends nobody who reads it. */
class StoredNonsenseTest {
    private static final MemberRecord SELF = new MemberRecord("b1", "localhost:9001", "http://localhost:5001", 1);

    @TempDir
    private Path home;

    @Test
    void membersThatCannotBeReadAreLeftOut() {
        try (LoneMaster lone = LoneMaster.in(home)) {
            store(lone, Tables.memberKey("evil"), "1\nevil\nx\nx\n1");
            store(lone, Tables.memberKey("lines"), "1\na\nb\nc\nd\ne");
            store(lone, Tables.memberKey("future"), "2\nb7\nlocalhost:1\nhttp://localhost:2\n1\nmore");
            store(lone, Tables.memberKey("number"), "1\nb8\nlocalhost:1\nhttp://localhost:2\nmany");
            store(lone, Tables.memberKey("zero"), "");
            store(lone, Tables.memberKey("b1"), new String(SELF.encode(), StandardCharsets.UTF_8));

            List<MemberRecord> members = lone.store.members();
            assertThat(members).extracting(MemberRecord::name).containsExactly("b1", "lone");
        }
    }

    @Test
    void aMasterThatCannotBeIsNobodyAndItsRevisionsCount() {
        try (LoneMaster lone = LoneMaster.in(home)) {
            store(lone, Tables.MASTER, "1\n7\nb 0\nx\n5000000\n5000001");

            assertThat(lone.store.masterRecord()).isEqualTo(new MasterRecord(7, "", "", 5_000_000, 5_000_001));
            assertThat(lone.store.lastRevision()).isEqualTo(5_000_001);
            MasterRecord next = new TermCommits(lone.environment, lone.store).begin(SELF);
            assertThat(next.term()).isEqualTo(8);
            assertThat(next.firstRevision()).isGreaterThan(5_000_001);
        }
    }

    @Test
    void aMastersRecordOfAnotherFormatKeepsFromTakingOverAndEndsNothing() {
        try (LoneMaster lone = LoneMaster.in(home)) {
            store(lone, Tables.MASTER, "2\nnobody knows");

            assertThatThrownBy(lone.store::masterRecord).isInstanceOf(UnavailableException.class);
            assertThatThrownBy(lone.store::lastRevision).isInstanceOf(UnavailableException.class);
            assertThatThrownBy(() -> new TermCommits(lone.environment, lone.store).begin(SELF))
                    .isInstanceOf(UnavailableException.class);
            assertThat(lone.broken).isEmpty();
        }
    }

    private static void store(LoneMaster lone, byte[] key, String text) {
        Databases databases = lone.store.pinned();
        Transaction txn = lone.environment.beginTransaction(null, null);
        databases.group.put(txn, new DatabaseEntry(key), new DatabaseEntry(text.getBytes(StandardCharsets.UTF_8)));
        txn.commit();
    }
}
