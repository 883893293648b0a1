package fish.link;

import fish.kv.Asker;
import fish.kv.Failure;
import fish.kv.Outcome;
import fish.kv.Query;
import fish.kv.Read;
import fish.kv.ReadOutcome;
import fish.kv.Reason;
import fish.kv.Room;
import fish.kv.Txn;
import fish.kv.Write;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.xnio.StreamConnection;

/**
 * A front-end's end of one framed connection, made by a {@link LinkConnector}. Once it has ended it stays
 * so; whoever wants to go on makes a new one.
 *
 * <p>Requests of one thread reach the service in the order in which they were made; answers come in any
 * order. Nothing is timed here: the service answers soon after the deadline, and a service that is silent
 * as a whole is given up with its connection. Thread-safe; no method blocks.
 */
public final class LinkClient implements AutoCloseable {
    /** How a write ended: one of the two, once, on any thread, also inside {@link #write} itself. Must not block. */
    public interface WriteCallback {
        void answered(Outcome outcome);

        /**
         * The connection ended first.
         *
         * @param maybeReceived false only if not one byte of the write was given to the socket: then it has
         *     not happened and will not
         */
        void lost(boolean maybeReceived);
    }

    /** How a read ended: as {@link WriteCallback}. */
    public interface ReadCallback {
        void answered(ReadOutcome outcome);

        /** The connection ended first. */
        void lost();
    }

    private static final System.Logger LOG = System.getLogger(LinkClient.class.getName());

    private static final String NO_MESSAGE = "no message can hold it: ";
    private static final String TOO_MANY_CONDITIONS =
            NO_MESSAGE + "the master is of a version that takes no more than " + Txn.ENTRIES_MAX + " conditions";
    private static final String TOO_MANY = "too much waits for the master already";

    private static final Failure NO_TOKENS_THERE = new Failure(
            Reason.NO_QUORUM, "the master is of a version that knows of no tokens, and this needs one that does");

    /** After its deadline, for who answers it by itself. */
    private static final long LATE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LinkLimits limits;
    private final LinkPeer peer;
    private final Consumer<? super String> ended;
    private final FrameChannel channel;
    private final Map<Long, Call> calls = new ConcurrentHashMap<>();
    private final Set<Long> announced = ConcurrentHashMap.newKeySet();
    private final AtomicInteger callCount = new AtomicInteger();
    private final AtomicLong lastId = new AtomicLong();

    /**
     * @param peer what the master knows of
     * @param ended told the reason once, when the connection has ended and all requests were told
     */
    LinkClient(StreamConnection connection, LinkLimits limits, LinkPeer peer, Consumer<? super String> ended) {
        this.limits = limits;
        this.peer = peer;
        this.ended = ended;
        this.channel = new FrameChannel(connection, limits, peer.pieces(), new Answers());
    }

    void start() throws IOException {
        channel.start();
    }

    /**
     * Sends it, if there is room; else it is answered as refused, overloaded, at once and with nothing
     * sent. So is what a master that knows of no tokens could not keep to, and a write that no message can hold, its limits being those of {@code fish.kv}.
     */
    public void write(Write write, WriteCallback callback) {
        if (!peer.tokens() && (!write.asker().checked() || RequestCodec.needsTokens(write.txn()))) {
            callback.answered(new Outcome.Refused(NO_TOKENS_THERE));
            return;
        }
        if (hasTooManyConditions(write.txn())) {
            callback.answered(Outcome.refused(Reason.OVERLOADED, TOO_MANY_CONDITIONS));
            return;
        }
        long id = lastId.incrementAndGet();
        Frame frame;
        try {
            frame = RequestCodec.frame(peer.tokens() ? write : write.by(Asker.NOBODY), id, System.nanoTime());
        } catch (IllegalArgumentException e) {
            callback.answered(Outcome.refused(Reason.OVERLOADED, NO_MESSAGE + e.getMessage()));
            return;
        }
        send(id, new WriteCall(frame, write, callback));
    }

    /** As {@link #write}, with {@link ReadOutcome.Failed} for refused. */
    public void read(Read read, ReadCallback callback) {
        if (!peer.tokens() && (!read.asker().checked() || RequestCodec.needsTokens(read.query()))) {
            callback.answered(new ReadOutcome.Failed(NO_TOKENS_THERE));
            return;
        }
        if (read.query() instanceof Query.Reads reads && hasTooManyConditions(reads.txn())) {
            callback.answered(ReadOutcome.failed(Reason.OVERLOADED, TOO_MANY_CONDITIONS));
            return;
        }
        long id = lastId.incrementAndGet();
        Frame frame;
        try {
            frame = RequestCodec.frame(peer.tokens() ? read : read.by(Asker.NOBODY), id, System.nanoTime());
        } catch (IllegalArgumentException e) {
            callback.answered(ReadOutcome.failed(Reason.OVERLOADED, NO_MESSAGE + e.getMessage()));
            return;
        }
        send(id, new ReadCall(frame, read, callback));
    }

    private boolean hasTooManyConditions(Txn txn) {
        return !peer.conditions() && txn.conditions().size() > Txn.ENTRIES_MAX;
    }

    public boolean isOpen() {
        return channel.isOpen();
    }

    /** Whether it takes another request now; one that comes all the same may be refused. */
    public boolean hasRoom() {
        return callCount.get() < limits.requestsMax();
    }

