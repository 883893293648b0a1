package fish.store;

import fish.kv.Room;

/** Something was read that there is no {@link Room} for; it was forgotten, and is to be read again. */
public final class NoRoomException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final long bytes;

    private NoRoomException(long bytes) {
        super("no room", null, false, false);
        this.bytes = bytes;
    }

    /** What it takes. */
    public long bytes() {
        return bytes;
    }

    /**
     * The page, which has room now.
     *
     * @throws NoRoomException if it has none
     */
    public static View.Page require(Room room, View.Page page) {
        long bytes = page.result().heapBytes();
        if (!room.correct(bytes)) {
            throw new NoRoomException(bytes);
        }
        return page;
    }
}
