package fish.node;

import fish.api.BackupHandler;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * How long one backup may go on. JE deletes none of its files before it is sent, so neither a client at a crawl nor a disk
 * that fills may have it go on for as long as it likes. Thread-safe if what it asks is.
 */
final class BackupBounds implements BackupHandler.Bounds {
    /** A time that any backup may take. */
    static final Duration ANY = Duration.ofHours(1);

    /** What a client must take each second on the whole, beyond that time. */
    static final long BYTES_PER_SECOND = 1 << 20;

    /** With less room than this it ends, before writes of clients are refused. */
    static final long ROOM_BYTES = 64L << 20;

    private final LongSupplier room;
    private final LongSupplier nanoTime;
    private final BooleanSupplier closing;
    private final long began;
    private final long secondsMax;
    private final long roomMin;

    /**
     * Of a backup that begins now.
     *
     * @param bytes how large it will be, about
     * @param room bytes until the disk counts as full; where it is full already nothing is asked of it
     * @param closing whether the node ends
     */
    BackupBounds(long bytes, LongSupplier room, LongSupplier nanoTime, BooleanSupplier closing) {
        this.room = room;
        this.nanoTime = nanoTime;
        this.closing = closing;
        this.began = nanoTime.getAsLong();
        this.secondsMax = ANY.toSeconds() + bytes / BYTES_PER_SECOND;
        long now = room.getAsLong();
        this.roomMin = now <= 0 ? Long.MIN_VALUE : Math.min(ROOM_BYTES, now / 2);
    }

    @Override
    public void require() throws IOException {
        if (closing.getAsBoolean()) {
            throw new IOException("this node is shutting down");
        }
        if (room.getAsLong() < roomMin) {
            throw new IOException("this node's disk has become nearly full, and the backup keeps files on it");
        }
        if (nanoTime.getAsLong() - began >= TimeUnit.SECONDS.toNanos(secondsMax)) {
            throw new IOException("its client has not taken it in " + secondsMax
                    + " s, which is too slow: the backup keeps files on this node's disk");
        }
    }
}
