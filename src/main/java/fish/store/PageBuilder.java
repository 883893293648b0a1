package fish.store;

import fish.kv.Key;
import fish.kv.OpResult;
import fish.kv.Query;
import fish.kv.Record;
import fish.kv.TxnResult;
import java.util.ArrayList;
import java.util.List;

/** Takes records in the order of a range, as many as its page may have. Not thread-safe. */
final class PageBuilder {
    private final Query.Range range;
    private final List<OpResult> results = new ArrayList<>();
    private long bytes;
    private boolean more;

    PageBuilder(Query.Range range) {
        this.range = range;
    }

    /**
     * @return false: it has no room, and the page ends before this record
     */
    boolean add(Key key, byte[] stored) {
        if (results.size() == range.limit() || bytes >= range.bytesMax()) {
            more = true;
            return false;
        }
        Record record = RecordCodec.decode(key, stored, range.withValues());
        bytes += key.bytes().length + record.value().bytes().length;
        results.add(new OpResult.Got(record));
        return true;
    }

    boolean isEmpty() {
        return results.isEmpty();
    }

    /**
     * @param beyond whether there is more than what was offered
     */
    View.Page page(long revision, boolean beyond) {
        return new View.Page(new TxnResult(true, revision, results), more || beyond);
    }
}
