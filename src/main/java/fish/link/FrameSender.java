package fish.link;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The frames that wait to be written, and the writing. Any thread adds to them; what waits is gathered
 * into one direct buffer and written with as few system calls as that allows, in the order in which it
 * was added. To a peer that takes pieces a large frame is announced; once it is accepted it is written in
 * pieces, in turns with other large ones and with the small ones, none of which waits for long behind it.
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

    /** Larger ones go in pieces. */
    static final int WHOLE_BYTES_MAX = 64 << 10;

    private static final int PIECE_BYTES = 32 << 10;
    private static final int WRITES_PER_DRAIN_MAX = 16;

    private final LinkLimits limits;
    private final boolean pieces;
    private final Runnable wakeUp;

    private final Object queue = new Object();
    private ArrayDeque<Frame> waiting = new ArrayDeque<>();
    private final Map<Long, Frame> announced = new HashMap<>();
    private final Set<Frame> announcedBefore = new HashSet<>();
    private final ArrayDeque<Frame> accepted = new ArrayDeque<>();
    private int frames;
    private long bytes;
    private boolean awake;
    private boolean closed;

    private final ByteBuffer staging;
    private final ArrayDeque<Frame> staged = new ArrayDeque<>();
    private ArrayDeque<Frame> batch = new ArrayDeque<>();
    private long wholeBytesInTurn;
    private long stagedTo;
    private long handedTo;
    private boolean stopped;

    /**
     * @param pieces whether the peer takes large frames in pieces
     * @param wakeUp asked for one {@link #drain} soon; called by whichever thread sends
     */
    FrameSender(LinkLimits limits, boolean pieces, int bufferBytes, Runnable wakeUp) {
        this.limits = limits;
        this.pieces = pieces;
        this.staging = ByteBuffer.allocateDirect(bufferBytes).limit(0);
        this.wakeUp = wakeUp;
    }

    /** Sends it, if there is room in the queue. */
    Sent send(Frame frame) {
        return send(frame, true);
    }

    /** Sends what is bounded elsewhere: never {@link Sent#FULL}, unless no frame can be as large. */
    Sent sendAnyway(Frame frame) {
        return send(frame, false);
    }

    private Sent send(Frame frame, boolean bounded) {
        synchronized (queue) {
            if (closed) {
                return Sent.CLOSED;
            }
            boolean full = frames >= limits.queueFramesMax() || bytes + frame.size() > limits.queueBytesMax();
            if ((bounded && full) || frame.size() > limits.frameBytesMax()) {
                return Sent.FULL;
            }
            frames++;
            bytes += frame.size();
            if (pieces && frame.size() > WHOLE_BYTES_MAX) {
                announced.put(frame.id(), frame);
                frames++;
                Frame announcement = announcement(frame);
                bytes += announcement.size();
                waiting.add(announcement);
            } else {
                waiting.add(frame);
            }
            if (awake) {
                return Sent.QUEUED;
            }
            awake = true;
        }
        wakeUp.run();
        return Sent.QUEUED;
    }

    private static Frame announcement(Frame frame) {
        MessageWriter out = new MessageWriter();
        out.u8(frame.kind().code());
        out.i32(frame.size() - Frame.HEADER_BYTES);
        return out.frame(FrameKind.ANNOUNCE, frame.id());
    }

    /** The peer has room for the frame that was announced under this id, if there is one. */
    void accepted(long id) {
        synchronized (queue) {
            Frame frame = announced.remove(id);
            if (frame == null || closed) {
                return;
            }
            frame.skipHeader();
            accepted.add(frame);
            if (awake) {
                return;
            }
            awake = true;
        }
        wakeUp.run();
    }

    /** The peer does not want it any more. */
    void rejected(long id) {
        Frame frame;
        synchronized (queue) {
            frame = announced.remove(id);
            if (frame == null) {
                return;
            }
            frames--;
            bytes -= frame.size();
        }
        frame.release();
    }

    /** Whether a frame still waits for the peer's word that did so when this was asked before. */
    boolean waitsStill() {
        synchronized (queue) {
            announcedBefore.retainAll(announced.values());
            boolean still = !announcedBefore.isEmpty();
            announcedBefore.addAll(announced.values());
            return still;
        }
    }

    /** Whether nothing waits to be written, but for the peer's word. */
    boolean idle() {
        return backlog() == 0;
    }

    /** How many frames wait to be written, without those that wait for the peer's word. */
    int backlog() {
        synchronized (queue) {
            return frames - announced.size();
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
        List<Frame> dropped = new ArrayList<>();
        synchronized (queue) {
            closed = true;
            dropped.addAll(waiting);
            dropped.addAll(announced.values());
            dropped.addAll(accepted);
            waiting.clear();
            announced.clear();
            announcedBefore.clear();
            accepted.clear();
        }
        synchronized (this) {
            stopped = true;
            dropped.addAll(batch);
            dropped.addAll(staged);
            batch.clear();
            staged.clear();
            staging.limit(0);
        }
        dropped.forEach(Frame::release);
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
        Frame next = next();
        if (next == null) {
            return false;
        }
        next.startAt(stagedTo);
        staged.add(next);
        return true;
    }

    /** As many bytes of small frames as of pieces, while there are both. */
    private @Nullable Frame next() {
        if (!batch.isEmpty() && wholeBytesInTurn < PIECE_BYTES) {
            wholeBytesInTurn += batch.element().size();
            return batch.remove();
        }
        wholeBytesInTurn = 0;
        Frame piece = nextPiece();
        return piece == null ? batch.poll() : piece;
    }

    private @Nullable Frame nextPiece() {
        Frame whole;
        synchronized (queue) {
            whole = accepted.poll();
            if (whole == null) {
                return null;
            }
            frames++;
        }
        if (whole.startsAt() == Frame.NOWHERE) {
            whole.startAt(stagedTo);
        }
        Frame piece = whole.piece(PIECE_BYTES);
        boolean last = whole.copied();
        synchronized (queue) {
            bytes += piece.size();
            if (last) {
                frames--;
                bytes -= whole.size();
            } else if (!closed) {
                accepted.add(whole);
            }
            last |= closed;
        }
        if (last) {
            piece.whenReleased(whole::release);
        }
        return piece;
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
            awake = !waiting.isEmpty() || !accepted.isEmpty();
            return !awake;
        }
    }
}
