package fish.client;

import fish.kv.Key;
import fish.kv.StoredRecord;

/** What happened to one key in one commit. */
public sealed interface Change {
    Key key();

    record Put(StoredRecord record) implements Change {
        @Override
        public Key key() {
            return record.key();
        }
    }

    /** It was put, and put or deleted again before this was told: the newer change follows. */
    record Superseded(Key key) implements Change {}

    record Deleted(Key key) implements Change {}
}
