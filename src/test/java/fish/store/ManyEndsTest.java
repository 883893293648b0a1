package fish.store;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.sleepycat.je.LockMode;
import fish.contract.HostPort;
import fish.kv.Condition;
import fish.kv.Consistency;
import fish.kv.Durability;
import fish.kv.Key;
import fish.kv.OpResult;
import fish.kv.Operation;
import fish.kv.Outcome;
import fish.kv.Query;
import fish.kv.ReadOutcome;
import fish.kv.Txn;
import fish.kv.TxnResult;
import fish.testing.FreePorts;
import fish.testing.SetClock;
import fish.testing.Standard;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Records whose time ends together are told at once and deleted later: meanwhile they lie there, and are gone for
 * everybody, whatever clocks do.
 */
@Timeout(180)
class ManyEndsTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int MANY = 40_000;
    private static final long TTL = 60_000;
    private static final Query ALL = new Query.Range(new byte[0], new byte[0], false, true, 1000, 4 << 20);
    private static final Query COUNT = new Query.Count(new byte[0], new byte[0]);

    @TempDir
    Path directory;

    private final HostPort address = new HostPort("localhost", FreePorts.any());
    private final PenClock clock = new PenClock();
    private Path home = Path.of("");
    private Path following = Path.of("");

    @BeforeEach
    void homes() throws Exception {
        home = Files.createDirectory(directory.resolve("master"));
        following = Files.createDirectory(directory.resolve("follower"));
    }

    /** Takes the majority away once all are told: what was told lies there until the test gives it back. */
    private static final class PenClock extends SetClock {
        private volatile @Nullable LoneMaster toHold;

        @Override
        public long millis() {
            LoneMaster master = toHold;
            if (master != null && master.pen.stats().expired() >= MANY) {
                master.quorumThere = false;
                toHold = null;
            }
            return super.millis();
        }
    }

    private LoneMaster open() {
        return new LoneMaster(home, Standard.penLimits(), clock, address);
    }

    private static Key key(int i) {
        return Key.of(String.format("k%06d", i));
    }

    /** Gives the last revision before. */
    private static long fill(LoneMaster master, int count) {
        long before = master.pen.lastRevision();
        List<CompletableFuture<Outcome>> answers = new ArrayList<>();
        for (int from = 0; from < count; from += 100) {
            List<Operation> puts = new ArrayList<>();
            for (int i = from; i < from + 100; i++) {
                puts.add(new Operation.Put(key(i), LoneMaster.text("" + i), TTL + i % 7));
            }
            answers.add(master.send(new Txn(List.of(), puts, List.of()), Durability.MEMORY, 60_000));
        }
        answers.forEach(answer -> assertThat(LoneMaster.await(answer)).isInstanceOf(Outcome.Committed.class));
        return before;
    }

    /** How often each key was told to be deleted, in commits after a revision. */
    private static Map<Key, Integer> deletes(LoneMaster master, long after) {
        Map<Key, Integer> deletes = new HashMap<>();
        for (StoredCommit commit : commits(master, after)) {
            for (StoredChange change : commit.changes()) {
                if (change.deleted()) {
                    deletes.merge(change.key(), 1, Integer::sum);
                }
            }
        }
        return deletes;
    }

    private static List<StoredCommit> commits(LoneMaster master, long after) {
        List<StoredCommit> commits = new ArrayList<>();
        boolean all = master.store.use(d -> Tables.commitsAfter(d, after, commits::add));
        assertThat(all).isTrue();
        return commits;
    }

    private static int lyingThere(Store store) {
        return store.use(d -> Tables.due(d, Long.MAX_VALUE, MANY, LockMode.READ_UNCOMMITTED))
                .size();
    }

    private static void awaitTold(LoneMaster master, long count) {
        eventually(SOON, () -> assertThat(master.pen.stats().expired()).isGreaterThanOrEqualTo(count));
    }

    private static void awaitDeleted(LoneMaster master) {
        eventually(SOON, () -> {
            assertThat(lyingThere(master.store)).isZero();
            assertThat(master.store
                            .use(d -> ToldEnds.read(d, null, LockMode.READ_UNCOMMITTED))
                            .isEmpty())
                    .isTrue();
        });
    }

    /** All told, most of them lying there, and the clock is what it was when they were put. */
    private long toldAndSetBack(LoneMaster master) {
        long before = toldAndHeld(master);
        master.quorumThere = true;
        return before;
    }

    /** So it stays until there is a majority again. */
    private long toldAndHeld(LoneMaster master) {
        long before = fill(master, MANY);
        clock.toHold = master;
        clock.advance(TTL + 10);
        eventually(SOON, () -> assertThat(master.quorumThere).isFalse());
        clock.advance(-TTL - 10);
        assertThat(lyingThere(master.store)).isGreaterThan(MANY / 4);
        return before;
    }

    private static List<OpResult> results(ReadOutcome outcome) {
        return ((ReadOutcome.Found) outcome).result().results();
    }

    private static void assertNoneIsThere(LoneMaster master) {
        Query last = new Query.Get(key(MANY - 1), true);
        for (Consistency consistency : List.of(Consistency.STRONG, Consistency.MASTER)) {
            assertThat(results(master.read(ALL, consistency))).isEmpty();
            assertThat(results(master.read(COUNT, consistency))).containsExactly(new OpResult.Counted(0));
            assertThat(results(master.read(last, consistency))).containsExactly(new OpResult.Absent(key(MANY - 1)));
        }
        assertNoneIsThere(master.store);
    }

    private static void assertNoneIsThere(Store store) {
        Query last = new Query.Get(key(MANY - 1), true);
        Query reads = new Query.Reads(new Txn(List.of(), List.of(new Operation.Get(key(MANY - 1), true)), List.of()));
        assertThat(seen(store, ALL)).isEmpty();
        assertThat(seen(store, COUNT)).containsExactly(new OpResult.Counted(0));
        assertThat(seen(store, last)).containsExactly(new OpResult.Absent(key(MANY - 1)));
        assertThat(seen(store, reads)).containsExactly(new OpResult.Absent(key(MANY - 1)));
    }

    private static List<OpResult> seen(Store store, Query query) {
        return eventuallySeen(store, query).result().results();
    }

    private static View.Page eventuallySeen(Store store, Query query) {
        return fish.testing.Eventually.eventuallyGet(
                SOON, () -> store.snapshot(query).orElseThrow(() -> new AssertionError("it is being changed")));
    }

    @Test
    void eachIsToldOnceInTheOrderOfTheEndsAndDeletedAfterwards() {
        try (LoneMaster master = open()) {
            long before = fill(master, MANY);
            long filled = master.pen.lastRevision();
            clock.advance(TTL + 10);
            awaitTold(master, MANY);
            awaitDeleted(master);
            List<StoredCommit> ends = commits(master, filled);
            assertThat(ends).hasSize(MANY).allMatch(commit -> commit.changes().size() == 1);
            assertThat(ends).extracting(StoredCommit::revision).isSorted().doesNotHaveDuplicates();
            assertThat(ends.stream()
                            .map(commit -> Integer.parseInt(
                                    commit.changes().get(0).key().toString().substring(1)))
                            .map(i -> i % 7))
                    .isSorted();
            assertThat(deletes(master, before)).hasSize(MANY);
            assertThat(master.pen.stats().expired()).isEqualTo(MANY);
            assertNoneIsThere(master);
        }
    }

    @Test
    void whatWasToldStaysGoneWhenTheClockIsSetBack() {
        try (LoneMaster master = open()) {
            long before = toldAndSetBack(master);
            assertNoneIsThere(master);
            OpResult.Deleted deleted = (OpResult.Deleted) master.run(Txn.of(new Operation.Delete(key(MANY - 2))))
                    .results()
                    .get(0);
            assertThat(deleted.deleted()).isFalse();
            assertThat(((OpResult.Touched) master.run(Txn.of(new Operation.Touch(key(MANY - 3), TTL)))
                                    .results()
                                    .get(0))
                            .exists())
                    .isFalse();
            TxnResult range = master.run(Txn.of(new Operation.DeleteRange(new byte[0], new byte[0], 1000)));
            assertThat(((OpResult.DeletedRange) range.results().get(0)).deleted())
                    .isZero();
            assertThat(range.revision()).isEqualTo(master.pen.lastRevision());
            awaitDeleted(master);
            assertNoneIsThere(master);
            assertThat(deletes(master, before)).hasSize(MANY).allSatisfy((key, times) -> assertThat(times)
                    .isEqualTo(1));
        }
    }

    @Test
    void whatIsPutOverWhatWasToldIsNewAndEndsByItsOwnTime() {
        try (LoneMaster master = open()) {
            long before = toldAndSetBack(master);
            Condition absent = new Condition.Exists(key(MANY - 1), false);
            // It ends at the very moment at which the one before did, and at which all others did.
            Operation put = new Operation.Put(key(MANY - 1), LoneMaster.text("new"), TTL + (MANY - 1) % 7);
            TxnResult result = master.run(new Txn(List.of(absent), List.of(put), List.of()));
            assertThat(result.conditionsHeld()).isTrue();
            OpResult.Put created = (OpResult.Put) result.results().get(0);
            assertThat(created.created()).isEqualTo(created.revision());
            master.run(Txn.of(new Operation.Put(key(MANY - 2), LoneMaster.text("for ever"), Operation.NO_TTL)));
            master.run(Txn.of(new Operation.Put(Key.of("sooner"), LoneMaster.text("new"), 1)));
            clock.advance(1);
            eventually(
                    SOON, () -> assertThat(master.readNow(COUNT).results()).containsExactly(new OpResult.Counted(2)));
            eventually(SOON, () -> assertThat(lyingThere(master.store)).isEqualTo(1));
            eventually(SOON, () -> assertThat(deletes(master, before)).containsEntry(Key.of("sooner"), 1));
            assertThat(results(master.read(ALL, Consistency.STRONG))).hasSize(2);

            clock.advance(TTL + 10);
            awaitDeleted(master);
            assertThat(results(master.read(ALL, Consistency.STRONG)))
                    .extracting(got -> ((OpResult.Got) got).key())
                    .containsExactly(key(MANY - 2));
            Map<Key, Integer> deletes = deletes(master, before);
            assertThat(deletes.remove(key(MANY - 1))).isEqualTo(2);
            assertThat(deletes).hasSize(MANY).allSatisfy((key, times) -> assertThat(times)
                    .isEqualTo(1));
        }
    }

    @Test
    void theNextMasterTellsTheRestAndNothingAgain() {
        long before;
        try (LoneMaster master = open()) {
            before = fill(master, MANY);
            clock.advance(TTL + 3);
            awaitTold(master, MANY / 2);
        }
        clock.advance(-TTL / 2);
        try (LoneMaster master = open()) {
            assertThat(lyingThere(master.store)).isGreaterThan(MANY / 4);
            int told = deletes(master, before).size();
            List<OpResult> there = results(master.read(COUNT, Consistency.STRONG));
            assertThat(there).containsExactly(new OpResult.Counted(MANY - told));
            clock.advance(TTL);
            awaitTold(master, MANY - told);
            assertNoneIsThere(master);
            awaitDeleted(master);
            assertThat(deletes(master, before)).hasSize(MANY).allSatisfy((key, times) -> assertThat(times)
                    .isEqualTo(1));
        }
    }

    /** Whatever a replica shows of a revision, no key is there of whose delete watchers were told by then. */
    @Test
    void noReplicaShowsWhatWasTold() {
        try (LoneMaster master = open();
                Follower follower = new Follower(following, master)) {
            long before = fill(master, MANY);
            long filled = master.pen.lastRevision();
            eventually(SOON, () -> assertThat(follower.store.lastRevision()).isGreaterThanOrEqualTo(filled));
            Query.Range range = new Query.Range(key(MANY - 500).bytes(), new byte[0], false, false, 1000, 4 << 20);
            List<View.Page> pages = new ArrayList<>();
            clock.toHold = master;
            clock.advance(TTL + 10);
            long until = System.nanoTime() + SOON.toNanos();
            for (boolean back = false; lyingThere(follower.store) > 0; ) {
                assertThat(System.nanoTime() - until).isNegative();
                follower.store.snapshot(range).ifPresent(pages::add);
                master.store.snapshot(range).ifPresent(pages::add);
                if (!back && !master.quorumThere) {
                    clock.advance(-TTL - 10);
                    back = true;
                }
                master.quorumThere |= back && pages.size() > 20;
                if (back && master.quorumThere) {
                    // Its time is before the ends, for replicas too.
                    master.run(Txn.of(new Operation.Put(Key.of("other"), LoneMaster.text("1"), Operation.NO_TTL)));
                }
            }
            eventually(SOON, () -> assertThat(seen(follower.store, COUNT)).containsExactly(new OpResult.Counted(1)));
            Map<Key, Long> toldAt = new HashMap<>();
            commits(master, before).stream()
                    .filter(commit -> commit.changes().get(0).deleted())
                    .forEach(commit -> toldAt.put(commit.changes().get(0).key(), commit.revision()));
            assertThat(pages).hasSizeGreaterThan(20);
            assertThat(pages).allSatisfy(page -> {
                Set<Key> shown = new HashSet<>();
                page.result().results().forEach(got -> shown.add(((OpResult.Got) got).key()));
                shown.remove(Key.of("other"));
                assertThat(shown)
                        .allMatch(key ->
                                toldAt.getOrDefault(key, 0L) > page.result().revision());
            });
        }
    }

    @Test
    void nodesThatHaveDeletedDifferentlyManyHoldTheSame() {
        try (LoneMaster master = open();
                Follower follower = new Follower(following, master)) {
            toldAndHeld(master);
            long told = master.pen.lastRevision();
            eventually(SOON, () -> assertThat(follower.store.lastRevision()).isGreaterThanOrEqualTo(told));
            RangeDigest.Ask ask = new RangeDigest.Ask(new byte[0], new byte[0], 1000, 4 << 20, SOON.toNanos());
            int looks = 0;
            for (; lyingThere(follower.store) > 0; looks++) {
                master.quorumThere |= looks > 2;
                for (Store store : List.of(master.store, follower.store)) {
                    store.digest(ask).ifPresent(digest -> {
                        assertThat(digest.entries()).isEmpty();
                        assertThat(digest.revision()).isEqualTo(told);
                    });
                }
            }
            assertThat(looks).isGreaterThan(2);
        }
    }
}
