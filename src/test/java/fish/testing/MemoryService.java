package fish.testing;

import fish.json.JsonEquality;
import fish.kv.Condition;
import fish.kv.Consistency;
import fish.kv.Idempotency;
import fish.kv.Key;
import fish.kv.OpResult;
import fish.kv.Operation;
import fish.kv.Outcome;
import fish.kv.Query;
import fish.kv.Read;
import fish.kv.ReadOutcome;
import fish.kv.Reason;
import fish.kv.Service;
import fish.kv.StoredRecord;
import fish.kv.Txn;
import fish.kv.TxnResult;
import fish.kv.Value;
import fish.kv.Write;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The vocabulary, executed to the letter on a map: the model of what every store must do. Answers on the
 * calling thread. Thread-safe.
 */
public class MemoryService implements Service {
    public static final String NODE = "memory";

    private record Answered(Idempotency idempotency, TxnResult result) {}

    private final LongSupplier clockMillis;
    private final Map<String, Answered> answers = new HashMap<>();
    private NavigableMap<Key, StoredRecord> records = new TreeMap<>();
    private long revision;

    public MemoryService(LongSupplier clockMillis) {
        this.clockMillis = clockMillis;
    }

    @Override
    public void write(Write write, Consumer<? super Outcome> answer) {
        answer.accept(apply(write));
    }

    @Override
    public void read(Read read, Consumer<? super ReadOutcome> answer) {
        answer.accept(look(read));
    }

    private synchronized Outcome apply(Write write) {
        Idempotency key = write.idempotency();
        Answered before = answers.get(key.key());
        if (key.given() && before != null) {
            return before.idempotency.equals(key)
                    ? new Outcome.Committed(before.result, true)
                    : Outcome.refused(Reason.IDEMPOTENCY_KEY_REUSED, "the key came with another request");
        }
        if (write.txn().then().stream().anyMatch(Operation.OfTokens.class::isInstance)) {
            return Outcome.refused(Reason.CONFLICT, "no tokens are kept here");
        }
        TxnResult result = run(write.txn());
        if (key.given()) {
            answers.put(key.key(), new Answered(key, result));
        }
        return new Outcome.Committed(result, false);
    }

    private synchronized ReadOutcome look(Read read) {
        if (read.after() > revision) {
            return ReadOutcome.failed(Reason.LAGGING, "revision " + read.after() + " is not here yet");
        }
        expire();
        if (read.query() instanceof Query.Range range) {
            return range(range, read.consistency());
        }
        if (read.query() instanceof Query.Count count) {
            long inside = records.keySet().stream()
                    .filter(key -> within(key, count.low(), count.high()))
                    .count();
            TxnResult result = new TxnResult(true, revision, List.of(new OpResult.Counted(inside)));
            return new ReadOutcome.Found(result, false, read.consistency(), NODE, 0);
        }
        Txn txn = read.query() instanceof Query.Get get
                ? Txn.of(new Operation.Get(get.key(), get.withValue()))
                : ((Query.Reads) read.query()).txn();
        return new ReadOutcome.Found(run(txn), false, read.consistency(), NODE, 0);
    }

    private ReadOutcome range(Query.Range range, Consistency consistency) {
        NavigableMap<Key, StoredRecord> ordered = range.reverse() ? records.descendingMap() : records;
        List<OpResult> results = new ArrayList<>();
        long bytes = 0;
        boolean more = false;
        for (StoredRecord record : ordered.values()) {
            byte[] key = record.key().bytes();
            boolean inside = within(record.key(), range.low(), range.high());
            if (inside && (results.size() == range.limit() || bytes >= range.bytesMax())) {
                more = true;
                break;
            }
            if (inside) {
                results.add(new OpResult.Got(range.withValues() ? record : withoutValue(record)));
                bytes += key.length + (range.withValues() ? record.value().bytes().length : 0);
            }
        }
        return new ReadOutcome.Found(new TxnResult(true, revision, results), more, consistency, NODE, 0);
    }

