package fish.link;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.xnio.ChannelListener;
import org.xnio.IoUtils;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.XnioIoThread;
import org.xnio.conduits.ConduitStreamSinkChannel;
import org.xnio.conduits.ConduitStreamSourceChannel;
import org.xnio.ssl.SslConnection;

/**
 * One end of the framed connection. Everything that comes in is handed over on the connection's I/O
 * thread, in the order in which it was sent, and what goes out is written there; {@link #send} and {@link
 * #close} are for any thread.
 *
 * <p>It gives up a peer that says nothing (each end pings when it has nothing else to say), that takes
 * nothing of what waits for it, or that does not end what it has begun to say; of one that takes little of what waits
 * for it, it reads no more for so long. Silence is counted in ticks of a timer on the same thread and not by the
 * clock: after this process stood still, what came meanwhile is read before the next tick.
 */
final class FrameChannel {
    /** Whoever works at this end. */
    interface Handler {
        /**
         * @param message of use only until this returns
         */
        void take(FrameKind kind, long id, MessageReader message) throws MalformedMessageException;

        /** As {@link FrameReceiver.Taker#gather}. On the I/O thread. */
        boolean gather(int bytes);

        /**
         * Frames that wait for the peer to take them before nothing more is read of it. At one end of a connection there
         * is no such bound: else both could wait for each other.
         */
        int backlogMax();

        /** How long the peer may take for one message, from when it has begun it or was let send it. */
        Duration arrivalMax();

        /**
         * The connection has ended; called once, by whichever thread ended it. {@link
         * FrameChannel#handed} is final.
         */
        void closed(String reason);

        /**
         * The peer has a large message, and waits for {@link FrameChannel#accept} or {@link
         * FrameChannel#reject}; then {@link #take} gets it as any other. On the I/O thread.
         */
        void announced(FrameKind kind, long id, int bytes) throws MalformedMessageException;

        /** Some time has passed, a fraction of a second. On the I/O thread. */
        void tick();
    }

    private static final System.Logger LOG = System.getLogger(FrameChannel.class.getName());

    static final int BUFFER_BYTES = 128 << 10;
    private static final int READS_PER_EVENT_MAX = 16;
    private static final int TICKS_PER_PING = 2;

    private final StreamConnection connection;
    private final ConduitStreamSourceChannel source;
    private final ConduitStreamSinkChannel sink;
    private final XnioIoThread thread;
    private final LinkLimits limits;
    private final Handler handler;
    private final FrameReceiver receiver;
    private final FrameSender sender;
    private final FrameSender.Output output;
    private final boolean encrypted;
    private final boolean pieces;
    // The I/O thread's own.
    private final Map<Long, Arriving> arriving = new HashMap<>();
    private final Runnable drain = this::drain;
    private final Runnable tick = this::tick;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Incoming incoming = new Incoming();

    private boolean heldBack;
    private boolean wasHeldBack;
    private boolean heard;
    private long deliveredBefore;
    private int unfinishedTicks;
    private int announcedTicks;
    private int silentTicks;
    private int stalledTicks;
    private int mutedTicks;
    private long handedBefore;

    /**
     * @param pieces whether the peer takes large frames in pieces
     */
    FrameChannel(StreamConnection connection, LinkLimits limits, boolean pieces, Handler handler) {
        this.connection = connection;
        this.source = connection.getSourceChannel();
        this.sink = connection.getSinkChannel();
        this.thread = connection.getIoThread();
        this.limits = limits;
        this.pieces = pieces;
        this.handler = handler;
        // Whoever takes pieces sends them, too.
        int wholeMax = pieces ? Math.min(limits.frameBytesMax(), BUFFER_BYTES) : limits.frameBytesMax();
        this.receiver = new FrameReceiver(wholeMax, BUFFER_BYTES, incoming);
        this.sender = new FrameSender(limits, pieces, BUFFER_BYTES, () -> onThread(drain));
        this.output = new SinkOutput(sink);
        this.encrypted = connection instanceof SslConnection;
    }

