package fish.store;

import java.nio.ByteBuffer;

/**
 * How far the store is, as the master wrote it with nothing else to write: a record of the {@code group}
 * database.
 *
 * @param lastRevision the last given to a commit
 * @param durableRevision every commit up to it is on the disks of a majority
 */
public record Progress(long lastRevision, long durableRevision) {
    static final Progress NONE = new Progress(0, 0);

    public byte[] encode() {
        return ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(lastRevision)
                .putLong(durableRevision)
                .array();
    }

    static Progress decode(byte[] stored) {
        ByteBuffer in = ByteBuffer.wrap(stored);
        return new Progress(in.getLong(), in.getLong());
    }
}
