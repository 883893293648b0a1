package fish.kv;

import java.util.Arrays;
import java.util.List;

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
     * @param scope as if there were no other keys
     */
    @SuppressWarnings("ArrayRecordComponent") // equality below looks into it
    record Range(byte[] low, byte[] high, boolean reverse, boolean withValues, int limit, int bytesMax, Scope scope)
            implements Query {
        public static final int LIMIT_MAX = 1000;

        /** The most that another node may ask for. */
        public static final int BYTES_MAX = 8 << 20;

        /** Over all keys. */
        public Range(byte[] low, byte[] high, boolean reverse, boolean withValues, int limit, int bytesMax) {
            this(low, high, reverse, withValues, limit, bytesMax, Scope.ALL);
        }

        /** Over those alone that this scope has too. */
        public Range within(Scope other) {
            return new Range(low, high, reverse, withValues, limit, bytesMax, scope.within(other));
        }

        /** What is looked through, in the order of keys. */
        public List<Span> spans() {
            return Span.of(low, high, scope);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Range that
                    && Arrays.equals(low, that.low)
                    && Arrays.equals(high, that.high)
                    && reverse == that.reverse
                    && withValues == that.withValues
                    && limit == that.limit
                    && bytesMax == that.bytesMax
                    && scope.equals(that.scope);
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
     * @param scope as if there were no other keys
     */
    @SuppressWarnings("ArrayRecordComponent") // equality below looks into it
    record Count(byte[] low, byte[] high, Scope scope) implements Query {
        /** Over all keys. */
        public Count(byte[] low, byte[] high) {
            this(low, high, Scope.ALL);
        }

        /** Over those alone that this scope has too. */
        public Count within(Scope other) {
            return new Count(low, high, scope.within(other));
        }

        /** What is looked through, in the order of keys. */
        public List<Span> spans() {
            return Span.of(low, high, scope);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Count that
                    && Arrays.equals(low, that.low)
                    && Arrays.equals(high, that.high)
                    && scope.equals(that.scope);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(low) * 31 + Arrays.hashCode(high);
        }
    }

    /** A transaction that {@linkplain Txn#readOnly changes nothing}. */
    record Reads(Txn txn) implements Query {
        /** Of nothing: shows how far a state is, and no records. */
        public static final Reads NOTHING = new Reads(new Txn(List.of(), List.of(), List.of()));
    }
}
