package fish.store.master;

import com.sleepycat.je.Database;
import com.sleepycat.je.DatabaseEntry;
import com.sleepycat.je.LockMode;
import com.sleepycat.je.OperationStatus;
import com.sleepycat.je.Transaction;
import fish.kv.Key;
import fish.kv.OpResult;
import fish.kv.Operation;
import fish.kv.RequestId;
import fish.kv.StoredRecord;
import fish.kv.Txn;
import fish.kv.TxnResult;
import fish.store.Databases;
import fish.store.RecordCodec;
import fish.store.Records;
import fish.store.StoredChange;
import fish.store.StoredCommit;
import fish.store.Tables;
import fish.store.ToldEnds;
import fish.store.TooLargeException;
import fish.store.View;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs transactions one after the other inside one JE transaction, and remembers what they changed. For
 * the pen's thread alone: since nobody else writes, it reads without locks and sees its own writes.
 */
final class TxnRunner {
    /** Of looking for records whose time has ended among the first of a range: each ends some. */
    private static final int END_ROUNDS_MAX = 10;

    private final Databases databases;
    private final Transaction txn;
    private final long nowMillis;
    private final List<StoredCommit> commits = new ArrayList<>();
    private final Ends ends;
    private long nextEndMillis;
    private long lastRevision;

    /**
     * @param lastRevision the last that was given; every transaction that changes something gets the next
     * @param nowMillis the master's clock, from which TTLs count
     * @param ends where records stand whose time ends
     */
    TxnRunner(Databases databases, Transaction txn, long lastRevision, long nowMillis, Ends ends) {
        this.databases = databases;
        this.txn = txn;
        this.lastRevision = lastRevision;
        this.nowMillis = nowMillis;
        this.ends = ends;
        this.nextEndMillis = ends.nextMillis();
    }

    /** Whether records wait whose time has ended. */
    boolean endsAreDue() {
        return nextEndMillis <= nowMillis;
    }

    /**
     * Tells of records whose time has ended, the longest ended first, each in a commit of its own.
     *
     * @param nanosMax about how long it may take
     */
    void tellEnds(long nanosMax) {
        nextEndMillis = ends.tell(txn, nowMillis, nanosMax, this::tellEnd);
    }

    /** Gives the revision that it was told by, or the one before where there is no such record. */
    private long tellEnd(Key key) {
        DatabaseEntry nothing = new DatabaseEntry();
        nothing.setPartial(0, 0, true);
        DatabaseEntry stored = new DatabaseEntry(key.bytes());
        if (databases.records.get(txn, stored, nothing, LockMode.READ_UNCOMMITTED) == OperationStatus.SUCCESS) {
            commitDelete(key);
        }
        return lastRevision;
    }

    /** A record that a request names is gone when its time has ended, whether it was its turn or not. */
    private void endNamed(Txn request) {
        request.conditions().forEach(condition -> endIfDue(condition.key()));
        request.then().forEach(this::endNamed);
        request.otherwise().forEach(this::endNamed);
    }

    private void endNamed(Operation operation) {
        if (operation instanceof Operation.OfKey of) {
            endIfDue(of.key());
        } else if (operation instanceof Operation.DeleteRange range) {
            long before;
            int rounds = 0;
            do {
                before = lastRevision;
                first(range).forEach(this::endIfDue);
            } while (lastRevision > before && ++rounds < END_ROUNDS_MAX);
        }
    }

    private void endIfDue(Key key) {
        byte[] stored = header(key);
        if (stored.length == 0) {
            return;
        }
        RecordCodec.Header header = RecordCodec.header(stored);
        long end = header.expiresAtMillis();
        boolean told = ends.told().include(key.bytes(), end, header.revision());
        if (told || (end != StoredRecord.NEVER && end <= nowMillis)) {
            forgetExpiry(key, end);
            databases.records.delete(txn, new DatabaseEntry(key.bytes()));
        }
        if (!told && end != StoredRecord.NEVER && end <= nowMillis) {
            commitDelete(key);
        }
    }

    private void commitDelete(Key key) {
        lastRevision++;
        commits.add(new StoredCommit(lastRevision, StoredCommit.OWN, true, List.of(new StoredChange(key, true, 0))));
    }

    long lastRevision() {
        return lastRevision;
    }

    /** What changed something, in order. */
    List<StoredCommit> commits() {
        return commits;
    }

    /**
     * @throws TooLargeException if its gets would answer too much; nothing is written then
     * @throws RefusedException if it may not be done as things are; nothing is written then
     */
    TxnResult run(Txn request, RequestId id) {
        if (endsAreDue() || !ends.told().isEmpty()) {
            endNamed(request);
        }
        if (request.then().size() == 1 && request.then().get(0) instanceof Operation.OfTokens change) {
            return changeTokens(change, id);
        }
        View view = new View(records());
        boolean held = view.holds(request.conditions());
        List<Operation> operations = held ? request.then() : request.otherwise();
        Map<Key, OpResult> stored = readAhead(view, operations);
        long revision = lastRevision + 1;
        List<OpResult> results = new ArrayList<>(operations.size());
        Map<Key, StoredChange> changes = new LinkedHashMap<>();
        for (Operation operation : operations) {
            if (operation instanceof Operation.Put put) {
                results.add(put(put, revision, changes));
            } else if (operation instanceof Operation.Delete delete) {
                results.add(delete(delete.key(), changes));
            } else if (operation instanceof Operation.Touch touch) {
                results.add(touch(touch, revision, changes));
            } else if (operation instanceof Operation.DeleteRange range) {
                results.add(deleteRange(range, changes));
            } else {
                Operation.Get get = (Operation.Get) operation;
                OpResult read = get.withValue() && !changes.containsKey(get.key()) ? stored.get(get.key()) : null;
                results.add(read == null ? view.get(get) : read);
            }
        }
        if (changes.isEmpty()) {
            return new TxnResult(held, lastRevision, results);
        }
        lastRevision = revision;
        commits.add(new StoredCommit(revision, id, held, List.copyOf(changes.values())));
        return new TxnResult(held, revision, results);
    }

