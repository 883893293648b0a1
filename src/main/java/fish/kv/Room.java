package fish.kv;

/**
 * The room that somebody has for the answer to one read. Whoever asked holds some before the read begins;
 * who serves it says what the answer really takes, before it keeps it for long. Thread-safe; nothing
 * blocks.
 */
public interface Room {
    /** As much as anybody wants, for answers of a known, small size. */
    Room ENOUGH = new Room() {
        @Override
        public boolean correct(long bytes) {
            return true;
        }

        @Override
        public void take(long bytes, Runnable go) {
            go.run();
        }

        @Override
        public boolean waiting() {
            return false;
        }
    };

    /**
     * It is so many bytes after all.
     *
     * @return false: there is no room for so many now, and none is held: what was read is to be forgotten
     *     and, after {@link #take}, read again
     */
    boolean correct(long bytes);

    /**
     * Holds so many bytes, instead of what is held, as soon as there is room.
     *
     * @param go runs then: at once, or later on another thread; never, if nobody waits for the answer any
     *     more
     */
    void take(long bytes, Runnable go);

    /** Whether somebody waits in {@link #take} now. */
    boolean waiting();
}
