package fish.store.watch;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.sleepycat.je.DatabaseEntry;
import com.sleepycat.je.Transaction;
import fish.kv.ChangeSource;
import fish.kv.Failure;
import fish.kv.Key;
import fish.kv.OpResult;
import fish.kv.Operation;
import fish.kv.Query;
import fish.kv.Reason;
import fish.kv.RequestId;
import fish.kv.Scope;
import fish.kv.Txn;
import fish.run.Guard;
import fish.store.CommitBatch;
import fish.store.Databases;
import fish.store.LoneMaster;
import fish.store.MasterRecord;
import fish.store.MemberRecord;
import fish.store.Progress;
import fish.store.RecordCodec;
import fish.store.Revisions;
import fish.store.Store;
import fish.store.StoredChange;
import fish.store.StoredCommit;
import fish.store.Tables;
import fish.store.UnavailableException;
import fish.store.master.TermCommits;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChangeFeedTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int WATCHERS_MAX = 1100;
    /** So small that every story needs many chunks. */
    private static final ChangeLog.Limits SMALL = new ChangeLog.Limits(3, 1 << 10, 200);

    @TempDir
    Path home;

    private final ChangeRecorder.Text encoder = new ChangeRecorder.Text();
    private LoneMaster master;
    private ChangeFeed feed;
    private volatile boolean away;

    @BeforeEach
    void open() {
        master = LoneMaster.in(home);
        feed = new ChangeFeed(this::store, encoder, SMALL, WATCHERS_MAX, new Guard(reason -> {}));
        feed.start();
    }

    @AfterEach
    void close() {
        feed.close();
        master.close();
    }

    private Store store() {
        if (away) {
            throw new UnavailableException(new Failure(Reason.STARTING, "away"));
        }
        return master.store;
    }

    private ChangeRecorder watch(long since, String prefix) {
        ChangeRecorder recorder = new ChangeRecorder();
        feed.watch(since, Scope.of(prefix.getBytes(StandardCharsets.UTF_8)), recorder);
        return recorder;
    }

    private ChangeRecorder watchFromNow(String prefix) {
        ChangeRecorder recorder = watch(ChangeSource.NOW, prefix);
        eventually(SOON, () -> assertThat(recorder.reachedRevision()).isPositive());
        return recorder;
    }

    private long put(String key, String value) {
        return master.run(Txn.of(LoneMaster.putting(key, value))).revision();
    }

    private static Txn txn(Operation... operations) {
        return new Txn(List.of(), List.of(operations), List.of());
    }

    private void change(BiConsumer<Databases, Transaction> change) {
        Transaction txn = master.environment.beginTransaction(null, null);
        master.store.use(databases -> {
            change.accept(databases, txn);
            return true;
        });
        txn.commit();
    }

    /** Waits until the pen has said that all of it is durable and rests. */
    private long settled(long revision) {
        eventually(SOON, () -> assertThat(master.store.use(ChangeLog::durable)).isGreaterThanOrEqualTo(revision));
        return revision;
    }

    private void putBehindThePen(Databases databases, Transaction txn, long revision, String key, String value) {
        Key changed = Key.of(key);
        byte[] record = RecordCodec.encode(LoneMaster.text(value), revision, revision, 0);
        databases.records.put(txn, new DatabaseEntry(changed.bytes()), new DatabaseEntry(record));
        StoredCommit commit = new StoredCommit(
                revision, new RequestId(1, 1), true, List.of(new StoredChange(changed, false, revision)));
        byte[] batch = new CommitBatch(revision - 1, 1, List.of(commit)).encode();
        databases.changes.put(txn, new DatabaseEntry(Tables.revisionKey(revision)), new DatabaseEntry(batch));
    }

    private static void sayDurable(Databases databases, Transaction txn, long revision) {
        byte[] progress = new Progress(revision, revision).encode();
        databases.group.put(txn, new DatabaseEntry(Tables.PROGRESS), new DatabaseEntry(progress));
    }

    @Test
    void tellsWholeTransactionsInOrder() {
        settled(put("z", "0"));
        ChangeRecorder watcher = watchFromNow("");
        long first = put("a", "1");
        long second = master.run(txn(
                        LoneMaster.putting("b", "2"), LoneMaster.putting("c", "3"), new Operation.Delete(Key.of("z"))))
                .revision();
        eventually(SOON, () -> assertThat(watcher.commits()).containsExactly(first + ": a=1", second + ": b=2 c=3 z-"));
    }

    @Test
    void tellsOnlyWhatIsUnderThePrefix() {
        ChangeRecorder live = watchFromNow("users/");
        master.run(txn(LoneMaster.putting("users/1", "1"), LoneMaster.putting("x", "1")));
        put("other", "1");
        put("user", "1");
        put("users/2", "2");
        ChangeRecorder past = watch(0, "users/");
        eventually(SOON, () -> assertThat(live.changes()).containsExactly("users/1=1", "users/2=2"));
        eventually(SOON, () -> assertThat(past.commits()).isEqualTo(live.commits()));
    }

    @Test
    void anOverwrittenValueIsSupersededAndItsNewerOneFollows() {
        put("a", "1");
        put("a", "2");
        put("b", "1");
        master.run(Txn.of(new Operation.Delete(Key.of("b"))));
        ChangeRecorder watcher = watch(0, "");
        eventually(SOON, () -> assertThat(watcher.changes()).containsExactly("a~", "a=2", "b~", "b-"));
    }

    @Test
    void aSinceInTheFutureBeginsThere() {
        long now = put("a", "1");
        ChangeRecorder watcher = watch(now + 2, "");
        put("a", "2");
        put("a", "3");
        put("a", "4");
        eventually(SOON, () -> assertThat(watcher.changes()).containsExactly("a=4"));
        assertThat(watcher.reachedRevision()).isGreaterThanOrEqualTo(now + 3);
    }

    @Test
    void whatIsNotDurableIsNotShownAndDoesNotSupersede() {
        long first = settled(put("a", "1"));
        ChangeRecorder live = watchFromNow("");
        change((databases, txn) -> putBehindThePen(databases, txn, first + 1, "a", "2"));
        ChangeRecorder past = watch(0, "");
        // Told every 100 ms how far it is; by the second time the look is long over.
        long told = settled(first);
        eventually(SOON, () -> assertThat(past.reachedRevision()).isGreaterThanOrEqualTo(0));
        assertThat(past.commits()).isEmpty();
        assertThat(live.commits()).isEmpty();

        change((databases, txn) -> sayDurable(databases, txn, told + 1));
        eventually(SOON, () -> assertThat(past.changes()).containsExactly("a~", "a=2"));
        eventually(SOON, () -> assertThat(live.changes()).containsExactly("a=2"));
    }

    @Test
    void aPieceGoesOnToWhatOverwroteItsLastValues() {
        long first = settled(put("a", "1"));
        change((databases, txn) -> putBehindThePen(databases, txn, first + 1, "a", "2"));
        ChangeChunk chunk =
                master.store.use(d -> ChangeLog.read(d, first - 1, first, ChangeLog.Limits.DEFAULT, key -> true));
        assertThat(chunk.to()).isEqualTo(first + 1);
        assertThat(chunk.settlesAt()).isEqualTo(first + 1);
        assertThat(chunk.commits())
                .extracting(commit -> commit.changes().get(0).getClass().getSimpleName())
                .containsExactly("Superseded", "Put");
    }

    @Test
    void whenTheOverwriteIsRolledBackTheOlderValueIsTold() {
        long first = settled(put("a", "1"));
        change((databases, txn) -> putBehindThePen(databases, txn, first + 1, "a", "2"));
        ChangeRecorder past = watch(0, "");
        eventually(SOON, () -> assertThat(past.reachedRevision()).isGreaterThanOrEqualTo(0));
        change((databases, txn) -> {
            byte[] record = RecordCodec.encode(LoneMaster.text("1"), first, first, 0);
            databases.records.put(txn, new DatabaseEntry(Key.of("a").bytes()), new DatabaseEntry(record));
            databases.changes.delete(txn, new DatabaseEntry(Tables.revisionKey(first + 1)));
            sayDurable(databases, txn, first + Revisions.TERM_BLOCK);
        });
        eventually(SOON, () -> assertThat(past.commits()).containsExactly(first + ": a=1"));
    }

    @Test
    void whatIsNoLongerKeptIsSaidWithTheOldestThatIs() {
        put("a", "1");
        long gone = put("b", "1");
        put("c", "1");
        change((databases, txn) -> {
            databases.changes.delete(txn, new DatabaseEntry(Tables.revisionKey(gone - 1)));
            databases.changes.delete(txn, new DatabaseEntry(Tables.revisionKey(gone)));
        });
        ChangeRecorder before = watch(gone - 1, "");
        ChangeRecorder fromThere = watch(gone, "");
        eventually(SOON, () -> assertThat(before.oldest()).isEqualTo(gone));
        eventually(SOON, () -> assertThat(fromThere.changes()).containsExactly("c=1"));
        assertThat(before.commits()).isEmpty();
    }

    @Test
    void whenAllIsLetGoOnlyTheEndIsKept() {
        long only = settled(put("a", "1"));
        change((databases, txn) -> databases.changes.delete(txn, new DatabaseEntry(Tables.revisionKey(only))));
        ChangeRecorder before = watch(only - 1, "");
        eventually(SOON, () -> assertThat(before.oldest()).isEqualTo(only));
        ChangeRecorder fromThere = watch(only, "");
        put("b", "2");
        eventually(SOON, () -> assertThat(fromThere.changes()).containsExactly("b=2"));
    }

    @Test
    void aStoreThatLetNothingGoIsNotCompactedInALaterTermEither() {
        MasterRecord later = new TermCommits(master.environment, master.store)
                .begin(new MemberRecord("lone", "localhost:1", "http://localhost:1", 1));
        assertThat(later.term()).isEqualTo(2);
        assertThat((long) master.store.use(ChangeLog::oldest)).isZero();
        long inOldTerm = put("a", "1");
        assertThat((long) master.store.use(ChangeLog::oldest)).isZero();
        change((databases, txn) -> {
            databases.changes.delete(txn, new DatabaseEntry(Tables.revisionKey(inOldTerm)));
            putBehindThePen(databases, txn, later.firstRevision() + 1, "a", "2");
        });
        assertThat((long) master.store.use(ChangeLog::oldest)).isZero();
    }

    @Test
    void aWatcherWithoutRoomHoldsUpNobodyAndMissesNothing() {
        ChangeRecorder slow = watchFromNow("");
        ChangeRecorder other = watchFromNow("");
        slow.room(false);
        for (int i = 0; i < 20; i++) {
            put("k" + i, "v");
        }
        eventually(SOON, () -> assertThat(other.commits()).hasSize(20));
        assertThat(slow.commits()).isEmpty();
        slow.room(true);
        put("last", "v");
        eventually(SOON, () -> assertThat(slow.commits()).hasSize(21).isEqualTo(other.commits()));
    }

    @Test
    void aThousandWatchersEachHearOfTheirOwnAndEachChangeIsEncodedOnce() {
        List<ChangeRecorder> watchers = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            watchers.add(watch(ChangeSource.NOW, "w/" + i + "/"));
        }
        ChangeRecorder all = watchFromNow("w/");
        ChangeRecorder sameAgain = watchFromNow("w/");
        for (int i = 0; i < 1000; i += 100) {
            put("w/" + i + "/x", "" + i);
        }
        eventually(SOON, () -> assertThat(all.commits()).hasSize(10));
        eventually(SOON, () -> assertThat(sameAgain.commits()).hasSize(10));
        for (int i = 0; i < 1000; i++) {
            List<String> expected = i % 100 == 0 ? List.of("w/" + i + "/x=" + i) : List.of();
            ChangeRecorder watcher = watchers.get(i);
            eventually(SOON, () -> assertThat(watcher.changes()).isEqualTo(expected));
        }
        assertThat(encoder.changes).hasValue(10);
    }

    @Test
    void tooManyWatchersAreRefusedUntilOthersLeave() {
        List<ChangeRecorder> watchers = new ArrayList<>();
        for (int i = 0; i < WATCHERS_MAX; i++) {
            watchers.add(watch(0, ""));
        }
        assertThat(watch(0, "").failureReason()).isEqualTo("OVERLOADED");
        watchers.get(0).close();
        eventually(SOON, () -> assertThat(watch(0, "").failureReason()).isEmpty());
    }

    @Test
    void whileTheStoreIsAwayNewWatchersAreRefusedAndOldOnesGoOnAfterwards() {
        ChangeRecorder old = watchFromNow("");
        away = true;
        ChangeRecorder refused = watch(0, "");
        eventually(SOON, () -> assertThat(refused.failureReason()).isEqualTo("STARTING"));
        put("a", "1");
        away = false;
        eventually(SOON, () -> assertThat(old.changes()).containsExactly("a=1"));
        assertThat(old.failureReason()).isEmpty();
    }

    @Test
    void closingEndsAllAndRefusesLaterOnes() {
        ChangeRecorder watcher = watchFromNow("");
        feed.close();
        feed.close();
        assertThat(watcher.failureReason()).isEqualTo("SHUTTING_DOWN");
        assertThat(watch(0, "").failureReason()).isEqualTo("SHUTTING_DOWN");
        assertThat(feed.watchers()).isZero();
    }

    @Test
    void anySequenceOfResumesGivesEveryCommitOnceAndEndsAsTheStore() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<String> seen = new ArrayList<>();
        List<Long> written = new ArrayList<>();
        long position = 0;
        for (int round = 0; round < 60; round++) {
            ChangeRecorder watcher = watch(position, "");
            for (int i = random.nextInt(8); i > 0; i--) {
                written.add(master.run(someTxn(random)).revision());
            }
            if (random.nextBoolean() && !written.isEmpty()) {
                long until = written.get(random.nextInt(written.size()));
                eventually(SOON, () -> assertThat(watcher.reachedRevision()).isGreaterThanOrEqualTo(until));
            }
            watcher.close();
            synchronized (watcher) {
                seen.addAll(watcher.commits());
                position = Math.max(position, watcher.reachedRevision());
                watcher.room(false);
            }
        }
        ChangeRecorder last = watch(position, "");
        long end = written.get(written.size() - 1);
        eventually(SOON, () -> assertThat(last.reachedRevision()).isGreaterThanOrEqualTo(end));
        seen.addAll(last.commits());

        assertThat(seen)
                .as("seed %d", seed)
                .extracting(commit -> Long.parseLong(commit.substring(0, commit.indexOf(':'))))
                .isEqualTo(written);
        assertThat(replayed(seen)).as("seed %d", seed).isEqualTo(stored());
    }

    /** Changes something always. */
    private static Txn someTxn(Random random) {
        List<Operation> operations = new ArrayList<>();
        operations.add(LoneMaster.putting("k" + random.nextInt(5), "" + random.nextInt(1000)));
        for (int i = random.nextInt(3); i > 0; i--) {
            String key = "k" + random.nextInt(5);
            operations.add(
                    random.nextBoolean()
                            ? new Operation.Delete(Key.of(key))
                            : LoneMaster.putting(key, "v" + random.nextInt(1000)));
        }
        return new Txn(List.of(), operations, List.of());
    }

    private static Map<String, String> replayed(List<String> commits) {
        Map<String, String> state = new TreeMap<>();
        for (String commit : commits) {
            for (String change : commit.substring(commit.indexOf(' ') + 1).split(" ", -1)) {
                String key = change.substring(0, 2);
                if (change.endsWith("-")) {
                    state.remove(key);
                } else {
                    state.put(key, change.substring(2));
                }
            }
        }
        return state;
    }

    private Map<String, String> stored() {
        Map<String, String> state = new TreeMap<>();
        Query all = new Query.Range(new byte[0], new byte[0], false, true, 1000, 1 << 20);
        for (OpResult result : master.readNow(all).results()) {
            byte[] value = ((OpResult.Got) result).record().value().bytes();
            state.put(((OpResult.Got) result).key().toString(), "=" + new String(value, StandardCharsets.UTF_8));
        }
        return state;
    }
}
