package fish.store.master;

import static org.assertj.core.api.Assertions.assertThat;

import com.sleepycat.je.DatabaseEntry;
import com.sleepycat.je.Transaction;
import fish.kv.Durability;
import fish.kv.Idempotency;
import fish.kv.Key;
import fish.kv.OpResult;
import fish.kv.Operation;
import fish.kv.Outcome;
import fish.kv.Query;
import fish.kv.Reason;
import fish.kv.Txn;
import fish.kv.Write;
import fish.store.LoneMaster;
import fish.store.StoredCommit;
import fish.store.Tables;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Writes that come again: after a lost answer, and under an idempotency key. */
class RetryCacheTest {
    @TempDir
    Path home;

    private LoneMaster master;

    @BeforeEach
    void start() {
        master = LoneMaster.in(home);
    }

    @AfterEach
    void stop() {
        master.close();
    }

    private CompletableFuture<Outcome> send(Write write) {
        CompletableFuture<Outcome> answer = new CompletableFuture<>();
        master.pen.write(write, answer::complete);
        return answer;
    }

    private static Outcome.Committed committed(CompletableFuture<Outcome> answer) {
        return (Outcome.Committed) LoneMaster.await(answer);
    }

    private Write write(Operation... operations) {
        return master.write(new Txn(List.of(), List.of(operations), List.of()), Durability.DEFAULT, 60_000);
    }

    private static Write withKey(Write write, String key, int digest) {
        byte[] bytes = new byte[Idempotency.DIGEST_BYTES];
        Arrays.fill(bytes, (byte) digest);
        return new Write(
                write.txn(),
                write.durability(),
                write.deadlineNanos(),
                write.id(),
                write.sentBefore(),
                write.knownRevision(),
                new Idempotency(key, bytes));
    }

    @Test
    void aWriteSentAgainIsAnsweredAsBeforeAndNotDoneAgain() {
        long known = master.run(Txn.of(LoneMaster.putting("a", "0"))).revision();
        Write first = write(LoneMaster.putting("a", "1"), LoneMaster.putting("b", "1"));
        Outcome answer = LoneMaster.await(send(first));
        master.run(Txn.of(LoneMaster.putting("a", "2")));

        assertThat(LoneMaster.await(send(first.again(known)))).isEqualTo(answer);
        assertThat(LoneMaster.await(send(first.again(known)))).isEqualTo(answer);
        OpResult.Got now = (OpResult.Got)
                master.readNow(new Query.Get(Key.of("a"), true)).results().get(0);
        assertThat(now.record().value()).isEqualTo(LoneMaster.text("2"));
    }

    @Test
    void anAnswerThatNobodyCanReadLeavesThatWriteAloneUnknown() {
        byte[] key = "\u0001k".getBytes(StandardCharsets.US_ASCII);
        byte[] nonsense = {99, 99};
        Transaction txn = master.environment.beginTransaction(null, null);
        master.store.pinned().requests.put(txn, new DatabaseEntry(key), new DatabaseEntry(nonsense));
        txn.commit();

        CompletableFuture<Outcome> asked = send(withKey(write(LoneMaster.putting("a", "1")), "k", 1));
        CompletableFuture<Outcome> other = send(write(LoneMaster.putting("b", "1")));
        assertThat(((Outcome.Unknown) LoneMaster.await(asked)).failure().reason())
                .isEqualTo(Reason.UNKNOWN_OUTCOME);
        assertThat(LoneMaster.await(other)).isInstanceOf(Outcome.Committed.class);
        assertThat(master.readNow(new Query.Get(Key.of("a"), true)).results())
                .containsExactly(new OpResult.Absent(Key.of("a")));
    }

    @Test
    void whatEndsIsToldTheSameEndAgain() {
        long known = master.run(Txn.of(LoneMaster.putting("b", "0"))).revision();
        Write put = write(new Operation.Put(Key.of("a"), LoneMaster.text("1"), 60_000));
        Outcome answer = LoneMaster.await(send(put));
        assertThat(LoneMaster.await(send(put.again(known)))).isEqualTo(answer);

        Write touch = write(
                new Operation.Touch(Key.of("a"), 90_000),
                new Operation.Touch(Key.of("b"), Operation.NO_TTL),
                new Operation.Touch(Key.of("none"), 90_000));
        Outcome touched = LoneMaster.await(send(touch));
        assertThat(LoneMaster.await(send(touch.again(known)))).isEqualTo(touched);

        master.run(Txn.of(LoneMaster.putting("a", "2")));
        assertThat(LoneMaster.await(send(put.again(known)))).isEqualTo(answer);
        assertThat(LoneMaster.await(send(touch.again(known)))).isEqualTo(touched);
    }

