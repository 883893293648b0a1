package fish.kv;

/** What one operation did, in the order of the operations. */
public sealed interface OpResult {
    Key key();

    /**
     * @param created the commit before which the key had no record: {@code revision} itself where the put
     *     created it
     */
    record Put(Key key, long revision, long created) implements OpResult {}

    /**
     * @param deleted whether there was a record
     */
    record Deleted(Key key, boolean deleted) implements OpResult {}

    record Got(Record record) implements OpResult {
        @Override
        public Key key() {
            return record.key();
        }
    }

    /** A get of a key that has no record. */
    record Absent(Key key) implements OpResult {}
}
