package fish.store;

import com.sleepycat.je.LockMode;
import fish.kv.Condition;
import fish.kv.Key;
import fish.kv.OpResult;
import fish.kv.Operation;
import fish.kv.Query;
import fish.kv.Txn;
import fish.kv.TxnResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * One state of all that a query asks for, read while a pen or replay goes on.
 *
 * <p>JE lets go of a commit's locks one by one, so that what is read one after the other is no state. But
 * the {@code changes} tell what came meanwhile: keys of theirs that were read are read again, until
 * nothing more came that matters. Why that is enough:
 *
 * <ul>
 *   <li>Batches are written one after the other, each with its {@code changes} last and then a commit. So
 *       a batch whose changes cannot be seen yet, not even uncommitted, still has all of its locks, and
 *       nothing of it was read.
 *   <li>Once they can be seen, all that the batch wrote is locked until it ends. So a committed read of
 *       one of its keys, begun then, waits, and sees what the batch left or something later.
 *   <li>The state before the last batch needs no proof: that batch began when the one before was over.
 * </ul>
 *
 * One thread, one read.
 */
final class Snapshot {
    private static final int ROUNDS_MAX = 200;

    private final Databases databases;
    private final Records records;
    private final NavigableMap<Key, byte[]> stored = new TreeMap<>();
    private long revision;

    /**
     * @param records read committed
     */
    Snapshot(Databases databases, Records records) {
        this.databases = databases;
        this.records = records;
    }

    /**
     * @return empty: it changes too fast
     */
    Optional<View.Page> read(Query query) {
        if (query instanceof Query.Get get) {
            return Optional.of(one(get));
        }
        revision = Math.max(
                Tables.lastButOneRevision(databases),
                Math.max(
                        Tables.masterRecord(databases, LockMode.READ_UNCOMMITTED)
                                .lastRevision(),
                        Tables.progress(databases, LockMode.READ_UNCOMMITTED).lastRevision()));
        if (query instanceof Query.Count count) {
            return count(count);
        }
        return query instanceof Query.Range range ? page(range) : reads(((Query.Reads) query).txn());
    }

    /** One record is always of one state: that of its own revision. */
    private View.Page one(Query.Get get) {
        OpResult result = new View(records).get(new Operation.Get(get.key(), get.withValue()));
        long at = result instanceof OpResult.Got got ? got.record().revision() : 0;
        return new View.Page(new TxnResult(true, at, List.of(result)), false);
    }

    private Optional<View.Page> reads(Txn txn) {
        txn.conditions().stream().map(Condition::key).forEach(this::load);
        for (List<Operation> operations : List.of(txn.then(), txn.otherwise())) {
            operations.forEach(operation -> load(((Operation.OfKey) operation).key()));
        }
        if (!settle(stored::containsKey)) {
            return Optional.empty();
        }
        View view = new View((key, headerIsEnough) -> stored.getOrDefault(key, Tables.NOTHING));
        return Optional.of(view.reads(txn, revision));
    }

    private Optional<View.Page> count(Query.Count count) {
        KeyHashes counted = new KeyHashes();
        records.keys(count.low(), count.high(), key -> {
            counted.add(key);
            return true;
        });
        if (!settle(key -> within(count.low(), count.high(), key))) {
            return Optional.empty();
        }
        // Of what changed meanwhile nobody knows whether it was counted before or after; so it is counted again.
        OptionalLong rest = counted.countWithout(stored.keySet());
        if (rest.isEmpty()) {
            return Optional.empty();
        }
        long again = stored.values().stream().filter(bytes -> bytes.length > 0).count();
        return Optional.of(View.counted(rest.getAsLong() + again, revision));
    }

    private static boolean within(byte[] low, byte[] high, Key key) {
        return Arrays.compareUnsigned(key.bytes(), low) >= 0
                && (high.length == 0 || Arrays.compareUnsigned(key.bytes(), high) < 0);
    }

    private Optional<View.Page> page(Query.Range range) {
        PageBuilder limits = new PageBuilder(range);
        List<Key> read = new ArrayList<>();
        records.scan(range, (key, bytes) -> {
            boolean room = limits.add(key, bytes);
            if (room) {
                read.add(key);
                stored.put(key, bytes);
            }
            return room;
        });
        boolean beyond = limits.page(0, false).more();
        if (!settle(within(range, beyond ? read.subList(read.size() - 1, read.size()) : List.of()))) {
            return Optional.empty();
        }
        PageBuilder page = new PageBuilder(range);
        for (var entry : (range.reverse() ? stored.descendingMap() : stored).entrySet()) {
            if (entry.getValue().length > 0 && !page.add(entry.getKey(), entry.getValue())) {
                break;
            }
        }
        // All of it was deleted meanwhile, and where the next page begins could not be said.
        boolean lost = beyond && page.isEmpty();
        return lost ? Optional.empty() : Optional.of(page.page(revision, beyond));
    }

    /**
     * What lies in the range, as far as it was read.
     *
     * @param last where reading stopped, if at a limit
     */
    private static Predicate<Key> within(Query.Range range, List<Key> last) {
        Predicate<Key> asked = key -> within(range.low(), range.high(), key);
        if (last.isEmpty()) {
            return asked;
        }
        int sign = range.reverse() ? -1 : 1;
        return asked.and(key -> sign * key.compareTo(last.get(0)) <= 0);
    }

    /** Reads again what came meanwhile, until nothing does. */
    private boolean settle(Predicate<Key> matters) {
        for (int round = 0; round < ROUNDS_MAX; round++) {
            List<CommitBatch> batches = Tables.batchesAfter(databases, revision);
            List<Key> again = new ArrayList<>();
            for (CommitBatch batch : batches) {
                for (StoredCommit commit : batch.commits()) {
                    revision = commit.revision();
                    commit.changes().stream()
                            .map(StoredChange::key)
                            .filter(matters)
                            .forEach(again::add);
                }
            }
            if (again.isEmpty()) {
                return true;
            }
            again.forEach(this::load);
        }
        return false;
    }

    private void load(Key key) {
        stored.put(key, records.find(key, false));
    }
}
