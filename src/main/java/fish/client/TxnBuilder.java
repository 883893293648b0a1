package fish.client;

import fish.kv.Condition;
import fish.kv.Key;
import fish.kv.Operation;
import fish.kv.Txn;
import fish.kv.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Puts a transaction together: conditions, then operations, then, after {@link #otherwise}, those for when a condition
 * does not hold. Not thread-safe.
 */
public final class TxnBuilder {
    private final List<Condition> conditions = new ArrayList<>();
    private final List<Operation> then = new ArrayList<>();
    private final List<Operation> otherwise = new ArrayList<>();
    private List<Operation> branch = then;

    public TxnBuilder ifRevision(Key key, long revision) {
        return when(new Condition.RevisionIn(key, Set.of(revision), true));
    }

    public TxnBuilder ifExists(Key key) {
        return when(new Condition.Exists(key, true));
    }

    public TxnBuilder ifAbsent(Key key) {
        return when(new Condition.Exists(key, false));
    }

    /** There is a record, and its bytes are these. */
    public TxnBuilder ifBytes(Key key, byte[] bytes) {
        return when(new Condition.BytesAre(key, bytes));
    }

    /** There is a record, and it is this JSON: numbers by value, members in any order. */
    public TxnBuilder ifJson(Key key, String json) {
        return when(new Condition.JsonIs(key, json));
    }

    public TxnBuilder put(Key key, Value value) {
        branch.add(new Operation.Put(key, value, Operation.NO_TTL));
        return this;
    }

    /** A record that lives this long, to the millisecond. */
    public TxnBuilder put(Key key, Value value, Duration ttl) {
        branch.add(new Operation.Put(key, value, WriteOptions.ttlMillis(ttl)));
        return this;
    }

    /** The record as it is lives this long from now on, to the millisecond; nothing where there is none. */
    public TxnBuilder touch(Key key, Duration ttl) {
        branch.add(new Operation.Touch(key, WriteOptions.ttlMillis(ttl)));
        return this;
    }

    /** The record as it is never ends; nothing where there is none. */
    public TxnBuilder touchForever(Key key) {
        branch.add(new Operation.Touch(key, Operation.NO_TTL));
        return this;
    }

    public TxnBuilder delete(Key key) {
        branch.add(new Operation.Delete(key));
        return this;
    }

    public TxnBuilder get(Key key) {
        branch.add(new Operation.Get(key, true));
        return this;
    }

    /** What follows runs where a condition does not hold. */
    public TxnBuilder otherwise() {
        branch = otherwise;
        return this;
    }

    public Txn build() {
        return new Txn(conditions, then, otherwise);
    }

    private TxnBuilder when(Condition condition) {
        conditions.add(condition);
        return this;
    }
}
