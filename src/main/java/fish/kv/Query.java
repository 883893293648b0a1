package fish.kv;

import java.util.Arrays;

/** What a read asks for. Each sees one state. */
public sealed interface Query {
    /** About what an answer takes of the heap, before anybody has looked; what it really takes is told later. */
    default long answerBytesAbout() {
        int records = 1;
        if (this instanceof Range range) {
            records = range.limit();
        } else if (this instanceof Reads reads) {
            records = Math.max(1, reads.txn().valuesAnsweredMax());
        }
        return records * RECORD_BYTES_ABOUT;
    }

    /** What is taken for a record that nobody has looked at yet. */
    long RECORD_BYTES_ABOUT = 4 << 10;

    /** One key: its result is one {@link OpResult.Got} or {@link OpResult.Absent}. */
    record Get(Key key, boolean withValue) implements Query {}

    /**
     * Keys in order: a {@link OpResult.Got} each.
     *
     * @param low inclusive; empty: from the first
     * @param high exclusive; empty: to the last
     * @param limit records in the answer, 1 to {@value #LIMIT_MAX}
     * @param bytesMax about where the answer stops, in bytes of the JSON that it is told in; at least one record comes
     */
    @SuppressWarnings("ArrayRecordComponent") // equality below looks into it
    record Range(byte[] low, byte[] high, boolean reverse, boolean withValues, int limit, int bytesMax)
            implements Query {
        public static final int LIMIT_MAX = 1000;

        @Override
        public boolean equals(Object other) {
            return other instanceof Range that
                    && Arrays.equals(low, that.low)
                    && Arrays.equals(high, that.high)
                    && reverse == that.reverse
                    && withValues == that.withValues
                    && limit == that.limit
                    && bytesMax == that.bytesMax;
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(low) * 31 + Arrays.hashCode(high);
        }
    }

    /**
     * How many keys there are: its result is one {@link OpResult.Counted}.
     *
     * @param low inclusive; empty: from the first
     * @param high exclusive; empty: to the last
     */
    @SuppressWarnings("ArrayRecordComponent") // equality below looks into it
    record Count(byte[] low, byte[] high) implements Query {
        @Override
        public boolean equals(Object other) {
            return other instanceof Count that && Arrays.equals(low, that.low) && Arrays.equals(high, that.high);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(low) * 31 + Arrays.hashCode(high);
        }
    }

    /** A transaction that {@linkplain Txn#readOnly changes nothing}. */
    record Reads(Txn txn) implements Query {}
}
