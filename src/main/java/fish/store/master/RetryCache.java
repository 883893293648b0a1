package fish.store.master;

import com.sleepycat.je.DatabaseEntry;
import com.sleepycat.je.LockMode;
import com.sleepycat.je.Put;
import com.sleepycat.je.Transaction;
import com.sleepycat.je.WriteOptions;
import fish.budget.Share;
import fish.kv.Idempotency;
import fish.kv.Key;
import fish.kv.OpResult;
import fish.kv.Operation;
import fish.kv.Outcome;
import fish.kv.Reason;
import fish.kv.RequestId;
import fish.kv.StoredRecord;
import fish.kv.TxnResult;
import fish.kv.Write;
import fish.store.Databases;
import fish.store.RecordCodec;
import fish.store.StoredChange;
import fish.store.StoredCommit;
import fish.store.Tables;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Recognises writes that were done before, so that none is done twice. For the pen's thread alone;
 * where {@link RetrySearch} found a write, the write itself says.
 *
 * <p>A front-end that lost an answer sends the write again under its id, which stands in {@code changes}
 * with what the write changed: from there its answer is made again. Answers that cannot be made so (with
 * gets, or several operations on one key) are kept as they are for a while, and those of requests with an
 * idempotency key for a day. A write that changed nothing is simply done again: its first try never
 * happened.
 */
final class RetryCache {
    /** Commits of clients after a search that are looked through on the pen's thread. */
    static final int TAIL_MAX = 20_000;

    /** About what the index of those commits may hold of the heap. */
    private static final long INDEX_BYTES_MAX = Share.RETRIES.ofThisProcess();

    private static final long COMMIT_BYTES = 200;
    private static final long CHANGE_BYTES = 120;

    /** JE's TTL is in whole hours; a day is what is promised. */
    private static final int IDEMPOTENCY_HOURS = 25;

    private static final int RESEND_HOURS = 2;
    private static final long INDEX_KEPT_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final byte BY_ID = 0;
    private static final byte BY_KEY = 1;

    private final Databases databases;
    private Map<RequestId, StoredCommit> index = new HashMap<>();
    private long indexBytes;
    private long indexedAfter = Long.MAX_VALUE;
    private long indexUsed;

    RetryCache(Databases databases) {
        this.databases = databases;
    }

    /**
     * What this write was answered, if it was done before; or why it must not be done.
     *
     * @param batch what the batch under way has done so far
     */
    Optional<Outcome> before(Transaction txn, Write write, List<StoredCommit> batch) {
        Idempotency idempotency = write.idempotency();
        if (idempotency.given()) {
            byte[] kept = Tables.get(databases.requests, txn, byKey(idempotency), LockMode.READ_UNCOMMITTED);
            if (kept.length > 0) {
                return Optional.of(again(CachedAnswer.decode(kept), write));
            }
        }
        return write.sentBefore() ? sentBefore(txn, write, batch) : Optional.empty();
    }

    private static Outcome again(CachedAnswer kept, Write write) {
        if (!Arrays.equals(kept.digest(), write.idempotency().digest())) {
            return Outcome.refused(
                    Reason.IDEMPOTENCY_KEY_REUSED, "the idempotency key came with another request before");
        }
        return new Outcome.Committed(kept.result(), !kept.request().equals(write.id()));
    }

    private Optional<Outcome> sentBefore(Transaction txn, Write write, List<StoredCommit> batch) {
        byte[] kept = Tables.get(databases.requests, txn, byId(write.id()), LockMode.READ_UNCOMMITTED);
        if (kept.length > 0) {
            return Optional.of(new Outcome.Committed(CachedAnswer.decode(kept).result(), false));
        }
        Optional<StoredCommit> first = firstAfter(write.knownRevision());
        if (first.isPresent() && first.get().request().equals(write.id())) {
            return Optional.of(new Outcome.Committed(answerOf(txn, write, first.get()), false));
        }
        if (!cover(write.knownRevision(), batch)) {
            return Optional.of(Outcome.unknown(
                    Reason.UNKNOWN_OUTCOME, "too much has happened since this write was first sent to find it"));
        }
        StoredCommit commit = index.get(write.id());
        return commit == null
                ? Optional.empty()
                : Optional.of(new Outcome.Committed(answerOf(txn, write, commit), false));
    }

    /** Where a search has found the write, if it has; it may have been taken back since. */
    private Optional<StoredCommit> firstAfter(long revision) {
        List<StoredCommit> first = new ArrayList<>(1);
        boolean unused = Tables.commitsAfter(databases, revision, commit -> {
            first.add(commit);
            return false;
        });
        return first.stream().findFirst();
    }

    /** Has the index hold every commit after this revision; false if they are too many. */
    private boolean cover(long revision, List<StoredCommit> batch) {
        indexUsed = System.nanoTime();
        if (revision >= indexedAfter) {
            return true;
        }
        forget();
        int[] count = {0};
        boolean all = Tables.commitsAfter(databases, revision, commit -> {
            count[0] += commit.isOwn() ? 0 : 1;
            index(commit);
            return count[0] <= TAIL_MAX;
        });
        if (!all || indexBytes > INDEX_BYTES_MAX) {
            forget();
            return false;
        }
        batch.forEach(this::index);
        indexedAfter = revision;
        return true;
    }

