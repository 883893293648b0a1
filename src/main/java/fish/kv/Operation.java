package fish.kv;

/** One step of a transaction. Later steps see what earlier ones did. */
public sealed interface Operation {
    Key key();

    /**
     * @param ttlMillis how long the record lives, counted from the commit by the master's clock; {@link
     *     #NO_TTL} for ever
     */
    record Put(Key key, Value value, long ttlMillis) implements Operation {}

    record Delete(Key key) implements Operation {}

    /**
     * @param withValue whether the bytes are wanted, or only what is known of them
     */
    record Get(Key key, boolean withValue) implements Operation {}

    /** The {@link Put#ttlMillis} of a record that stays. */
    long NO_TTL = 0;

    /** The longest TTL: 3,650 days, in milliseconds. */
    long TTL_MILLIS_MAX = 3_650L * 24 * 60 * 60 * 1000;
}