    /** Begins to read and to ping; on the connection's I/O thread. */
    void start() throws IOException {
        if (closed.get()) {
            return;
        }
        connection.setOption(Options.TCP_NODELAY, true);
        ChannelListener<? super StreamConnection> before = connection.getCloseListener();
        connection.setCloseListener(ended -> {
            if (before != null) {
                before.handleEvent(ended);
            }
            // not here: this may be inside a write
            onThread(() -> close("the connection was closed"));
        });
        source.setReadListener(channel -> readable());
        sink.setWriteListener(channel -> drain());
        source.resumeReads();
        // what the handshake read too far is there already, and no socket will announce it
        source.wakeupReads();
        nextTick();
    }

    FrameSender.Sent send(Frame frame) {
        return sender.send(frame);
    }

    /** As {@link #send}, of what is bounded elsewhere: never refused for want of room. */
    FrameSender.Sent sendAnyway(Frame frame) {
        return sender.sendAnyway(frame);
    }

    /** There is room for what was announced under this id. Does nothing once that was rejected. Any thread. */
    void accept(long id) {
        onThread(() -> {
            Arriving message = arriving.get(id);
            if (!closed.get() && message != null && message.bytes == null) {
                message.bytes = new byte[message.size];
                sendAnyway(new MessageWriter().frame(FrameKind.ACCEPT, id));
            }
        });
    }

    /** What was announced under this id, and not accepted, is not wanted. On the I/O thread. */
    void reject(long id) {
        arriving.remove(id);
        sendAnyway(new MessageWriter().frame(FrameKind.REJECT, id));
    }

    /** Whether a byte of a frame that was sent may have reached the peer. */
    boolean handed(Frame frame) {
        return sender.handed(frame);
    }

    boolean isOpen() {
        return !closed.get();
    }

    /** Ends the connection, if it has not ended yet, and tells the handler before it returns. */
    void close(String reason) {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        IoUtils.safeClose(connection);
        sender.close();
        handler.closed(reason);
    }

    private final class Incoming implements FrameReceiver.Taker {
        @Override
        public void take(FrameKind kind, long id, MessageReader message) throws MalformedMessageException {
            taken(kind, id, message);
        }

        @Override
        public boolean gather(int bytes) {
            return handler.gather(bytes);
        }

        @Override
        public boolean isHeldBack() {
            return sender.backlog() >= handler.backlogMax();
        }
    }

    private void taken(FrameKind kind, long id, MessageReader message) throws MalformedMessageException {
        switch (kind) {
            case PING -> message.end();
            case ANNOUNCE -> announced(id, message);
            case PIECE -> piece(id, message);
            case ACCEPT -> {
                message.end();
                sender.accepted(id);
            }
            case REJECT -> {
                message.end();
                sender.rejected(id);
            }
            default -> {
                if (arriving.containsKey(id)) {
                    // The room that it has would be given back with it, and what it was taken for would stay.
                    throw new MalformedMessageException("what was announced is said in another way");
                }
                handler.take(kind, id, message);
            }
        }
    }

    private void announced(long id, MessageReader message) throws MalformedMessageException {
        FrameKind kind = FrameKind.of(message.u8());
        int bytes = message.i32(1, limits.frameBytesMax() - Frame.HEADER_BYTES);
        message.end();
        if (!pieces || arriving.containsKey(id)) {
            throw new MalformedMessageException("nothing can be announced under id " + id);
        }
        arriving.put(id, new Arriving(kind, bytes));
        handler.announced(kind, id, bytes);
    }

    private void piece(long id, MessageReader message) throws MalformedMessageException {
        Arriving whole = arriving.get(id);
        byte[] bytes = whole == null ? null : whole.bytes;
        if (whole == null || bytes == null) {
            throw new MalformedMessageException("a piece of nothing that was accepted");
        }
        int count = message.remaining();
        message.rest(bytes, whole.count);
        whole.count += count;
        if (whole.count == whole.size) {
            arriving.remove(id);
            handler.take(whole.kind, id, new MessageReader(ByteBuffer.wrap(bytes)));
        }
    }

    /** A message that was announced: it comes in pieces, once it is accepted. */
    private static final class Arriving {
        private final FrameKind kind;
        private final int size;
        private byte @Nullable [] bytes;
        private int count;
        private int ticks;

        Arriving(FrameKind kind, int size) {
            this.kind = kind;
            this.size = size;
        }
    }