    private void index(StoredCommit commit) {
        if (commit.isOwn()) {
            return;
        }
        indexBytes += COMMIT_BYTES;
        for (StoredChange change : commit.changes()) {
            indexBytes += CHANGE_BYTES + change.key().bytes().length;
        }
        if (indexBytes <= INDEX_BYTES_MAX) {
            index.put(commit.request(), commit);
        }
    }

    /** About what is held of the heap, for tests. */
    long indexBytes() {
        return indexBytes;
    }

    /** What was just written, committed or not yet, by whoever comes next in the same batch too. */
    void wrote(List<StoredCommit> commits) {
        if (indexedAfter == Long.MAX_VALUE) {
            return;
        }
        if (System.nanoTime() - indexUsed > INDEX_KEPT_NANOS || indexBytes > INDEX_BYTES_MAX) {
            forget();
            return;
        }
        commits.forEach(this::index);
    }

    /** What was written was taken back. */
    void forget() {
        index = new HashMap<>();
        indexBytes = 0;
        indexedAfter = Long.MAX_VALUE;
    }

    /** Only if {@code commit} came of this write: the same request. */
    private TxnResult answerOf(Transaction txn, Write write, StoredCommit commit) {
        Map<Key, StoredChange> changes = new HashMap<>();
        commit.changes().forEach(change -> changes.put(change.key(), change));
        List<OpResult> results = new ArrayList<>();
        for (Operation operation : branch(write, commit.conditionsHeld())) {
            Key key = ((Operation.OfKey) operation).key();
            StoredChange change = changes.get(key);
            if (operation instanceof Operation.Put put) {
                long created = change == null ? commit.revision() : change.created();
                long expires = expires(txn, key, put.ttlMillis(), commit.revision());
                results.add(new OpResult.Put(key, commit.revision(), created, expires));
            } else if (operation instanceof Operation.Touch touch) {
                results.add(
                        change == null
                                ? OpResult.Touched.none(key)
                                : new OpResult.Touched(
                                        key,
                                        commit.revision(),
                                        change.created(),
                                        expires(txn, key, touch.ttlMillis(), commit.revision())));
            } else {
                results.add(new OpResult.Deleted(key, change != null));
            }
        }
        return new TxnResult(commit.conditionsHeld(), commit.revision(), results);
    }

    /** When the record ends that this commit put: as it says itself, or else by when the commit was. */
    private long expires(Transaction txn, Key key, long ttlMillis, long revision) {
        if (ttlMillis == Operation.NO_TTL) {
            return StoredRecord.NEVER;
        }
        byte[] header = Tables.getStart(
                databases.records, txn, key.bytes(), LockMode.READ_UNCOMMITTED, RecordCodec.HEADER_BYTES);
        if (header.length > 0 && RecordCodec.header(header).revision() == revision) {
            return RecordCodec.header(header).expiresAtMillis();
        }
        return Tables.timeOf(databases, revision) + ttlMillis;
    }

    private static List<Operation> branch(Write write, boolean conditionsHeld) {
        return conditionsHeld ? write.txn().then() : write.txn().otherwise();
    }

    /** Keeps an answer that must be, with the write itself. */
    void keep(Transaction txn, Write write, TxnResult result, boolean changedSomething) {
        if (write.idempotency().given()) {
            byte[] digest = write.idempotency().digest();
            put(txn, byKey(write.idempotency()), new CachedAnswer(write.id(), digest, result), IDEMPOTENCY_HOURS);
        } else if (changedSomething && !canBeMadeAgain(branch(write, result.conditionsHeld()))) {
            put(txn, byId(write.id()), new CachedAnswer(write.id(), new byte[0], result), RESEND_HOURS);
        }
    }

    private static boolean canBeMadeAgain(List<Operation> operations) {
        if (operations.size() == 1) {
            return operations.get(0) instanceof Operation.OfKey;
        }
        Set<Key> keys = new HashSet<>();
        for (Operation operation : operations) {
            boolean one = operation instanceof Operation.OfKey ofKey && keys.add(ofKey.key());
            if (!one || operation instanceof Operation.Get) {
                return false;
            }
        }
        return true;
    }

    private void put(Transaction txn, byte[] key, CachedAnswer answer, int hours) {
        databases.requests.put(
                txn,
                new DatabaseEntry(key),
                new DatabaseEntry(answer.encode()),
                Put.OVERWRITE,
                new WriteOptions().setTTL(hours, TimeUnit.HOURS));
    }

    private static byte[] byKey(Idempotency idempotency) {
        byte[] key = idempotency.key().getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(1 + key.length).put(BY_KEY).put(key).array();
    }

    private static byte[] byId(RequestId id) {
        return ByteBuffer.allocate(1 + 2 * Long.BYTES)
                .put(BY_ID)
                .putLong(id.high())
                .putLong(id.low())
                .array();
    }
}
