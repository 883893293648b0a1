package fish.kv;

/** What one operation did, in the order of the operations. */
public sealed interface OpResult {
    /** Of an operation on one key. */
    sealed interface OfKey extends OpResult {
        Key key();
    }

    /**
     * @param created the commit before which the key had no record: {@code revision} itself where the put
     *     created it
     * @param expiresAtMillis since the epoch, or {@link StoredRecord#NEVER}
     */
    record Put(Key key, long revision, long created, long expiresAtMillis) implements OfKey {}

    /**
     * @param revision of this commit; 0: there is no record
     * @param created the commit before which the key had no record
     * @param expiresAtMillis since the epoch, or {@link StoredRecord#NEVER}
     */
    record Touched(Key key, long revision, long created, long expiresAtMillis) implements OfKey {
        public boolean exists() {
            return revision > 0;
        }

        public static Touched none(Key key) {
            return new Touched(key, 0, 0, StoredRecord.NEVER);
        }
    }

    /**
     * @param deleted whether there was a record
     */
    record Deleted(Key key, boolean deleted) implements OfKey {}

    record Got(StoredRecord record) implements OfKey {
        @Override
        public Key key() {
            return record.key();
        }
    }

    /** A get of a key that has no record. */
    record Absent(Key key) implements OfKey {}

    /**
     * @param more whether the range holds more than was deleted
     */
    record DeletedRange(int deleted, boolean more) implements OpResult {}

    /** How many records a range holds. */
    record Counted(long count) implements OpResult {}
}
