package fish.store;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import fish.budget.ByteBudget;
import fish.budget.Claim;
import fish.kv.Condition;
import fish.kv.Consistency;
import fish.kv.Failure;
import fish.kv.Key;
import fish.kv.OpResult;
import fish.kv.Operation;
import fish.kv.Outcome;
import fish.kv.Query;
import fish.kv.Read;
import fish.kv.ReadOutcome;
import fish.kv.Reason;
import fish.kv.Txn;
import fish.kv.Value;
import fish.run.Guard;
import fish.store.replica.LocalReads;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an answer may hold is settled before it is built, and before anything is written. */
class BoundedReadsTest {
    private static final int MIB = 1 << 20;
    private static final Key BIG = Key.of("big");

    @TempDir
    Path home;

    private LoneMaster master;
    private LocalReads local;

    @BeforeEach
    void open() {
        master = LoneMaster.in(home);
        local = new LocalReads(master::store, "lone", master.reads::read);
        local.start(new Guard(reason -> {}));
        put(BIG, new byte[MIB], "image/png");
    }

    @AfterEach
    void close() {
        local.close();
        master.close();
    }

    private void put(Key key, byte[] bytes, String type) {
        master.run(Txn.of(new Operation.Put(key, new Value(bytes, type, ""), Operation.NO_TTL)));
    }

    private static List<Operation> gets(int count) {
        return Collections.nCopies(count, new Operation.Get(BIG, true));
    }

    private static Txn of(List<Operation> operations) {
        return new Txn(List.of(), operations, List.of());
    }

    private ReadOutcome readLocally(Query query) {
        CompletableFuture<ReadOutcome> answer = new CompletableFuture<>();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        local.read(Read.of(query, Consistency.LOCAL, deadline), answer::complete);
        return LoneMaster.await(answer);
    }

    private static Reason reason(ReadOutcome outcome) {
        return outcome.<Failure>match(found -> new Failure(Reason.LAGGING, "found"), ReadOutcome.Failed::failure)
                .reason();
    }

    @Test
    void aWriteThatWouldAnswerTooMuchWritesNothing() {
        for (int count : new int[] {127, 9}) {
            List<Operation> all = new ArrayList<>(List.of(LoneMaster.putting("a", "1")));
            all.addAll(gets(count));
            Outcome outcome = LoneMaster.await(master.send(of(all)));
            assertThat(((Outcome.Refused) outcome).failure().reason()).isEqualTo(Reason.TOO_LARGE);
            assertThat(master.readNow(new Query.Get(Key.of("a"), true)).results())
                    .containsExactly(new OpResult.Absent(Key.of("a")));
        }
        List<Operation> eight = new ArrayList<>(List.of(LoneMaster.putting("a", "1")));
        eight.addAll(gets(8));
        assertThat(master.run(of(eight)).results()).hasSize(9);
    }

    @Test
    void aTransactionThatWouldTouchTooMuchWritesNothing() {
        List<Operation> nine = new ArrayList<>(List.of(LoneMaster.putting("t", "1")));
        nine.addAll(Collections.nCopies(9, new Operation.Touch(BIG, Operation.NO_TTL)));
        Outcome outcome = LoneMaster.await(master.send(of(nine)));
        assertThat(((Outcome.Refused) outcome).failure().reason()).isEqualTo(Reason.TOO_LARGE);
        assertThat(master.readNow(new Query.Get(Key.of("t"), true)).results())
                .containsExactly(new OpResult.Absent(Key.of("t")));
        assertThat(master.run(of(nine.subList(0, 9))).results()).hasSize(9);
    }

    @Test
    void whatATransactionItselfWroteCountsTooAndIsWhatItReads() {
        Operation.Put put = new Operation.Put(Key.of("own"), new Value(new byte[MIB], "", ""), Operation.NO_TTL);
        Operation get = new Operation.Get(Key.of("own"), true);
        List<Operation> nine = new ArrayList<>(List.of(get, put));
        nine.addAll(Collections.nCopies(9, get));
        assertThat(LoneMaster.await(master.send(of(nine)))).isInstanceOf(Outcome.Refused.class);

        List<OpResult> results = master.run(of(
                        List.of(get, put, get, new Operation.Delete(Key.of("own")), get, new Operation.Get(BIG, true))))
                .results();
        assertThat(results.get(0)).isEqualTo(new OpResult.Absent(Key.of("own")));
        assertThat(((OpResult.Got) results.get(2)).record().value()).isEqualTo(put.value());
        assertThat(results.get(4)).isEqualTo(new OpResult.Absent(Key.of("own")));
        assertThat(((OpResult.Got) results.get(5)).record().value().bytes()).hasSize(MIB);
    }