    private void readable() {
        try {
            if (wasHeldBack) {
                wasHeldBack = false;
                receiver.received();
            }
            for (int reads = 0; reads < READS_PER_EVENT_MAX && !closed.get(); reads++) {
                if (incoming.isHeldBack()) {
                    heldBack = true;
                    source.suspendReads();
                    return;
                }
                ByteBuffer space = receiver.space();
                int count = source.read(space);
                if (count < 0) {
                    close("the peer closed the connection");
                    return;
                }
                if (count == 0) {
                    return;
                }
                heard = true;
                boolean emptied = space.hasRemaining() && !encrypted;
                receiver.received();
                if (emptied && !incoming.isHeldBack()) {
                    return;
                }
            }
        } catch (IOException e) {
            close(e.toString());
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "event=link-failed", e);
            close(e.toString());
        }
    }

    private void drain() {
        try {
            FrameSender.Drained drained = sender.drain(output);
            goOnReading();
            if (drained == FrameSender.Drained.BLOCKED) {
                sink.resumeWrites();
                return;
            }
            if (sink.isWriteResumed()) {
                sink.suspendWrites();
            }
            if (drained == FrameSender.Drained.MORE) {
                onThread(drain);
            }
        } catch (IOException e) {
            close(e.toString());
        }
    }

    /** Once the peer has taken enough of what waits for it. */
    private void goOnReading() {
        if (heldBack && !incoming.isHeldBack()) {
            heldBack = false;
            wasHeldBack = true;
            source.resumeReads();
            source.wakeupReads();
        }
    }

    private void tick() {
        if (closed.get()) {
            return;
        }
        long handed = sender.handedBytes();
        boolean idle = sender.idle();
        boolean moved = handed != handedBefore;
        handedBefore = handed;
        silentTicks = heard || heldBack ? 0 : silentTicks + 1;
        stalledTicks = moved || idle ? 0 : stalledTicks + 1;
        mutedTicks = moved ? 0 : mutedTicks + 1;
        heard = false;
        handler.tick();
        Duration arrivalMax = handler.arrivalMax();
        if (isUnfinished(ticksOf(arrivalMax))) {
            close("a message did not end within " + arrivalMax.toMillis() + " ms");
            return;
        }
        if (++announcedTicks >= 2 * ticksOf(arrivalMax)) {
            announcedTicks = 0;
            if (sender.waitsStill()) {
                // Nobody waits for anything for so long.
                close("the peer neither takes nor refuses a message");
                return;
            }
        }
        int ticksMax = ticksOf(limits.silenceMax());
        if (silentTicks >= ticksMax) {
            close("nothing came from the peer for " + limits.silenceMax().toMillis() + " ms");
            return;
        }
        if (stalledTicks >= ticksMax) {
            close("the peer took nothing for " + limits.silenceMax().toMillis() + " ms");
            return;
        }
        if (idle && mutedTicks >= TICKS_PER_PING - 1) {
            send(new MessageWriter().frame(FrameKind.PING, 0));
        }
        nextTick();
    }

    /** Whether the peer has taken too long for a frame, or for what it announced and was let send. */
    private boolean isUnfinished(int arrivalTicksMax) {
        boolean same = !heldBack && receiver.isWithinFrame() && receiver.delivered() == deliveredBefore;
        deliveredBefore = receiver.delivered();
        unfinishedTicks = same ? unfinishedTicks + 1 : 0;
        boolean late = unfinishedTicks >= arrivalTicksMax;
        for (Arriving message : arriving.values()) {
            message.ticks += message.bytes == null ? 0 : 1;
            late |= message.ticks >= arrivalTicksMax;
        }
        return late;
    }

    private int ticksOf(Duration time) {
        return Math.toIntExact(time.toMillis() / tickMillis());
    }

    private long tickMillis() {
        return limits.pingEvery().toMillis() / TICKS_PER_PING;
    }

    private void nextTick() {
        try {
            thread.executeAfter(tick, tickMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            close("the worker is shut down");
        }
    }

    private void onThread(Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException e) {
            close("the worker is shut down");
        }
    }

    private record SinkOutput(ConduitStreamSinkChannel sink) implements FrameSender.Output {
        @Override
        public int write(ByteBuffer bytes) throws IOException {
            return sink.write(bytes);
        }

        @Override
        public boolean flush() throws IOException {
            return sink.flush();
        }
    }
}
