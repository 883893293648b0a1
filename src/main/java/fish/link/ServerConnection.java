package fish.link;

import fish.budget.ByteBudget;
import fish.budget.Claim;
import fish.kv.Failure;
import fish.kv.Outcome;
import fish.kv.Query;
import fish.kv.Read;
import fish.kv.ReadOutcome;
import fish.kv.Reason;
import fish.kv.Write;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.xnio.StreamConnection;
import org.xnio.XnioIoThread;

/** One front-end's connection, at the server. Thread-safe. */
final class ServerConnection implements FrameChannel.Handler {
    private static final System.Logger LOG = System.getLogger(ServerConnection.class.getName());

    private static final String TOO_MANY = "too many requests of this connection are under way";

    /** Large messages that wait for room, of one connection that has not shown that it may ask for anything. */
    private static final int STRANGERS_MESSAGES_MAX = 64;

    /** Answers that such a one does not take. */
    private static final int STRANGERS_BACKLOG_MAX = 256;

    private static final String NO_FRAME = "the answer is more than a frame can hold";

    private final LinkServer.Serving serving;
    private final LinkLimits limits;
    private final LinkPeer peer;
    private final Consumer<? super ServerConnection> ended;
    private final FrameChannel channel;
    private final XnioIoThread ioThread;
    private final AtomicInteger requests = new AtomicInteger();
    private final Set<Served> open = ConcurrentHashMap.newKeySet();
    // The I/O thread's own.
    private final Map<Long, Claim> arriving = new HashMap<>();
    private Claim gathering;

    private final long openedNanos = System.nanoTime();

    private volatile LinkCaller caller;

    /**
     * @param peer what the front-end knows of
     * @param caller what it has shown; see {@link LinkServer.Budgets}
     * @param ended told once, when the connection has ended
     */
    ServerConnection(
            StreamConnection connection,
            LinkServer.Serving serving,
            LinkLimits limits,
            LinkPeer peer,
            LinkCaller caller,
            Consumer<? super ServerConnection> ended) {
        this.serving = serving;
        this.caller = caller;
        this.limits = limits;
        this.peer = peer;
        this.ended = ended;
        this.channel = new FrameChannel(connection, limits, peer.pieces(), this);
        this.ioThread = connection.getIoThread();
        this.gathering = new Claim(messages(), ioThread);
    }

    /** By {@link System#nanoTime}, for comparing with others. */
    long openedNanos() {
        return openedNanos;
    }

    /** Whether nothing shows so far that it may ask for anything. */
    boolean isStranger() {
        return caller == LinkCaller.STRANGER;
    }

    /** What large messages are taken from, until they are answered. */
    private ByteBudget messages() {
        return isStranger() ? serving.budgets().strangers() : serving.budgets().requests();
    }

    void start() throws IOException {
        channel.start();
    }

    /** Where its requests are read and given to the service. */
    XnioIoThread ioThread() {
        return ioThread;
    }

    void close(String reason) {
        channel.close(reason);
    }

    @Override
    public void take(FrameKind kind, long id, MessageReader message) throws MalformedMessageException {
        Claim before = arriving.remove(id);
        ByteBudget from = message.remaining() > ByteBudget.SMALL_BYTES
                ? messages()
                : serving.budgets().requests();
        Claim held = before == null ? new Claim(from, ioThread) : before;
        Served served = new Served(id, held, message.remaining());
        boolean isServed = false;
        try {
            if (kind == FrameKind.WRITE) {
                serve(served, RequestCodec.readWrite(message, System.nanoTime()));
            } else if (kind == FrameKind.READ) {
                serve(served, RequestCodec.readRead(message, System.nanoTime()));
            } else {
                throw new MalformedMessageException("no request is of kind " + kind);
            }
            isServed = true;
        } finally {
            if (!isServed) {
                held.close(); // nobody else knows of it
            }
        }
    }

    private void serve(Served served, Write write) {
        Outcome refused = Outcome.refused(Reason.OVERLOADED, TOO_MANY);
        if (!served.begin()) {
            answer(served, refused);
            return;
        }
        served.ifLate(write.deadlineNanos(), () -> answer(served, refused));
        int values = write.txn().valuesAnsweredMax();
        served.whenThereIsRoom(values == 0 ? 0 : serving.answerBytes(values), () -> serving.service()
                .write(write, outcome -> {
                    letIn(outcome instanceof Outcome.Committed);
                    answer(served, outcome);
                }));
    }

    private void serve(Served served, Read read) {
        ReadOutcome refused = ReadOutcome.failed(Reason.OVERLOADED, TOO_MANY);
        if (!served.begin()) {
            answer(served, refused);
            return;
        }
        served.ifLate(read.deadlineNanos(), () -> answer(served, refused));
        served.whenThereIsRoom(
                read.query().answerBytesAbout(), () -> serving.service().read(read.with(served.room), outcome -> {
                    // How far the master is, anybody is told.
                    letIn(outcome instanceof ReadOutcome.Found && !(read.query() instanceof Query.Reads));
                    answer(served, outcome);
                }));
    }

    /** Who has done something may do something: so it comes for clients that have tokens. */
    private void letIn(boolean served) {
        if (served && isStranger()) {
            caller = LinkCaller.NODE;
        }
    }

    @Override
    public int backlogMax() {
        return isStranger() ? STRANGERS_BACKLOG_MAX : limits.queueFramesMax();
    }

    @Override
    public Duration arrivalMax() {
        return caller == LinkCaller.NODE ? limits.arrivalMax() : limits.unprovenArrivalMax();
    }

