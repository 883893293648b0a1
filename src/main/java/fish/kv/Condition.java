package fish.kv;

import java.util.Arrays;
import java.util.Set;

/** One test of one key's record, in the state in which a transaction runs. */
public sealed interface Condition {
    Key key();

    /** There is a record, or there is none. */
    record Exists(Key key, boolean expected) implements Condition {}

    /**
     * The record's revision is one of these ({@code expected}) or none of these. No record has no
     * revision: it fails the first and passes the second.
     */
    record RevisionIn(Key key, Set<Long> revisions, boolean expected) implements Condition {
        public RevisionIn {
            revisions = Set.copyOf(revisions);
        }
    }

    /** There is a record and its value is these bytes. */
    @SuppressWarnings("ArrayRecordComponent") // equality below looks into it
    record BytesAre(Key key, byte[] bytes) implements Condition {
        @Override
        public boolean equals(Object other) {
            return other instanceof BytesAre that && key.equals(that.key) && Arrays.equals(bytes, that.bytes);
        }

        @Override
        public int hashCode() {
            return key.hashCode() * 31 + Arrays.hashCode(bytes);
        }
    }

    /**
     * There is a record, its value has no content coding and parses as JSON, and it is this JSON:
     * numbers by value, members in any order.
     */
    record JsonIs(Key key, String json) implements Condition {}
}
