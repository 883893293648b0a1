package fish.kv;

import java.util.Arrays;
import java.util.List;

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
     * @param scope as if there were no other keys
     */
    @SuppressWarnings("ArrayRecordComponent") // equality below looks into it
    record DeleteRange(byte[] low, byte[] high, int limit, Scope scope) implements Operation {
        public static final int LIMIT_MAX = 1000;

        /** Over all keys. */
        public DeleteRange(byte[] low, byte[] high, int limit) {
            this(low, high, limit, Scope.ALL);
        }

        /** Over those alone that this scope has too. */
        public DeleteRange within(Scope other) {
            return new DeleteRange(low, high, limit, scope.within(other));
        }

        /** What is looked through, in the order of keys. */
        public List<Span> spans() {
            return Span.of(low, high, scope);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof DeleteRange that
                    && Arrays.equals(low, that.low)
                    && Arrays.equals(high, that.high)
                    && limit == that.limit
                    && scope.equals(that.scope);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(low) * 31 + Arrays.hashCode(high);
        }
    }

    /** A change of who may do what: alone in its transaction, and its result is the revision of its commit alone. */
    sealed interface OfTokens extends Operation {}

    /**
     * A new token; refused where the name is taken.
     *
     * @param token whose end says how long it lives, in milliseconds
     */
    record AddToken(Token token) implements OfTokens {}

    /**
     * Away with a token.
     *
     * @param force also the last of all, after which everybody may do everything
     */
    record RemoveToken(String name, boolean force) implements OfTokens {}

    /** The {@link Put#ttlMillis} of a record that stays. */
    long NO_TTL = 0;

    /** The longest TTL: 3,650 days, in milliseconds. */
    long TTL_MILLIS_MAX = 3_650L * 24 * 60 * 60 * 1000;
}
