package fish.kv;

import java.util.Arrays;

/** One step of a transaction. Later steps see what earlier ones did. */
public sealed interface Operation {
    /** A step that concerns one key. */
    sealed interface OfKey extends Operation {
        Key key();
    }

    /**
     * @param ttlMillis how long the record lives, counted from the commit by the master's clock; {@link
     *     #NO_TTL} for ever
     */
    record Put(Key key, Value value, long ttlMillis) implements OfKey {}

    /**
     * The record stays as it is, and lives so long from now on. Nothing where there is none.
     *
     * @param ttlMillis as of a {@link Put}
     */
    record Touch(Key key, long ttlMillis) implements OfKey {}

    record Delete(Key key) implements OfKey {}

    /**
     * @param withValue whether the bytes are wanted, or only what is known of them
     */
    record Get(Key key, boolean withValue) implements OfKey {}

    /**
     * Deletes the first records of a range.
     *
     * @param low inclusive; empty: from the first
     * @param high exclusive; empty: to the last
     * @param limit how many, 1 to {@value #LIMIT_MAX}
     */
    @SuppressWarnings("ArrayRecordComponent") // equality below looks into it
    record DeleteRange(byte[] low, byte[] high, int limit) implements Operation {
        public static final int LIMIT_MAX = 1000;

        @Override
        public boolean equals(Object other) {
            return other instanceof DeleteRange that
                    && Arrays.equals(low, that.low)
                    && Arrays.equals(high, that.high)
                    && limit == that.limit;
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(low) * 31 + Arrays.hashCode(high);
        }
    }

    /** The {@link Put#ttlMillis} of a record that stays. */
    long NO_TTL = 0;

    /** The longest TTL: 3,650 days, in milliseconds. */
    long TTL_MILLIS_MAX = 3_650L * 24 * 60 * 60 * 1000;
}
