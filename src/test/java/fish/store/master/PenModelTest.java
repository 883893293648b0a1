package fish.store.master;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.sleepycat.je.LockMode;
import fish.kv.Condition;
import fish.kv.Consistency;
import fish.kv.Durability;
import fish.kv.Key;
import fish.kv.OpResult;
import fish.kv.Operation;
import fish.kv.Outcome;
import fish.kv.Query;
import fish.kv.Read;
import fish.kv.ReadOutcome;
import fish.kv.RequestId;
import fish.kv.StoredRecord;
import fish.kv.Txn;
import fish.kv.TxnResult;
import fish.kv.Value;
import fish.kv.Write;
import fish.store.Databases;
import fish.store.LoneMaster;
import fish.store.RecordCodec;
import fish.store.StoredChange;
import fish.store.StoredCommit;
import fish.store.Tables;
import fish.store.ToldEnds;
import fish.testing.MemoryService;
import fish.testing.SetClock;
import fish.testing.Standard;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random requests in known order, in batches: the pen answers as the model does, and tells what it changed. */
class PenModelTest {
    private static final int BATCHES = 700;
    private static final int BATCH_MAX = 40;
    private static final int KEYS = 12;
    private static final long LONG_TTL = 3_600_000;
    private static final int CROWD = 60_000;
    private static final long CROWD_TTL = 60_000;
    private static final Query ALL = new Query.Range(new byte[0], new byte[0], false, true, 1000, 8 << 20);

    @TempDir
    Path home;

    private final SetClock clock = new SetClock();
    private final MemoryService model = new MemoryService(clock::millis);
    private final List<Long> revisions = new ArrayList<>();
    private Random random = new Random();
    private List<Long> ttls = List.of(LONG_TTL);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void whateverIsAskedTheModelSaysTheSame(long seed) {
        random = new Random(seed);
        try (LoneMaster master = new LoneMaster(home, Standard.penLimits(), clock)) {
            asTheModel(master, seed, () -> {});
        }
    }

    /** Keys end while a crowd of others that ended before them is still being deleted, and the clock goes back, too. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void soItDoesWhileManyEnd(long seed) {
        random = new Random(seed);
        ttls = List.of(5L, 20L, 60L, LONG_TTL);
        try (LoneMaster master = new LoneMaster(home, Standard.penLimits(), clock)) {
            putCrowd(master);
            clock.advance(CROWD_TTL);
            asTheModel(master, seed, () -> {
                clock.advance(random.nextInt(-15, 30));
                eventually(Duration.ofSeconds(60), () -> assertThat(master.store.use(this::allToldThatEnded))
                        .isTrue());
                model.read(Read.of(ALL, Consistency.MASTER, 0), outcome -> {});
            });
        }
    }

    private static void putCrowd(LoneMaster master) {
        List<CompletableFuture<Outcome>> answers = new ArrayList<>();
        for (int from = 0; from < CROWD; from += 100) {
            List<Operation> puts = new ArrayList<>();
            for (int i = from; i < from + 100; i++) {
                puts.add(new Operation.Put(Key.of("crowd" + i), LoneMaster.text("x"), CROWD_TTL));
            }
            answers.add(master.send(new Txn(List.of(), puts, List.of()), Durability.MEMORY, 60_000));
        }
        answers.forEach(LoneMaster::await);
    }

    private boolean allToldThatEnded(Databases databases) {
        ToldEnds told = ToldEnds.read(databases, null, LockMode.READ_UNCOMMITTED);
        long now = clock.millis();
        for (int i = 0; i < KEYS; i++) {
            Key key = Key.of("k" + i);
            byte[] stored = Tables.get(databases.records, null, key.bytes(), LockMode.READ_UNCOMMITTED);
            RecordCodec.Header header = stored.length == 0 ? null : RecordCodec.header(stored);
            if (header != null
                    && header.expiresAtMillis() != StoredRecord.NEVER
                    && header.expiresAtMillis() <= now
                    && !told.include(key.bytes(), header.expiresAtMillis(), header.revision())) {
                return false;
            }
        }
        return true;
    }

    private void asTheModel(LoneMaster master, long seed, Runnable between) {
        long before = master.pen.lastRevision();
        Revised revised = new Revised(before);
        for (int batch = 0; batch < BATCHES; batch++) {
            between.run();
            master.loseQuorum();
            List<Txn> asked = new ArrayList<>();
            List<CompletableFuture<Outcome>> answers = new ArrayList<>();
            for (int i = 1 + random.nextInt(BATCH_MAX); i > 0; i--) {
                Txn txn = txn();
                asked.add(txn);
                answers.add(master.send(txn, durability(), 30_000));
            }
            master.quorumThere = true;
            for (int i = 0; i < asked.size(); i++) {
                TxnResult real = ((Outcome.Committed) LoneMaster.await(answers.get(i))).result();
                TxnResult expected = expected(revised.toModel(asked.get(i)));
                revised.see(expected, real);
                assertThat(shown(real)).as("seed %d, %s", seed, asked.get(i)).isEqualTo(shown(expected));
                if (changes(real)) {
                    revisions.add(real.revision());
                }
            }
        }
        assertThat(revisions).doesNotHaveDuplicates().isSorted();
        assertThat(revisions.get(0)).isGreaterThan(before);
        assertSameRecords(master);
        assertChangesTellAll(master, before);
    }

    private TxnResult expected(Txn txn) {
        CompletableFuture<Outcome> answer = new CompletableFuture<>();
        model.write(Write.of(txn, Durability.DEFAULT, 0, new RequestId(0, 0)), answer::complete);
        return ((Outcome.Committed) answer.join()).result();
    }

    private static boolean changes(TxnResult result) {
        return result.results().stream()
                .anyMatch(r -> r instanceof OpResult.Put
                        || (r instanceof OpResult.Deleted d && d.deleted())
                        || (r instanceof OpResult.Touched t && t.exists())
                        || (r instanceof OpResult.DeletedRange range && range.deleted() > 0));
    }

    /** The model counts from one and the pen from its term: conditions on revisions are translated. */
    private static final class Revised {
        private final Map<Long, Long> toModel = new HashMap<>();

