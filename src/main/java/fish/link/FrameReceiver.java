package fish.link;

import java.nio.ByteBuffer;

/**
 * Makes frames of the bytes that come in. One that the read buffer cannot hold is gathered on the heap,
 * in as many bytes as came and not as many as were announced: a length alone costs nothing. Not
 * thread-safe.
 */
final class FrameReceiver {
    /** Takes each frame, in the order in which they came. */
    interface Taker {
        /**
         * @param message of use only until this returns
         */
        void take(FrameKind kind, long id, MessageReader message) throws MalformedMessageException;

        /**
         * A frame is being gathered on the heap.
         *
         * @param bytes that it takes there from now on; 0: it is whole, and {@link #take taken} next
         * @return false: there is no room for it
         */
        boolean gather(int bytes);

        /** Whether what has come is to be left where it is for now. */
        boolean isHeldBack();
    }

    private final int frameBytesMax;
    private final ByteBuffer buffer;
    private final Taker taker;
    private ByteBuffer large = ByteBuffer.allocate(0);
    private int largeSize;
    private long delivered;

    /** @param frameBytesMax of a whole frame */
    FrameReceiver(int frameBytesMax, int bufferBytes, Taker taker) {
        this.frameBytesMax = frameBytesMax;
        this.buffer = ByteBuffer.allocateDirect(bufferBytes);
        this.taker = taker;
    }

    /** Where the next bytes go: never full. */
    ByteBuffer space() {
        return buffer;
    }

    /** Whether a frame has begun that is not whole. */
    boolean isWithinFrame() {
        return largeSize > 0 || buffer.position() > 0;
    }

    /** How many were handed over so far. */
    long delivered() {
        return delivered;
    }

    /** Hands over the frames that are complete now, as long as they are not held back. */
    void received() throws MalformedMessageException {
        buffer.flip();
        boolean more = true;
        while (more && !taker.isHeldBack()) {
            more = largeSize > 0 ? gather() : next();
        }
        buffer.compact();
    }

    private boolean next() throws MalformedMessageException {
        if (buffer.remaining() < Frame.LENGTH_BYTES) {
            return false;
        }
        int length = buffer.getInt(buffer.position());
        int size = length + Frame.LENGTH_BYTES;
        if (length < Frame.HEADER_BYTES - Frame.LENGTH_BYTES || length > frameBytesMax - Frame.LENGTH_BYTES) {
            throw new MalformedMessageException("no frame has a length of " + length);
        }
        if (buffer.remaining() >= size) {
            deliver(buffer, size);
            return true;
        }
        if (size > buffer.capacity()) {
            largeSize = size;
            large = ByteBuffer.allocate(requireRoom(Math.min(size, 2 * buffer.capacity())));
            return true;
        }
        return false;
    }

    private boolean gather() throws MalformedMessageException {
        int count = Math.min(buffer.remaining(), largeSize - large.position());
        if (large.remaining() < count) {
            int doubled = (int) Math.min(2L * large.capacity(), largeSize);
            int wanted = requireRoom(Math.max(doubled, large.position() + count));
            large = ByteBuffer.allocate(wanted).put(large.flip());
        }
        int limit = buffer.limit();
        buffer.limit(buffer.position() + count);
        large.put(buffer);
        buffer.limit(limit);
        if (large.position() < largeSize) {
            return false;
        }
        ByteBuffer whole = large.flip();
        large = ByteBuffer.allocate(0);
        largeSize = 0;
        taker.gather(0);
        deliver(whole, whole.remaining());
        return true;
    }

    private int requireRoom(int bytes) throws MalformedMessageException {
        if (!taker.gather(bytes)) {
            throw new MalformedMessageException("there is no room for a frame of " + largeSize + " bytes");
        }
        return bytes;
    }

    private void deliver(ByteBuffer bytes, int size) throws MalformedMessageException {
        int end = bytes.position() + size;
        int limit = bytes.limit();
        bytes.limit(end);
        bytes.position(bytes.position() + Frame.LENGTH_BYTES);
        FrameKind kind = FrameKind.of(bytes.get());
        long id = bytes.getLong();
        delivered++;
        taker.take(kind, id, new MessageReader(bytes));
        bytes.limit(limit);
        bytes.position(end);
    }
}
