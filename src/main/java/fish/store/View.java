package fish.store;

import fish.json.JsonEquality;
import fish.kv.Condition;
import fish.kv.Key;
import fish.kv.OpResult;
import fish.kv.Operation;
import fish.kv.Query;
import fish.kv.StoredRecord;
import fish.kv.Txn;
import fish.kv.TxnResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What queries and transactions see in the records: conditions, gets and pages. It promises no snapshot
 * by itself; who uses it sees to that.
 */
public final class View {
    /** Where records are found. */
    interface Lookup {
        /**
         * @return so much of what is stored, at least; empty: nothing
         */
        byte[] find(Key key, Part part);
    }

    private final Lookup records;

    public View(Lookup records) {
        this.records = records;
    }

    /**
     * @param more whether a range stopped at a limit
     */
    public record Page(TxnResult result, boolean more) {}

    /**
     * @param revision of the state that is seen
     */
    static Page run(Records records, Query query, long revision) {
        if (query instanceof Query.Range range) {
            PageBuilder page = new PageBuilder(range);
            boolean more = records.scan(range, page::add);
            return page.page(revision, more);
        }
        if (query instanceof Query.Count count) {
            long[] keys = {0};
            records.keys(count.spans(), key -> ++keys[0] > 0);
            return counted(keys[0], revision);
        }
        View view = new View(records);
        if (query instanceof Query.Get get) {
            OpResult result = view.get(new Operation.Get(get.key(), get.withValue()));
            return new Page(new TxnResult(true, revision, List.of(result)), false);
        }
        return view.reads(((Query.Reads) query).txn(), revision);
    }

    static Page counted(long count, long revision) {
        return new Page(new TxnResult(true, revision, List.of(new OpResult.Counted(count))), false);
    }

    Page reads(Txn txn, long revision) {
        boolean held = holds(txn.conditions());
        Answer answer = new Answer();
        for (Operation operation : held ? txn.then() : txn.otherwise()) {
            answer.add(get((Operation.Get) operation));
        }
        return new Page(new TxnResult(held, revision, answer.results()), false);
    }

    public OpResult get(Operation.Get get) {
        Key key = get.key();
        byte[] stored = records.find(key, Part.of(get.withValue()));
        return stored.length == 0
                ? new OpResult.Absent(key)
                : new OpResult.Got(RecordCodec.decode(key, stored, get.withValue()));
    }

    /** What gets answer, as long as it is not too much. Not thread-safe. */
    public static final class Answer {
        private final List<OpResult> results = new ArrayList<>();
        private long bytes;

        /**
         * @throws TooLargeException if all that was added has too many bytes of values
         */
        public void add(OpResult result) {
            if (result instanceof OpResult.Got got) {
                add(got.record().value().bytes().length);
            }
            results.add(result);
        }

        /** All that was added, in order. */
        public List<OpResult> results() {
            return results;
        }

        /** Counts a value that is answered, too. */
        public void add(int valueBytes) {
            bytes += valueBytes;
            if (bytes > Txn.ANSWER_BYTES_MAX) {
                throw new TooLargeException();
            }
        }
    }

    public boolean holds(List<Condition> conditions) {
        for (Condition condition : conditions) {
            if (!holds(condition)) {
                return false;
            }
        }
        return true;
    }

    /** Whether one condition holds. */
    boolean holds(Condition condition) {
        if (condition instanceof Condition.Exists exists) {
            return (records.find(exists.key(), Part.HEADER).length > 0) == exists.expected();
        }
        if (condition instanceof Condition.RevisionIn revisions) {
            byte[] stored = records.find(revisions.key(), Part.HEADER);
            boolean among = stored.length > 0
                    && revisions.revisions().contains(RecordCodec.header(stored).revision());
            return among == revisions.expected();
        }
        byte[] stored = records.find(condition.key(), Part.WHOLE);
        if (stored.length == 0) {
            return false;
        }
        StoredRecord record = RecordCodec.decode(condition.key(), stored, true);
        byte[] bytes = record.value().bytes();
        if (condition instanceof Condition.BytesAre same) {
            return Arrays.equals(bytes, same.bytes());
        }
        return record.value().contentEncoding().isEmpty()
                && JsonEquality.same(bytes, ((Condition.JsonIs) condition).json());
    }
}