    @Test
    void aRangeThatWasDeletedIsNotDeletedAgain() {
        long known = master.run(Txn.of(LoneMaster.putting("a/1", "0"))).revision();
        master.run(Txn.of(LoneMaster.putting("a/2", "0")));
        byte[] low = Key.of("a/").bytes();
        byte[] high = Key.of("a0").bytes();
        Write write = write(new Operation.DeleteRange(low, high, 1));
        Outcome answer = LoneMaster.await(send(write));
        assertThat(LoneMaster.await(send(write.again(known)))).isEqualTo(answer);
        assertThat(committed(send(withKey(write(new Operation.DeleteRange(low, high, 9)), "k", 1)))
                        .result()
                        .results())
                .containsExactly(new OpResult.DeletedRange(1, false));
        assertThat(committed(send(withKey(write(new Operation.DeleteRange(low, high, 9)), "k", 1)))
                        .result()
                        .results())
                .containsExactly(new OpResult.DeletedRange(1, false));
    }

    @Test
    void aWriteWhoseFirstTryNeverArrivedIsDone() {
        Write write = write(LoneMaster.putting("a", "1"));
        assertThat(committed(send(write.again(master.pen.lastRevision())))
                        .result()
                        .results())
                .hasSize(1);
        Write deleted = write(new Operation.Delete(Key.of("a")));
        committed(send(deleted));
        assertThat(committed(send(deleted.again(0))).result().results())
                .containsExactly(new OpResult.Deleted(Key.of("a"), true));
    }

    @Test
    void firstTryAndSecondInOneBatchAreOneWrite() {
        master.loseQuorum();
        Write write = write(LoneMaster.putting("a", "1"));
        CompletableFuture<Outcome> first = send(write);
        CompletableFuture<Outcome> second = send(write.again(master.pen.lastRevision()));
        master.quorumThere = true;

        assertThat(committed(second)).isEqualTo(committed(first));
    }

    @Test
    void whatWasReadOnTheWayIsAnsweredAsItWasThen() {
        master.run(Txn.of(LoneMaster.putting("a", "0")));
        Write swap = write(new Operation.Get(Key.of("a"), true), LoneMaster.putting("a", "1"));
        Outcome answer = LoneMaster.await(send(swap));
        master.run(Txn.of(LoneMaster.putting("a", "2")));

        assertThat(LoneMaster.await(send(swap.again(0)))).isEqualTo(answer);
    }

    @Test
    void aSearchThatWouldTakeTooLongSaysUnknown() {
        assertThat(Tables.commitsAfter(master.store.pinned(), 0, commit -> false))
                .isTrue();
        master.run(Txn.of(LoneMaster.putting("a", "0")));
        master.run(Txn.of(LoneMaster.putting("a", "1")));
        List<StoredCommit> seen = new ArrayList<>();
        assertThat(Tables.commitsAfter(master.store.pinned(), 0, commit -> {
                    seen.add(commit);
                    return false;
                }))
                .isFalse();
        assertThat(seen).hasSize(1);
    }

    @Test
    void anIdempotencyKeyReplaysTheFirstAnswer() {
        Outcome.Committed first = committed(send(withKey(write(LoneMaster.putting("a", "1")), "k", 1)));
        assertThat(first.replayed()).isFalse();
        master.run(Txn.of(LoneMaster.putting("a", "2")));

        Outcome.Committed again = committed(send(withKey(write(LoneMaster.putting("a", "1")), "k", 1)));
        assertThat(again.replayed()).isTrue();
        assertThat(again.result()).isEqualTo(first.result());

        Outcome other = LoneMaster.await(send(withKey(write(LoneMaster.putting("a", "3")), "k", 2)));
        assertThat(((Outcome.Refused) other).failure().reason()).isEqualTo(Reason.IDEMPOTENCY_KEY_REUSED);
    }

    @Test
    void anAnswerThatChangedNothingIsReplayedToo() {
        Write delete = withKey(write(new Operation.Delete(Key.of("none"))), "k", 1);
        Outcome.Committed first = committed(send(delete));
        master.run(Txn.of(LoneMaster.putting("none", "1")));

        Write retried = withKey(write(new Operation.Delete(Key.of("none"))), "k", 1);
        assertThat(committed(send(retried)).result()).isEqualTo(first.result());
    }

    @Test
    void aSecondRequestWithTheKeyOfOneThatRunsIsTurnedAway() {
        master.loseQuorum();
        CompletableFuture<Outcome> running = send(withKey(write(LoneMaster.putting("a", "1")), "k", 1));
        Outcome second = LoneMaster.await(send(withKey(write(LoneMaster.putting("a", "1")), "k", 1)));
        assertThat(((Outcome.Unknown) second).failure().reason()).isEqualTo(Reason.IN_PROGRESS);

        master.quorumThere = true;
        committed(running);
        assertThat(committed(send(withKey(write(LoneMaster.putting("a", "1")), "k", 1)))
                        .replayed())
                .isTrue();
    }
}