        Revised(long before) {
            toModel.put(before, 0L);
        }

        void see(TxnResult expected, TxnResult real) {
            toModel.putIfAbsent(real.revision(), expected.revision());
        }

        Txn toModel(Txn txn) {
            List<Condition> conditions = txn.conditions().stream()
                    .map(condition -> condition instanceof Condition.RevisionIn in
                            ? new Condition.RevisionIn(
                                    in.key(),
                                    Set.of(toModel.getOrDefault(
                                            in.revisions().iterator().next(), -1L)),
                                    in.expected())
                            : condition)
                    .toList();
            return new Txn(conditions, txn.then(), txn.otherwise());
        }
    }

    /** All but numbers that differ by design. */
    private static List<String> shown(TxnResult result) {
        List<String> lines = new ArrayList<>(List.of("held " + result.conditionsHeld()));
        for (OpResult one : result.results()) {
            if (one instanceof OpResult.Put put) {
                lines.add("put " + put.key() + " new " + (put.created() == put.revision()) + " ttl "
                        + (put.expiresAtMillis() != StoredRecord.NEVER));
            } else if (one instanceof OpResult.Touched touched) {
                lines.add("touched " + touched.key() + " " + touched.exists() + " ttl "
                        + (touched.expiresAtMillis() != StoredRecord.NEVER));
            } else if (one instanceof OpResult.Got got) {
                lines.add("got " + shown(got.record()));
            } else {
                lines.add(one.toString());
            }
        }
        return lines;
    }

    private static String shown(StoredRecord record) {
        Value value = record.value();
        return record.key() + " " + new String(value.bytes(), StandardCharsets.UTF_8) + " " + value.contentType() + " "
                + value.contentEncoding() + " ttl " + (record.expiresAtMillis() != StoredRecord.NEVER) + " new "
                + (record.created() == record.revision());
    }

    private static void assertSame(List<OpResult> real, List<OpResult> expected) {
        assertThat(real.stream().map(one -> shown(((OpResult.Got) one).record())))
                .containsExactlyElementsOf(expected.stream()
                        .map(one -> shown(((OpResult.Got) one).record()))
                        .toList());
    }

