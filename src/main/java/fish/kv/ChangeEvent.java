package fish.kv;

/** One change of one key as watchers are told of it. */
public sealed interface ChangeEvent {
    Key key();

    /** The record was put, and this is it. */
    record Put(StoredRecord record) implements ChangeEvent {
        @Override
        public Key key() {
            return record.key();
        }
    }

    /** The record was deleted. */
    record Deleted(Key key) implements ChangeEvent {}

    /** The record was put, and changed again since; the newer change follows. */
    record Superseded(Key key, long revision) implements ChangeEvent {}
}
