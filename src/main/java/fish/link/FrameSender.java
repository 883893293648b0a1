package fish.link;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * The frames that wait to be written, and the writing. Any thread adds to them; what waits is gathered
 * into one direct buffer and written with as few system calls as that allows, in the order in which it
 * was added.
 *
 * <p>It knows of each frame whether a byte of it can have reached the peer: the bytes that the socket took
 * are counted, and a frame has its place in that count. A write that fails may have taken all that it was
 * given, and is counted so.
 *
 * <p>Thread-safe. {@code queue} guards what waits and is never held while something is written; the
 * sender's own lock guards the writing and is never waited for by {@link #send}.
 */
final class FrameSender {
    /** What became of a frame that was to be sent. */
    enum Sent {
        /** It will be written, unless the connection ends first. */
        QUEUED,
        /** Too much waits already; nothing was or will be written of it. */
        FULL,
        /** As {@link #FULL}, because the connection ended. */
        CLOSED
    }

    /** How a drain ended. */
    enum Drained {
        /** Nothing waits; the next frame asks for the next drain. */
        DONE,
        /** The socket takes no more now: come back when it does. */
        BLOCKED,
        /** There is more, but others want the thread too: come back after them. */
        MORE
    }

    /** The socket. */
    interface Output {
        /** Never blocks; 0 when it takes nothing now. */
        int write(ByteBuffer source) throws IOException;

        /** Never blocks; false when what was written is still held back. */
        boolean flush() throws IOException;
    }

    private static final int WRITES_PER_DRAIN_MAX = 16;

    private final LinkLimits limits;
    private final Runnable wakeUp;

    private final Object queue = new Object();
    private ArrayDeque<Frame> waiting = new ArrayDeque<>();
    private int frames;
    private long bytes;
    private boolean awake;
    private boolean closed;

    private final ByteBuffer staging;
    private final ArrayDeque<Frame> staged = new ArrayDeque<>();
    private ArrayDeque<Frame> batch = new ArrayDeque<>();
    private long stagedTo;
    private long handedTo;
    private boolean stopped;

    /**
     * @param wakeUp asked for one {@link #drain} soon; called by whichever thread sends
     */
    FrameSender(LinkLimits limits, int bufferBytes, Runnable wakeUp) {
        this.limits = limits;
        this.staging = ByteBuffer.allocateDirect(bufferBytes).limit(0);
        this.wakeUp = wakeUp;
    }

    Sent send(Frame frame) {
        synchronized (queue) {
            if (closed) {
                return Sent.CLOSED;
            }
            if (frames >= limits.queueFramesMax()
                    || bytes + frame.size() > limits.queueBytesMax()
                    || frame.size() > limits.frameBytesMax()) {
                return Sent.FULL;
            }
            frames++;
            bytes += frame.size();
            waiting.add(frame);
            if (awake) {
                return Sent.QUEUED;
            }
            awake = true;
        }
        wakeUp.run();
        return Sent.QUEUED;
    }

    /** Whether nothing waits to be written. */
    boolean idle() {
        synchronized (queue) {
            return frames == 0;
        }
    }

    /** How many bytes the socket took so far. */
    synchronized long handedBytes() {
        return handedTo;
    }

    /** Whether a byte of this frame may have reached the peer. Final once {@link #close} has returned. */
    synchronized boolean handed(Frame frame) {
        return frame.startsAt() != Frame.NOWHERE && frame.startsAt() < handedTo;
    }

    /** Writes what waits, on the thread that owns the socket. */
    synchronized Drained drain(Output output) throws IOException {
        for (int writes = 0; writes < WRITES_PER_DRAIN_MAX; writes++) {
            if (!staging.hasRemaining()) {
                stage();
            }
            if (!staging.hasRemaining()) {
                if (!output.flush()) {
                    return Drained.BLOCKED;
                }
                if (sleep()) {
                    return Drained.DONE;
                }
                continue;
            }
            if (write(output) == 0) {
                return Drained.BLOCKED;
            }
            forgetWritten();
        }
        return Drained.MORE;
    }

    /** Takes no more and writes no more. May be called twice; waits for a write under way, which is short. */
    void close() {
        synchronized (queue) {
            closed = true;
            waiting.clear();
        }
        synchronized (this) {
            stopped = true;
            batch.clear();
            staged.forEach(Frame::release);
            staged.clear();
            staging.limit(0);
        }
    }

    private int write(Output output) throws IOException {
        long before = handedTo;
        handedTo = stagedTo;
        int count = output.write(staging);
        handedTo = before + count;
        return count;
    }

    private void stage() {
        staging.clear();
        while (!stopped && staging.hasRemaining() && toCopy()) {
            int before = staging.position();
            staged.getLast().copyTo(staging);
            stagedTo += staging.position() - before;
        }
        staging.flip();
    }

    /** Whether the last frame staged has bytes to copy; takes the next one where it has not. */
    private boolean toCopy() {
        if (!staged.isEmpty() && !staged.getLast().copied()) {
            return true;
        }
        if (batch.isEmpty()) {
            synchronized (queue) {
                ArrayDeque<Frame> empty = batch;
                batch = waiting;
                waiting = empty;
            }
        }
        if (batch.isEmpty()) {
            return false;
        }
        Frame next = batch.remove();
        next.startAt(stagedTo);
        staged.add(next);
        return true;
    }

    private void forgetWritten() {
        int framesWritten = 0;
        long bytesWritten = 0;
        while (!staged.isEmpty()
                && staged.getFirst().startsAt() + staged.getFirst().size() <= handedTo) {
            Frame written = staged.remove();
            framesWritten++;
            bytesWritten += written.size();
            written.release();
        }
        synchronized (queue) {
            frames -= framesWritten;
            bytes -= bytesWritten;
        }
    }

    /** Whether nothing came meanwhile, so that the next frame has to wake the drain again. */
    private boolean sleep() {
        synchronized (queue) {
            awake = !waiting.isEmpty();
            return !awake;
        }
    }
}
