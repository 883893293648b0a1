package fish.store;

import fish.kv.Key;
import fish.kv.OpResult;
import fish.kv.Operation;
import fish.kv.Query;
import fish.kv.Span;
import fish.kv.Txn;
import fish.kv.TxnResult;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
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
 * On the master the pen can say when nothing is half written, and records are read as it left them,
 * committed or not: what the changes tell at such a moment, they tell whole.
 *
 * <p>One thread, one read.
 */
public final class Snapshot {
    private static final int ROUNDS_MAX = 200;

    /** By which what is in a page may grow while it is read again. */
    private static final long SLACK_BYTES = 8 << 20;

    /** About what the keys may hold of the heap that changed while it was read. */
    private static final long CHANGED_BYTES_MAX = 16 << 20;
    /** About what one takes beside its own bytes. */
    private static final long KEY_BYTES = 100;

    /** Who writes while it reads. */
    public interface Writer {
        /**
         * The revision of a state that is whole, which is everything up to it and nothing beyond.
         */
        long revision();

        /**
         * Waits until nothing is half written.
         *
         * @return false: it took too long
         */
        boolean quiet();
    }

    private final Databases databases;
    private final Records records;
    private final Writer writer;
    private final NavigableMap<Key, byte[]> found = new TreeMap<>();
    private long bytesMax;
    private long revision;

    /**
     * @param records read committed, unless the writer says when it is quiet
     */
    Snapshot(Databases databases, Records records, Writer writer) {
        this.databases = databases;
        this.records = records;
        this.writer = writer;
    }

    /**
     * @return empty: it changes too fast
     */
    Optional<View.Page> read(Query query) {
        if (query instanceof Query.Get get) {
            return Optional.of(one(get));
        }
        if (!writer.quiet()) {
            return Optional.empty();
        }
        begin();
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
        return new TxnSnapshot(records, txn).read(this);
    }

    private Optional<View.Page> count(Query.Count count) {
        KeyHashes counted = new KeyHashes();
        records.keys(count.spans(), key -> {
            counted.add(key);
            return true;
        });
        List<Span> spans = count.spans();
        bytesMax = SLACK_BYTES;
        Part headers = Part.of(false);
        if (!settle(key -> within(spans, key), keys -> load(keys, headers))) {
            return Optional.empty();
        }
        // Of what changed meanwhile nobody knows whether it was counted before or after; so it is counted again.
        OptionalLong rest = counted.countWithout(found.keySet());
        if (rest.isEmpty()) {
            return Optional.empty();
        }
        long again = found.values().stream().filter(bytes -> bytes.length > 0).count();
        return Optional.of(View.counted(rest.getAsLong() + again, revision));
    }

    static boolean within(byte[] low, byte[] high, Key key) {
        return Arrays.compareUnsigned(key.bytes(), low) >= 0
                && (high.length == 0 || Arrays.compareUnsigned(key.bytes(), high) < 0);
    }

    private static boolean within(List<Span> spans, Key key) {
        byte[] bytes = key.bytes();
        for (Span span : spans) {
            if (span.beginsBy(bytes) && span.endsAfter(bytes)) {
                return true;
            }
        }
        return false;
    }

    private Optional<View.Page> page(Query.Range range) {
        PageBuilder limits = new PageBuilder(range);
        long[] bytes = new long[1];
        boolean beyond = records.scan(range, (key, stored) -> {
            found.put(key, stored);
            bytes[0] += stored.length;
            boolean room = limits.add(key, stored);
            limits.forgetLastValue();
            return room;
        });
        bytesMax = 2 * bytes[0] + SLACK_BYTES;
        Part part = Part.of(range.withValues());
        boolean settled = settle(within(range, beyond ? List.of(limits.last()) : List.of()), keys -> load(keys, part));
        if (!settled) {
            return Optional.empty();
        }
        return page(range, beyond);
    }

    private Optional<View.Page> page(Query.Range range, boolean beyond) {
        PageBuilder page = new PageBuilder(range);
        boolean more = beyond;
        while (!found.isEmpty()) {
            // Each leaves here as it enters there, so that no value is held twice for long.
            var entry = range.reverse() ? found.pollLastEntry() : found.pollFirstEntry();
            if (entry.getValue().length > 0) {
                if (!page.hasRoom()) {
                    more = true;
                    break;
                }
                page.add(entry.getKey(), entry.getValue());
            }
        }
        // All of it was deleted meanwhile, and where the next page begins could not be said.
        boolean lost = beyond && page.isEmpty();
        return lost ? Optional.empty() : Optional.of(page.page(revision, more));
    }

    private boolean load(List<Key> keys, Part part) {
        for (Key key : keys) {
            found.put(key, records.find(key, part));
        }
        long bytes = 0;
        for (byte[] stored : found.values()) {
            bytes += stored.length;
        }
        return bytes <= bytesMax;
    }

    /**
     * What lies in the range, as far as it was read.
     *
     * @param last where reading stopped, if at a limit
     */
    private static Predicate<Key> within(Query.Range range, List<Key> last) {
        List<Span> spans = range.spans();
        Predicate<Key> asked = key -> within(spans, key);
        if (last.isEmpty()) {
            return asked;
        }
        int sign = range.reverse() ? -1 : 1;
        return asked.and(key -> sign * key.compareTo(last.get(0)) <= 0);
    }

    /** From here on is read; what came before is in it. */
    void begin() {
        revision = writer.revision();
        records.look();
    }

    /**
     * Has what came meanwhile read again, until nothing does.
     *
     * @param again reads these keys; false: give up
     * @return false: it changes too fast
     */
    boolean settle(Predicate<Key> matters, Predicate<List<Key>> again) {
        for (int round = 0; round < ROUNDS_MAX && writer.quiet(); round++) {
            Set<Key> changed = new HashSet<>();
            if (!changedSince(matters, changed)) {
                return false;
            }
            if (changed.isEmpty()) {
                return true;
            }
            // Watchers may have been told of some that they have ended, which then lie there as before.
            records.look();
            if (!again.test(List.copyOf(changed))) {
                return false;
            }
        }
        return false;
    }

    /** False: they are too many to be held. */
    private boolean changedSince(Predicate<Key> matters, Set<Key> changed) {
        long[] bytes = {0};
        Tables.batchesAfter(databases, revision, batch -> {
            for (StoredCommit commit : batch.commits()) {
                revision = commit.revision();
                for (StoredChange change : commit.changes()) {
                    if (matters.test(change.key()) && changed.add(change.key())) {
                        bytes[0] += KEY_BYTES + change.key().bytes().length;
                    }
                }
            }
            return bytes[0] <= CHANGED_BYTES_MAX;
        });
        return bytes[0] <= CHANGED_BYTES_MAX;
    }

    /** Of what was read. */
    long revision() {
        return revision;
    }
}