    private static boolean within(Key key, byte[] low, byte[] high) {
        return Arrays.compareUnsigned(key.bytes(), low) >= 0
                && (high.length == 0 || Arrays.compareUnsigned(key.bytes(), high) < 0);
    }

    private TxnResult run(Txn txn) {
        expire();
        boolean held = txn.conditions().stream().allMatch(this::holds);
        NavigableMap<Key, StoredRecord> after = new TreeMap<>(records);
        List<OpResult> results = new ArrayList<>();
        boolean changed = false;
        for (Operation operation : held ? txn.then() : txn.otherwise()) {
            OpResult result = step(operation, after, revision + 1);
            results.add(result);
            changed |= result instanceof OpResult.Put
                    || (result instanceof OpResult.Deleted d && d.deleted())
                    || (result instanceof OpResult.Touched t && t.exists())
                    || (result instanceof OpResult.DeletedRange r && r.deleted() > 0);
        }
        records = after;
        revision += changed ? 1 : 0;
        return new TxnResult(held, revision, results);
    }

    private OpResult step(Operation operation, NavigableMap<Key, StoredRecord> into, long next) {
        if (operation instanceof Operation.DeleteRange range) {
            List<Key> inside = into.keySet().stream()
                    .filter(each -> within(each, range.low(), range.high()))
                    .toList();
            inside.stream().limit(range.limit()).forEach(into::remove);
            return new OpResult.DeletedRange(Math.min(range.limit(), inside.size()), inside.size() > range.limit());
        }
        Key key = ((Operation.OfKey) operation).key();
        if (operation instanceof Operation.Put put) {
            StoredRecord old = into.get(key);
            long created = old == null ? next : old.created();
            long expires = expires(put.ttlMillis());
            into.put(key, new StoredRecord(key, put.value(), next, created, expires));
            return new OpResult.Put(key, next, created, expires);
        }
        if (operation instanceof Operation.Touch touch) {
            StoredRecord old = into.get(key);
            if (old == null) {
                return OpResult.Touched.none(key);
            }
            long expires = expires(touch.ttlMillis());
            into.put(key, new StoredRecord(key, old.value(), next, old.created(), expires));
            return new OpResult.Touched(key, next, old.created(), expires);
        }
        if (operation instanceof Operation.Delete) {
            return new OpResult.Deleted(key, into.remove(key) != null);
        }
        StoredRecord record = into.get(key);
        if (record == null) {
            return new OpResult.Absent(key);
        }
        return new OpResult.Got(((Operation.Get) operation).withValue() ? record : withoutValue(record));
    }

    private long expires(long ttlMillis) {
        return ttlMillis == Operation.NO_TTL ? StoredRecord.NEVER : clockMillis.getAsLong() + ttlMillis;
    }

    private boolean holds(Condition condition) {
        StoredRecord record = records.get(condition.key());
        if (condition instanceof Condition.Exists exists) {
            return (record != null) == exists.expected();
        }
        if (condition instanceof Condition.RevisionIn in) {
            return (record != null && in.revisions().contains(record.revision())) == in.expected();
        }
        if (record == null) {
            return false;
        }
        if (condition instanceof Condition.BytesAre bytes) {
            return Arrays.equals(record.value().bytes(), bytes.bytes());
        }
        Value value = record.value();
        return value.contentEncoding().isEmpty()
                && JsonEquality.same(value.bytes(), ((Condition.JsonIs) condition).json());
    }

    private void expire() {
        long now = clockMillis.getAsLong();
        if (records.values().removeIf(record -> record.expired(now))) {
            revision++;
        }
    }

    private static StoredRecord withoutValue(StoredRecord record) {
        Value value = record.value();
        return new StoredRecord(
                record.key(),
                new Value(new byte[0], value.contentType(), value.contentEncoding()),
                record.revision(),
                record.created(),
                record.expiresAtMillis());
    }
}
