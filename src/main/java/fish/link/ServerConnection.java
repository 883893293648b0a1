package fish.link;

import fish.kv.Outcome;
import fish.kv.Read;
import fish.kv.ReadOutcome;
import fish.kv.Reason;
import fish.kv.Service;
import fish.kv.Write;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.xnio.StreamConnection;
import org.xnio.XnioIoThread;

/** One front-end's connection, at the server. Thread-safe. */
final class ServerConnection implements FrameChannel.Handler {
    private static final System.Logger LOG = System.getLogger(ServerConnection.class.getName());

    private static final String TOO_MANY = "too many requests of this connection are under way";

    private static final String NO_FRAME = "the answer is more than a frame can hold";

    private final Service service;
    private final LinkLimits limits;
    private final Consumer<? super ServerConnection> ended;
    private final FrameChannel channel;
    private final XnioIoThread ioThread;
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicLong requestBytes = new AtomicLong();

    /**
     * @param ended told once, when the connection has ended
     */
    ServerConnection(
            StreamConnection connection, Service service, LinkLimits limits, Consumer<? super ServerConnection> ended) {
        this.service = service;
        this.limits = limits;
        this.ended = ended;
        this.channel = new FrameChannel(connection, limits, this);
        this.ioThread = connection.getIoThread();
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
        int size = message.remaining();
        if (kind == FrameKind.WRITE) {
            Write write = RequestCodec.readWrite(message, System.nanoTime());
            if (begin(size)) {
                service.write(write, outcome -> {
                    end(size);
                    answer(outcome, id);
                });
            } else {
                answer(Outcome.refused(Reason.OVERLOADED, TOO_MANY), id);
            }
        } else if (kind == FrameKind.READ) {
            Read read = RequestCodec.readRead(message, System.nanoTime());
            if (begin(size)) {
                service.read(read, outcome -> {
                    end(size);
                    answer(outcome, id);
                });
            } else {
                answer(ReadOutcome.failed(Reason.OVERLOADED, TOO_MANY), id);
            }
        } else {
            throw new MalformedMessageException("no request is of kind " + kind);
        }
    }

    @Override
    public void closed(String reason) {
        LOG.log(Level.DEBUG, () -> "event=link-closed reason=\"" + reason + "\"");
        ended.accept(this);
    }

    private boolean begin(int size) {
        int count = requests.incrementAndGet();
        long bytes = requestBytes.addAndGet(size);
        if (count <= limits.requestsMax() && bytes <= limits.requestBytesMax()) {
            return true;
        }
        end(size);
        return false;
    }

    private void end(int size) {
        requests.decrementAndGet();
        requestBytes.addAndGet(-size);
    }

    private void answer(Outcome outcome, long id) {
        // it has happened, and what it answered cannot be told
        Outcome instead = Outcome.unknown(Reason.UNKNOWN_OUTCOME, NO_FRAME);
        send(() -> AnswerCodec.frame(outcome, id), () -> AnswerCodec.frame(instead, id));
    }

    private void answer(ReadOutcome outcome, long id) {
        ReadOutcome instead = ReadOutcome.failed(Reason.OVERLOADED, NO_FRAME);
        send(() -> AnswerCodec.frame(outcome, id), () -> AnswerCodec.frame(instead, id));
    }

    private void send(Supplier<Frame> answer, Supplier<Frame> instead) {
        try {
            Frame frame = answer.get();
            send(frame.size() <= limits.frameBytesMax() ? frame : instead.get());
        } catch (IllegalArgumentException e) {
            LOG.log(Level.ERROR, "event=link-answer-failed", e);
            send(instead.get());
        }
    }

    private void send(Frame frame) {
        if (channel.send(frame) == FrameSender.Sent.FULL) {
            channel.close("the peer does not take its answers");
        }
    }
}
