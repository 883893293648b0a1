package fish.client;

import fish.kv.Condition;
import fish.kv.Key;
import fish.kv.Operation;
import fish.kv.StoredRecord;
import fish.kv.Txn;
import fish.kv.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * One try of {@link FishClient#transact}: what was read, and what is to be written. Reads of different keys may see
 * different states; then the try is not committed and another one begins. For the thread that runs the work, until it
 * returns.
 */
public final class Tx {
    private final Function<Key, Optional<StoredRecord>> store;
    private final Map<Key, Optional<StoredRecord>> reads = new LinkedHashMap<>();
    private final Map<Key, Operation> writes = new LinkedHashMap<>();

    Tx(Function<Key, Optional<StoredRecord>> store) {
        this.store = store;
    }

    /**
     * The value as this transaction has left it, or as the store has it.
     *
     * @throws ReadFailedException where it could not be read
     * @throws IllegalStateException where {@value Txn#ENTRIES_MAX} keys were read already
     */
    public Optional<Value> get(Key key) {
        Operation written = writes.get(key);
        if (written instanceof Operation.Put put) {
            return Optional.of(put.value());
        }
        return written == null ? read(key).map(StoredRecord::value) : Optional.empty();
    }

    /**
     * The record as the store has it, with its revision: what this transaction has written itself is not seen here.
     *
     * @throws ReadFailedException as {@link #get}
     * @throws IllegalStateException as {@link #get}
     */
    public Optional<StoredRecord> record(Key key) {
        return read(key);
    }

    /** At the end, where all that was read is as it was. {@link IllegalStateException} beyond {@value Txn#ENTRIES_MAX} keys. */
    public Tx put(Key key, Value value) {
        return write(new Operation.Put(key, value, Operation.NO_TTL));
    }

    /** As {@link #put(Key, Value)}, of a record that lives this long, to the millisecond. */
    public Tx put(Key key, Value value, Duration ttl) {
        return write(new Operation.Put(key, value, WriteOptions.ttlMillis(ttl)));
    }

    /** As {@link #put(Key, Value)}; nothing where there is no record. */
    public Tx delete(Key key) {
        return write(new Operation.Delete(key));
    }

    private Optional<StoredRecord> read(Key key) {
        requireRoom(reads, key);
        return reads.computeIfAbsent(key, store);
    }

    private Tx write(Operation.OfKey operation) {
        requireRoom(writes, operation.key());
        writes.put(operation.key(), operation);
        return this;
    }

    private static void requireRoom(Map<Key, ?> entries, Key key) {
        if (entries.size() == Txn.ENTRIES_MAX && !entries.containsKey(key)) {
            throw new IllegalStateException("a transaction reads and writes at most " + Txn.ENTRIES_MAX + " keys each");
        }
    }

    /** Whether there is anything to check or to do: one read alone was consistent by itself. */
    boolean needsCommit() {
        return !writes.isEmpty() || reads.size() > 1;
    }

    /** The writes, if every read would still find the same. */
    Txn commit() {
        List<Condition> conditions = new ArrayList<>();
        reads.forEach((key, record) -> conditions.add(
                record.isPresent()
                        ? new Condition.RevisionIn(key, Set.of(record.get().revision()), true)
                        : new Condition.Exists(key, false)));
        return new Txn(conditions, List.copyOf(writes.values()), List.of());
    }
}