    private void assertSameRecords(LoneMaster master) {
        List<OpResult> expected = new ArrayList<>();
        model.read(
                Read.of(ALL, Consistency.MASTER, 0),
                outcome ->
                        expected.addAll(((ReadOutcome.Found) outcome).result().results()));
        assertSame(master.readNow(ALL).results(), expected);
        Map<Key, StoredRecord> expiring = new HashMap<>();
        for (OpResult one : master.readNow(ALL).results()) {
            StoredRecord record = ((OpResult.Got) one).record();
            if (record.expiresAtMillis() != StoredRecord.NEVER) {
                expiring.put(record.key(), record);
            }
        }
        eventually(Duration.ofSeconds(60), () -> {
            List<Key> due = master.store.use(d -> Tables.due(d, Long.MAX_VALUE, CROWD, LockMode.READ_COMMITTED));
            assertThat(due).containsExactlyInAnyOrderElementsOf(expiring.keySet());
        });
    }

    /** Replays the changes: what is left is what is there, and no commit is missing. */
    private void assertChangesTellAll(LoneMaster master, long before) {
        Map<Key, Long> last = new HashMap<>();
        List<Long> told = new ArrayList<>();
        List<StoredCommit> commits = new ArrayList<>();
        boolean whole = master.store.use(d -> Tables.commitsAfter(d, before, commits::add));
        assertThat(whole).isTrue();
        for (StoredCommit commit : commits) {
            if (!commit.isOwn()) {
                told.add(commit.revision());
            }
            assertThat(commit.changes()).extracting(StoredChange::key).doesNotHaveDuplicates();
            for (StoredChange change : commit.changes()) {
                if (change.deleted()) {
                    last.remove(change.key());
                } else {
                    last.put(change.key(), commit.revision());
                }
            }
        }
        assertThat(told).isEqualTo(revisions);
        Map<Key, Long> there = new HashMap<>();
        Query all = new Query.Range(new byte[0], new byte[0], false, false, 1000, 8 << 20);
        master.readNow(all)
                .results()
                .forEach(one -> there.put(
                        ((OpResult.Got) one).key(),
                        ((OpResult.Got) one).record().revision()));
        assertThat(last).isEqualTo(there);
    }

    private Txn txn() {
        List<Condition> conditions = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            conditions.add(condition());
        }
        return new Txn(conditions, operations(), operations());
    }

    private List<Operation> operations() {
        List<Operation> operations = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            Key key = key();
            operations.add(
                    switch (random.nextInt(8)) {
                        case 5 -> new Operation.Touch(key, random.nextBoolean() ? ttl() : Operation.NO_TTL);
                        case 6 -> new Operation.DeleteRange(key.bytes(), key().bytes(), 1 + random.nextInt(3));
                        case 0 -> new Operation.Delete(key);
                        case 1 -> new Operation.Get(key, random.nextBoolean());
                        case 2 -> new Operation.Put(key, value(), ttl());
                        default -> new Operation.Put(key, value(), Operation.NO_TTL);
                    });
        }
        return operations;
    }

    private long ttl() {
        return ttls.get(random.nextInt(ttls.size()));
    }

    private Condition condition() {
        Key key = key();
        return switch (random.nextInt(4)) {
            case 0 -> new Condition.Exists(key, random.nextBoolean());
            case 1 -> new Condition.RevisionIn(key, Set.of(someRevision()), random.nextBoolean());
            case 2 -> new Condition.BytesAre(key, value().bytes());
            default -> new Condition.JsonIs(key, "" + random.nextInt(3));
        };
    }

    private long someRevision() {
        return revisions.isEmpty()
                ? 1L
                : revisions.get(Math.max(0, revisions.size() - 1 - random.nextInt(Math.min(20, revisions.size()))));
    }

    private Key key() {
        return Key.of("k" + random.nextInt(KEYS));
    }

    private Value value() {
        String text = random.nextInt(4) == 0 ? "x".repeat(random.nextInt(200)) : "" + random.nextInt(3);
        return new Value(
                text.getBytes(StandardCharsets.UTF_8),
                random.nextBoolean() ? "application/json" : "",
                random.nextInt(8) == 0 ? "gzip" : "");
    }

    private Durability durability() {
        return random.nextInt(3) == 0 ? Durability.MEMORY : Durability.QUORUM;
    }
}
