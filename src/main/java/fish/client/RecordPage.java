package fish.client;

import fish.kv.StoredRecord;
import java.util.List;

/**
 * One page of a listing: all of it was so at one moment.
 *
 * @param revision of that state
 * @param next the cursor of the next page; empty: there is no more
 */
public record RecordPage(long revision, List<StoredRecord> records, String next) {
    public RecordPage {
        records = List.copyOf(records);
    }
}