    /** Ends the connection; all requests that are not answered are lost before this returns. */
    @Override
    public void close() {
        channel.close("closed by this side");
    }

    private void send(long id, Call call) {
        if (callCount.incrementAndGet() > limits.requestsMax()) {
            callCount.decrementAndGet();
            call.refused();
            return;
        }
        // before it is sent: the answer may come before send returns
        calls.put(id, call);
        FrameSender.Sent sent = channel.send(call.frame);
        if (sent != FrameSender.Sent.QUEUED && remove(id)) {
            if (sent == FrameSender.Sent.FULL) {
                call.refused();
            } else {
                call.lost(false);
            }
        }
    }

    /** Whether it was there: then the caller, and no one else, ends it. */
    private boolean remove(long id) {
        if (calls.remove(id) == null) {
            return false;
        }
        callCount.decrementAndGet();
        return true;
    }

    private void lose(long id, Call call) {
        if (remove(id)) {
            try {
                call.lost(channel.handed(call.frame));
            } catch (RuntimeException e) {
                LOG.log(Level.ERROR, "event=link-callback-failed", e);
            }
        }
    }

    private final class Answers implements FrameChannel.Handler {
        @Override
        public void take(FrameKind kind, long id, MessageReader message) throws MalformedMessageException {
            Call call = calls.get(id);
            if (call == null || call.answerKind != kind) {
                throw new MalformedMessageException("no request waits for " + kind + " " + id);
            }
            call.take(message, () -> remove(id));
        }

        @Override
        public int backlogMax() {
            return Integer.MAX_VALUE;
        }

        @Override
        public Duration arrivalMax() {
            return limits.arrivalMax();
        }

        /** Of a master of an older version: what it answers whole has no room of its own. */
        @Override
        public boolean gather(int bytes) {
            return true;
        }

        @Override
        public void announced(FrameKind kind, long id, int bytes) throws MalformedMessageException {
            Call call = calls.get(id);
            if (call == null || call.answerKind != kind) {
                throw new MalformedMessageException("no request waits for " + kind + " " + id);
            }
            announced.add(id);
            call.room.take(bytes, () -> {
                if (announced.remove(id)) {
                    channel.accept(id);
                }
            });
        }

        /** An answer that nobody waits for any more never gets room. */
        @Override
        public void tick() {
            long now = System.nanoTime();
            for (Long id : List.copyOf(announced)) {
                Call call = calls.get(id);
                if (call != null && now - call.deadlineNanos >= LATE_NANOS && announced.remove(id) && remove(id)) {
                    channel.reject(id);
                    call.late();
                }
            }
        }

        @Override
        public void closed(String reason) {
            calls.forEach(LinkClient.this::lose);
            ended.accept(reason);
        }
    }

    /** A request that is not answered yet. */
    private abstract static class Call {
        final Frame frame;
        final FrameKind answerKind;
        final long deadlineNanos;
        final Room room;

        Call(Frame frame, FrameKind answerKind, long deadlineNanos, Room room) {
            this.frame = frame;
            this.answerKind = answerKind;
            this.deadlineNanos = deadlineNanos;
            this.room = room;
        }

        abstract void refused();

        abstract void lost(boolean maybeReceived);

        /** It is answered, and nobody had room for the answer in time. */
        abstract void late();

        /**
         * Answers it, if the message is an answer.
         *
         * @param claim whether the call is still there to be ended; asked once the message is read
         */
        abstract void take(MessageReader message, BooleanSupplier claim) throws MalformedMessageException;
    }

    private static final class WriteCall extends Call {
        private final WriteCallback callback;

        WriteCall(Frame frame, Write write, WriteCallback callback) {
            super(frame, FrameKind.OUTCOME, write.deadlineNanos(), write.room());
            this.callback = callback;
        }

        @Override
        void refused() {
            callback.answered(Outcome.refused(Reason.OVERLOADED, TOO_MANY));
        }

        @Override
        void late() {
            callback.answered(Outcome.unknown(Reason.UNKNOWN_OUTCOME, "there was no room for the answer in time"));
        }

        @Override
        void lost(boolean maybeReceived) {
            callback.lost(maybeReceived);
        }

        @Override
        void take(MessageReader message, BooleanSupplier claim) throws MalformedMessageException {
            Outcome outcome = AnswerCodec.readOutcome(message);
            if (claim.getAsBoolean()) {
                callback.answered(outcome);
            }
        }
    }

    private static final class ReadCall extends Call {
        private final ReadCallback callback;

        ReadCall(Frame frame, Read read, ReadCallback callback) {
            super(frame, FrameKind.READ_OUTCOME, read.deadlineNanos(), read.room());
            this.callback = callback;
        }

        @Override
        void refused() {
            callback.answered(ReadOutcome.failed(Reason.OVERLOADED, TOO_MANY));
        }

        @Override
        void late() {
            refused();
        }

        @Override
        void lost(boolean maybeReceived) {
            callback.lost();
        }

        @Override
        void take(MessageReader message, BooleanSupplier claim) throws MalformedMessageException {
            int bytes = message.remaining();
            ReadOutcome outcome = AnswerCodec.readReadOutcome(message);
            if (claim.getAsBoolean()) {
                // A small one; a large one has its room.
                room.correct(bytes);
                callback.answered(outcome);
            }
        }
    }
}
