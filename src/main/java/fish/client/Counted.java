package fish.client;

/**
 * How many records a listing holds.
 *
 * @param revision of the state in which they were counted
 */
public record Counted(long revision, long count) {}