    /** A commit of its own that changes no key: watchers are told nothing, and its revision says when it is everywhere. */
    private TxnResult changeTokens(Operation.OfTokens change, RequestId id) {
        new TokenChanges(databases, txn, lastRevision + 1, nowMillis).apply(change);
        lastRevision++;
        commits.add(new StoredCommit(lastRevision, id, true, List.of()));
        return new TxnResult(true, lastRevision, List.of());
    }

    /**
     * What the gets find before anything is written, and that all of them together do not find too much, nor
     * the touches, which write values anew.
     */
    private static Map<Key, OpResult> readAhead(View view, List<Operation> operations) {
        Map<Key, OpResult> stored = new HashMap<>();
        Map<Key, Integer> written = new HashMap<>();
        View.Answer answer = new View.Answer();
        View.Answer rewritten = new View.Answer();
        for (Operation operation : operations) {
            if (operation instanceof Operation.Put put) {
                written.put(put.key(), put.value().bytes().length);
            } else if (operation instanceof Operation.Delete delete) {
                written.put(delete.key(), 0);
            } else if (operation instanceof Operation.Touch touch) {
                Integer own = written.get(touch.key());
                rewritten.add(own == null ? valueBytes(view, touch.key()) : own);
            } else if (operation instanceof Operation.Get get && get.withValue()) {
                Integer own = written.get(get.key());
                if (own == null) {
                    answer.add(stored.computeIfAbsent(get.key(), any -> view.get(get)));
                } else {
                    answer.add(own);
                }
            }
        }
        return stored;
    }

    private static int valueBytes(View view, Key key) {
        return view.get(new Operation.Get(key, true)) instanceof OpResult.Got got
                ? got.record().value().bytes().length
                : 0;
    }

    private OpResult.Put put(Operation.Put put, long revision, Map<Key, StoredChange> changes) {
        Key key = put.key();
        byte[] before = header(key);
        long created = revision;
        if (before.length > 0) {
            RecordCodec.Header header = RecordCodec.header(before);
            created = header.created();
            forgetExpiry(key, header.expiresAtMillis());
        }
        long expires = put.ttlMillis() == Operation.NO_TTL ? StoredRecord.NEVER : nowMillis + put.ttlMillis();
        databases.records.put(
                txn,
                new DatabaseEntry(key.bytes()),
                new DatabaseEntry(RecordCodec.encode(put.value(), revision, created, expires)));
        if (expires != StoredRecord.NEVER) {
            databases.expiries.put(
                    txn, new DatabaseEntry(ToldEnds.place(expires, key.bytes())), new DatabaseEntry(Tables.NOTHING));
            ends.wrote(expires);
        }
        changes.remove(key);
        changes.put(key, new StoredChange(key, false, created));
        return new OpResult.Put(key, revision, created, expires);
    }

    private OpResult delete(Key key, Map<Key, StoredChange> changes) {
        byte[] before = header(key);
        if (before.length == 0) {
            return new OpResult.Deleted(key, false);
        }
        forgetExpiry(key, RecordCodec.header(before).expiresAtMillis());
        databases.records.delete(txn, new DatabaseEntry(key.bytes()));
        changes.remove(key);
        changes.put(key, new StoredChange(key, true, 0));
        return new OpResult.Deleted(key, true);
    }

    private OpResult touch(Operation.Touch touch, long revision, Map<Key, StoredChange> changes) {
        Key key = touch.key();
        byte[] stored = Tables.get(databases.records, txn, key.bytes(), LockMode.READ_UNCOMMITTED);
        if (stored.length == 0) {
            return OpResult.Touched.none(key);
        }
        StoredRecord record = RecordCodec.decode(key, stored, true);
        OpResult.Put put = put(new Operation.Put(key, record.value(), touch.ttlMillis()), revision, changes);
        return new OpResult.Touched(key, revision, put.created(), put.expiresAtMillis());
    }

    private OpResult deleteRange(Operation.DeleteRange range, Map<Key, StoredChange> changes) {
        List<Key> keys = first(range);
        boolean more = keys.size() > range.limit();
        List<Key> gone = more ? keys.subList(0, range.limit()) : keys;
        gone.forEach(key -> delete(key, changes));
        return new OpResult.DeletedRange(gone.size(), more);
    }

    /** Those that it deletes, and one more where there is one. */
    private List<Key> first(Operation.DeleteRange range) {
        List<Key> keys = new ArrayList<>();
        records().keys(range.spans(), key -> {
            keys.add(Key.of(key));
            return keys.size() <= range.limit();
        });
        return keys;
    }

    private Records records() {
        return new Records(databases, txn, LockMode.READ_UNCOMMITTED, ends.told());
    }

    private byte[] header(Key key) {
        Database records = databases.records;
        return Tables.getStart(records, txn, key.bytes(), LockMode.READ_UNCOMMITTED, RecordCodec.HEADER_BYTES);
    }

    private void forgetExpiry(Key key, long expiresAtMillis) {
        if (expiresAtMillis != StoredRecord.NEVER) {
            databases.expiries.delete(txn, new DatabaseEntry(ToldEnds.place(expiresAtMillis, key.bytes())));
        }
    }
}