    @Test
    void aReadThatWouldAnswerTooMuchIsTooLargeEverywhere() {
        Query many = new Query.Reads(of(gets(128)));
        assertThat(reason(master.read(many, Consistency.STRONG))).isEqualTo(Reason.TOO_LARGE);
        assertThat(reason(master.read(many, Consistency.MASTER))).isEqualTo(Reason.TOO_LARGE);
        assertThat(reason(readLocally(many))).isEqualTo(Reason.TOO_LARGE);
        assertThat(readLocally(new Query.Reads(of(gets(8))))).isInstanceOf(ReadOutcome.Found.class);
    }

    @Test
    void onlyTheBranchThatRunsCountsOnAReplica() {
        Condition there = new Condition.Exists(BIG, true);
        Condition same = new Condition.BytesAre(BIG, new byte[MIB]);
        Txn txn = new Txn(List.of(there, same), gets(1), gets(128));
        ReadOutcome.Found found = (ReadOutcome.Found) readLocally(new Query.Reads(txn));
        assertThat(found.result().conditionsHeld()).isTrue();
        assertThat(found.result().results()).hasSize(1);
        Txn other = new Txn(List.of(new Condition.Exists(BIG, false)), gets(128), gets(2));
        ReadOutcome.Found otherwise = (ReadOutcome.Found) readLocally(new Query.Reads(other));
        assertThat(otherwise.result().conditionsHeld()).isFalse();
        assertThat(otherwise.result().results()).hasSize(2);
    }

    @Test
    void keysCostKeys() {
        for (int i = 0; i < 5; i++) {
            put(Key.of("big/" + i), new byte[MIB], "image/png");
        }
        Query.Range keys = new Query.Range(new byte[0], new byte[0], false, false, 1000, 4 * MIB);
        for (ReadOutcome outcome : List.of(master.read(keys, Consistency.STRONG), readLocally(keys))) {
            ReadOutcome.Found found = (ReadOutcome.Found) outcome;
            assertThat(found.result().results()).hasSize(6).allSatisfy(result -> {
                Value value = ((OpResult.Got) result).record().value();
                assertThat(value.contentType()).isEqualTo("image/png");
                assertThat(value.bytes()).isEmpty();
            });
            assertThat(found.result().heapBytes()).isLessThan(10_000);
            assertThat(found.more()).isFalse();
        }
    }

    @Test
    void aPageIsAsLongAsItsJson() {
        for (int i = 0; i < 12; i++) {
            put(Key.of("nul/" + i), new byte[MIB / 8], "text/plain");
        }
        byte[] low = "nul".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        Query.Range all = new Query.Range(low, new byte[0], false, true, 1000, 4 * MIB);
        for (ReadOutcome outcome : List.of(master.read(all, Consistency.STRONG), readLocally(all))) {
            ReadOutcome.Found found = (ReadOutcome.Found) outcome;
            assertThat(found.result().results()).hasSize(6);
            assertThat(found.more()).isTrue();
        }
    }

    @Test
    void nothingIsKeptThatHasNoRoom() {
        ByteBudget budget = new ByteBudget(4 * MIB);
        budget.force(3 * MIB);
        for (Consistency consistency : Consistency.values()) {
            Claim claim = new Claim(budget, Runnable::run);
            CompletableFuture<ReadOutcome> answer = new CompletableFuture<>();
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            Read read = Read.of(new Query.Get(BIG, true), consistency, deadline).with(claim);
            claim.take(1000, () -> {
                if (consistency == Consistency.LOCAL) {
                    local.read(read, answer::complete);
                } else {
                    master.reads.read(read, answer::complete);
                }
            });
            // On another thread, where the read may have to wait.
            eventually(Duration.ofSeconds(60), () -> assertThat(claim.waiting()).isTrue());
            assertThat(budget.used()).isEqualTo(3 * MIB);
            budget.give(2 * MIB);
            assertThat(LoneMaster.await(answer)).isInstanceOf(ReadOutcome.Found.class);
            assertThat(budget.used()).isBetween(2L * MIB, 2L * MIB + 1000);
            claim.close();
            budget.force(2 * MIB);
        }
    }
}
