package fish.store.master;

import static org.assertj.core.api.Assertions.assertThat;

import com.sleepycat.je.DatabaseEntry;
import fish.kv.Key;
import fish.kv.Outcome;
import fish.kv.Query;
import fish.kv.Reason;
import fish.kv.Txn;
import fish.store.LoneMaster;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A record that no program of today can read, among others that are fine. */
class UnreadableRecordTest {
    private static final byte FORMAT_OF_TOMORROW = 99;

    @TempDir
    Path home;

    @Test
    void isRefusedAloneAndTheRestOfItsBatchIsCommitted() {
        try (LoneMaster master = LoneMaster.in(home)) {
            byte[] unreadable = new byte[40];
            unreadable[0] = FORMAT_OF_TOMORROW;
            master.store
                    .pinned()
                    .records
                    .put(
                            null,
                            new DatabaseEntry("bad".getBytes(StandardCharsets.UTF_8)),
                            new DatabaseEntry(unreadable));

            master.loseQuorum();
            List<CompletableFuture<Outcome>> good = new ArrayList<>();
            List<CompletableFuture<Outcome>> bad = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                good.add(master.send(Txn.of(LoneMaster.putting("good" + i, "v"))));
                bad.add(master.send(Txn.of(LoneMaster.putting("bad", "v"))));
            }
            long batchesBefore = master.pen.stats().batches();
            master.quorumThere = true;

            for (CompletableFuture<Outcome> answer : bad) {
                assertThat(((Outcome.Refused) LoneMaster.await(answer))
                                .failure()
                                .reason())
                        .isEqualTo(Reason.OVERLOADED);
            }
            List<Long> revisions = good.stream()
                    .map(LoneMaster::await)
                    .map(outcome -> ((Outcome.Committed) outcome).result().revision())
                    .toList();
            assertThat(revisions).doesNotHaveDuplicates().isSorted();
            assertThat(master.pen.stats().batches() - batchesBefore).isEqualTo(1);
            assertThat(master.readNow(new Query.Get(Key.of("good2"), true)).results())
                    .hasSize(1);
            assertThat(master.broken()).isEmpty();
        }
    }
}
