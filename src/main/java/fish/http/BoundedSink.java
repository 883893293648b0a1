package fish.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.xnio.conduits.AbstractStreamSinkConduit;
import org.xnio.conduits.StreamSinkConduit;

/**
 * Gives the system no more than so much at a time. Java copies all that it is given into memory outside of the
 * heap before it asks the system, which takes what the socket has room for, and keeps that memory for the
 * thread's next write: an answer of 8 MiB to a client that is slow to take it would be copied anew for each
 * part that goes, and every thread would keep as much, counted by no budget. A write that takes less than all
 * is what whoever writes to a socket expects anyway. As thread-safe as what it wraps.
 */
final class BoundedSink extends AbstractStreamSinkConduit<StreamSinkConduit> {
    static final int WRITE_BYTES_MAX = 128 << 10;

    BoundedSink(StreamSinkConduit next) {
        super(next);
    }

    private static boolean isLarge(ByteBuffer src) {
        return src.remaining() > WRITE_BYTES_MAX;
    }

    private int writeSome(ByteBuffer src) throws IOException {
        int limit = src.limit();
        src.limit(src.position() + WRITE_BYTES_MAX);
        try {
            return next.write(src);
        } finally {
            src.limit(limit);
        }
    }

    /** How many of them can be written together. */
    private static int fitting(ByteBuffer[] srcs, int offs, int len) {
        long bytes = 0;
        int fitting = 0;
        while (fitting < len && bytes + srcs[offs + fitting].remaining() <= WRITE_BYTES_MAX) {
            bytes += srcs[offs + fitting].remaining();
            fitting++;
        }
        return fitting;
    }

    private long writeSome(ByteBuffer[] srcs, int offs, int fitting) throws IOException {
        for (int i = offs; i < offs + fitting; i++) {
            if (srcs[i].hasRemaining()) {
                return next.write(srcs, offs, fitting);
            }
        }
        return writeSome(srcs[offs + fitting]);
    }

    @Override
    public int write(ByteBuffer src) throws IOException {
        return isLarge(src) ? writeSome(src) : next.write(src);
    }

    /** What is not written whole is not the end yet. */
    @Override
    public int writeFinal(ByteBuffer src) throws IOException {
        return isLarge(src) ? writeSome(src) : next.writeFinal(src);
    }

    @Override
    public long write(ByteBuffer[] srcs, int offs, int len) throws IOException {
        int fitting = fitting(srcs, offs, len);
        return fitting == len ? next.write(srcs, offs, len) : writeSome(srcs, offs, fitting);
    }

    @Override
    public long writeFinal(ByteBuffer[] srcs, int offs, int len) throws IOException {
        int fitting = fitting(srcs, offs, len);
        return fitting == len ? next.writeFinal(srcs, offs, len) : writeSome(srcs, offs, fitting);
    }
}
