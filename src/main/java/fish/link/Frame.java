package fish.link;

import java.nio.ByteBuffer;

/**
 * One frame on its way out: its length (4 bytes, of all that follows), kind (1), id (8), message.
 * Belongs to the {@link FrameSender} it was given to, under whose lock it changes.
 */
final class Frame {
    /** Bytes of a length. */
    static final int LENGTH_BYTES = 4;

    /** Bytes of a length, a kind and an id. */
    static final int HEADER_BYTES = LENGTH_BYTES + 1 + 8;

    /** The place of a frame in the stream that has none. */
    static final long NOWHERE = -1;

    private static final ByteBuffer[] NOTHING = new ByteBuffer[0];

    private final int size;
    private final FrameKind kind;
    private final long id;
    private Runnable onRelease = () -> {};
    private ByteBuffer[] parts;
    private int part;
    private long startsAt = NOWHERE;

    /**
     * @param parts the header and the message, to be read only by this frame
     */
    Frame(FrameKind kind, long id, ByteBuffer... parts) {
        int sum = 0;
        for (ByteBuffer buffer : parts) {
            sum += buffer.remaining();
        }
        this.size = sum;
        this.kind = kind;
        this.id = id;
        this.parts = parts;
    }

    FrameKind kind() {
        return kind;
    }

    long id() {
        return id;
    }

    /** Has this run once its bytes are let go of. */
    Frame whenReleased(Runnable released) {
        onRelease = released;
        return this;
    }

    /** The next piece of its message, in a frame of its own; to be asked for while there are any. */
    Frame piece(int bytesMax) {
        ByteBuffer piece = ByteBuffer.allocate(HEADER_BYTES + bytesMax).position(HEADER_BYTES);
        copyTo(piece);
        piece.putInt(0, piece.position() - LENGTH_BYTES)
                .put(LENGTH_BYTES, (byte) FrameKind.PIECE.code())
                .putLong(LENGTH_BYTES + 1, id);
        return new Frame(FrameKind.PIECE, id, piece.flip());
    }

    /** Passes over the header, which is said in another way. */
    void skipHeader() {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        copyTo(header);
    }

    /** In bytes, with the header. */
    int size() {
        return size;
    }

    /** Where in the stream of all bytes its first one stands, or {@link #NOWHERE}. */
    long startsAt() {
        return startsAt;
    }

    void startAt(long place) {
        startsAt = place;
    }

    /** Copies what is left of it, as far as there is room. */
    void copyTo(ByteBuffer target) {
        while (part < parts.length && target.hasRemaining()) {
            ByteBuffer from = parts[part];
            int count = Math.min(from.remaining(), target.remaining());
            int limit = from.limit();
            from.limit(from.position() + count);
            target.put(from);
            from.limit(limit);
            if (!from.hasRemaining()) {
                part++;
            }
        }
    }

    boolean copied() {
        return part == parts.length;
    }

    /** Lets go of the bytes, which may be many; who waits for an answer may keep the frame for long. */
    void release() {
        parts = NOTHING;
        part = 0;
        Runnable released = onRelease;
        onRelease = () -> {};
        released.run();
    }
}
