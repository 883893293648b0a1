package fish.client;

/**
 * An answer as it came.
 *
 * @param body not changed by anybody
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Document(int status, byte[] body) {}
