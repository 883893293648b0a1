package fish.store.master;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.sleepycat.je.DatabaseEntry;
import com.sleepycat.je.Transaction;
import fish.kv.Consistency;
import fish.kv.Durability;
import fish.kv.Key;
import fish.kv.OpResult;
import fish.kv.Outcome;
import fish.kv.Query;
import fish.kv.Read;
import fish.kv.ReadOutcome;
import fish.kv.Txn;
import fish.kv.Write;
import fish.store.LoneMaster;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What two tries of one write, and one record that nobody can read, may not do. */
class ResentTwiceTest {
    private static final Duration SOON = Duration.ofSeconds(50);

    @TempDir
    Path home;

    @Test
    void ofTwoTriesThatWaitTogetherNeitherIsDoneAgain() {
        try (LoneMaster master = LoneMaster.in(home)) {
            long known = master.run(Txn.of(LoneMaster.putting("a", "0"))).revision();
            Write write = master.write(Txn.of(LoneMaster.putting("a", "1")), Durability.DEFAULT, 60_000);
            Outcome first = LoneMaster.await(send(master, write));
            master.run(Txn.of(LoneMaster.putting("a", "2")));

            master.loseQuorum();
            CompletableFuture<Outcome> second = send(master, write.again(known));
            CompletableFuture<Outcome> third = send(master, write.again(known));
            eventually(SOON, () -> assertThat(master.pen.queued()).isEqualTo(2));
            master.quorumThere = true;

            assertThat(LoneMaster.await(second)).isEqualTo(first);
            assertThat(LoneMaster.await(third)).isEqualTo(first);
            OpResult.Got now = (OpResult.Got)
                    master.readNow(new Query.Get(Key.of("a"), true)).results().get(0);
            assertThat(new String(now.record().value().bytes(), StandardCharsets.UTF_8))
                    .isEqualTo("2");
        }
    }

    @Test
    void aRecordThatNobodyCanReadFailsTheReadsOfItAndNothingElse() {
        try (LoneMaster master = LoneMaster.in(home)) {
            Transaction txn = master.environment.beginTransaction(null, null);
            master.run(Txn.of(LoneMaster.putting("b", "0")));
            byte[] nonsense = new byte[40];
            nonsense[0] = 99;
            master.store.pinned().records.put(txn, new DatabaseEntry(Key.of("a").bytes()), new DatabaseEntry(nonsense));
            txn.commit();
            Query all = new Query.Range(new byte[0], new byte[0], false, true, 1000, 4 << 20);
            for (Query query : new Query[] {all, new Query.Get(Key.of("a"), true)}) {
                CompletableFuture<ReadOutcome> read = new CompletableFuture<>();
                long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
                master.reads.read(Read.of(query, Consistency.STRONG, deadline), read::complete);
                assertThat(LoneMaster.await(read)).isInstanceOf(ReadOutcome.Failed.class);
            }
            assertThat(master.run(Txn.of(LoneMaster.putting("b", "1"))).revision())
                    .isPositive();
        }
    }

    private static CompletableFuture<Outcome> send(LoneMaster master, Write write) {
        CompletableFuture<Outcome> answer = new CompletableFuture<>();
        master.pen.write(write, answer::complete);
        return answer;
    }
}