    @Override
    public boolean gather(int bytes) {
        if (bytes == 0) {
            gathering.close();
            return true;
        }
        if (gathering.held() == 0) {
            gathering = new Claim(messages(), ioThread);
        }
        return gathering.grow(bytes - gathering.held());
    }

    /** A large request takes its room before it comes. */
    @Override
    public void announced(FrameKind kind, long id, int bytes) throws MalformedMessageException {
        if (arriving.size() >= limits.requestsMax()) {
            throw new MalformedMessageException("more is announced than may be asked for");
        }
        if (isStranger() && arriving.size() >= STRANGERS_MESSAGES_MAX) {
            channel.reject(id);
            channel.sendAnyway(refusal(kind, id));
            return;
        }
        Claim claim = new Claim(messages(), ioThread);
        arriving.put(id, claim);
        claim.take(bytes, () -> channel.accept(id));
    }

    private static Frame refusal(FrameKind kind, long id) throws MalformedMessageException {
        return switch (kind) {
            case WRITE -> AnswerCodec.frame(Outcome.refused(Reason.OVERLOADED, TOO_MANY), id);
            case READ -> AnswerCodec.frame(ReadOutcome.failed(Reason.OVERLOADED, TOO_MANY), id);
            default -> throw new MalformedMessageException("no request is of kind " + kind);
        };
    }

    @Override
    public void tick() {
        long now = System.nanoTime();
        open.forEach(served -> served.endIfLate(now));
    }

    @Override
    public void closed(String reason) {
        LOG.log(Level.DEBUG, () -> "event=link-closed reason=\"" + reason + "\"");
        ended.accept(this);
        open.forEach(Served::end);
        try {
            ioThread.execute(() -> {
                arriving.values().forEach(Claim::close);
                gathering.close();
            });
        } catch (RejectedExecutionException e) {
            // The server has stopped, and nobody waits for room any more.
            LOG.log(Level.DEBUG, "event=link-closed-late", e);
        }
    }

    /** One request, from when it was read until its answer was sent. */
    private final class Served {
        private final long id;
        private final Claim request;
        private final long requestBytes;
        private final Claim room = new Claim(serving.budgets().answers(), ioThread);
        private final AtomicBoolean answered = new AtomicBoolean();
        private volatile long deadlineNanos;
        private volatile Runnable late = () -> {};

        Served(long id, Claim request, long requestBytes) {
            this.id = id;
            this.request = request;
            this.requestBytes = requestBytes;
        }

        /** Whether there is room for the request, which is there already. */
        boolean begin() {
            boolean few = requests.incrementAndGet() <= limits.requestsMax();
            open.add(this);
            boolean held = request.held() > 0 || request.grow(requestBytes);
            if (!channel.isOpen()) {
                end();
            }
            return few && held;
        }

        void ifLate(long nanos, Runnable answer) {
            deadlineNanos = nanos;
            late = answer;
        }

        /** Answers it, if its time is up while it waits for room. */
        void endIfLate(long now) {
            if (room.waiting() && now - deadlineNanos >= 0) {
                late.run();
            }
        }

        void whenThereIsRoom(long bytes, Runnable serve) {
            if (bytes == 0) {
                serve.run();
            } else {
                room.take(bytes, serve);
            }
        }

        /** Whether this is the first answer. */
        boolean answered(long bytes) {
            if (!answered.compareAndSet(false, true)) {
                return false;
            }
            requests.decrementAndGet();
            request.close();
            room.force(bytes);
            return true;
        }

        void end() {
            open.remove(this);
            request.close();
            room.close();
        }
    }

    private void answer(Served served, Outcome outcome) {
        // it has happened, and what it answered cannot be told
        Outcome instead = Outcome.unknown(Reason.UNKNOWN_OUTCOME, NO_FRAME);
        Outcome told =
                outcome instanceof Outcome.Refused refused ? new Outcome.Refused(known(refused.failure())) : outcome;
        send(served, () -> AnswerCodec.frame(told, served.id), () -> AnswerCodec.frame(instead, served.id));
    }

    private void answer(Served served, ReadOutcome outcome) {
        ReadOutcome instead = ReadOutcome.failed(Reason.OVERLOADED, NO_FRAME);
        ReadOutcome told = outcome instanceof ReadOutcome.Failed failed
                ? new ReadOutcome.Failed(known(failed.failure()))
                : outcome;
        send(served, () -> AnswerCodec.frame(told, served.id), () -> AnswerCodec.frame(instead, served.id));
    }

    /** In the words that the peer knows: one that knows of no pieces or tokens knows of nothing that came with them. */
    private Failure known(Failure failure) {
        boolean said =
                switch (failure.reason()) {
                    case TOO_LARGE -> peer.pieces();
                    case UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, CONFLICT -> peer.tokens();
                    default -> true;
                };
        return said ? failure : new Failure(Reason.OVERLOADED, failure.detail(), failure.master());
    }

    private void send(Served served, Supplier<Frame> answer, Supplier<Frame> instead) {
        Frame frame;
        try {
            Frame whole = answer.get();
            frame = whole.size() <= limits.frameBytesMax() ? whole : instead.get();
        } catch (IllegalArgumentException e) {
            LOG.log(Level.ERROR, "event=link-answer-failed", e);
            frame = instead.get();
        }
        if (served.answered(frame.size())
                && channel.sendAnyway(frame.whenReleased(served::end)) != FrameSender.Sent.QUEUED) {
            served.end();
        }
    }
}
