package fish.store;

import fish.contract.JsonSize;
import fish.kv.Key;
import fish.kv.OpResult;
import fish.kv.Query;
import fish.kv.StoredRecord;
import fish.kv.TxnResult;
import java.util.ArrayList;
import java.util.List;

/** Takes records in the order of a range, as many as its page may have. Not thread-safe. */
final class PageBuilder {
    private final Query.Range range;
    private final List<OpResult> results = new ArrayList<>();
    private long jsonBytes;

    PageBuilder(Query.Range range) {
        this.range = range;
    }

    /** Whether it takes another. */
    boolean hasRoom() {
        return results.size() < range.limit() && jsonBytes < range.bytesMax();
    }

    /**
     * Takes a record; there must be room.
     *
     * @return whether there is room for another
     */
    boolean add(Key key, byte[] stored) {
        StoredRecord record = RecordCodec.decode(key, stored, range.withValues());
        jsonBytes += JsonSize.about(record, range.withValues());
        results.add(new OpResult.Got(record));
        return hasRoom();
    }

    /** The key of the last one taken; there must be one. */
    Key last() {
        return ((OpResult.OfKey) results.get(results.size() - 1)).key();
    }

    boolean isEmpty() {
        return results.isEmpty();
    }

    /** Lets go of the last one's value; it is counted all the same. */
    void forgetLastValue() {
        results.set(results.size() - 1, new OpResult.Absent(last()));
    }

    /**
     * @param more whether there is more in the range
     */
    View.Page page(long revision, boolean more) {
        return new View.Page(new TxnResult(true, revision, results), more);
    }
}
