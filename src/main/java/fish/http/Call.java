package fish.http;

import fish.access.Grant;
import fish.access.Need;
import fish.budget.Claim;
import fish.contract.Code;
import fish.contract.Words;
import fish.kv.Room;
import io.undertow.server.Connectors;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import io.undertow.util.SameThreadExecutor;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;

/**
 * One request under way, from its head to the last byte of its answer. Lives on its connection's I/O
 * thread; only {@link #answer} may be called from elsewhere. Whatever it waits for has an end, which a
 * {@link DeadlineTimer} sees to, and what it holds of the {@link Limits} it gives back once, however it ends.
 */
public final class Call {
    private static final System.Logger LOG = System.getLogger(Call.class.getName());

    private static final int MISDIRECTED = 421;

    /** How long after its deadline a service that did not answer is given up. */
    private static final long GRACE_NANOS = 2_000_000_000L;

    /** How long the rest of a refused body is read and dropped, so that the client sees the answer. */
    private static final long LINGER_NANOS = 2_000_000_000L;

    /** How long a client may take for its part while the server closes. */
    private static final long HURRY_NANOS = 2_000_000_000L;

    private final HttpServerExchange exchange;
    private final Route route;
    private final String rest;
    private final ServerParts parts;
    private final AnswerBatcher answers;
    private final Grant grant;
    private final @Nullable Problem refusal;
    private final long startNanos = System.nanoTime();
    private final AtomicBoolean answered = new AtomicBoolean();
    private final AtomicBoolean released = new AtomicBoolean();
    private final Arrival arrival;
    private final Claim room;
    private final Departure departure;
    private boolean write;
    private boolean sent;
    private boolean left;
    private @Nullable Code told;
    private final Patience patience = new Patience(startNanos, this::later);

    /**
     * @param refusal why it is not served; null: it is
     */
    Call(
            HttpServerExchange exchange,
            Route route,
            String rest,
            ServerParts parts,
            AnswerBatcher answers,
            @Nullable Problem refusal) {
        this.exchange = exchange;
        this.route = route;
        boolean open = route.need() == Need.NOTHING || route.need() == Need.NODE;
        this.grant = open ? Grant.EVERYTHING : parts.gate().grant(Bearer.token(exchange));
        this.refusal = refusal == null ? Bearer.refusal(grant, route.need()) : refusal;
        this.rest = rest;
        this.parts = parts;
        this.answers = answers;
        Object client = Optional.ofNullable(exchange.getSourceAddress())
                .<Object>map(InetSocketAddress::getAddress)
                .orElse(this);
        this.arrival = new Arrival(this, parts, client, answers::put);
        this.room = new Claim(parts.limits().answers(), client, answers::put);
        this.departure = new Departure(this, room);
        this.write = route.write();
    }

    public HttpServerExchange exchange() {
        return exchange;
    }

    /** What stands for the {@code *} of the route's path, raw; else empty. */
    public String rest() {
        return rest;
    }

    /** What whoever asks may do; everything, where the route needs no token. */
    public Grant grant() {
        return grant;
    }

    /** What whoever asks may do by what this node's own copy of the store says now. */
    public Grant grantNow() {
        parts.gate().refresh();
        return parts.gate().grant(Bearer.token(exchange));
    }

    /** Why whoever asks may not do this, where the route itself needs less; empty where they may. */
    public Optional<Problem> beyond(Need need) {
        return Optional.ofNullable(Bearer.refusal(parts.gate().grant(Bearer.token(exchange)), need));
    }

    /** Why it is to be refused, whatever it asks; empty where it is to be served. */
    public Optional<Problem> refusal() {
        return Optional.ofNullable(refusal);
    }

    /** The parameters; any that is not among these is refused. */
    public Params params(Set<String> allowed) {
        return Params.parse(exchange.getQueryString(), allowed);
    }

    /** By {@link System#nanoTime}: when the parameters say that the request has taken long enough. */
    public long deadlineNanos(Params params) {
        return startNanos
                + params.durationNanos(
                        "timeout",
                        HttpConfig.TIMEOUT_MIN.toNanos(),
                        HttpConfig.TIMEOUT_MAX.toNanos(),
                        parts.config().times().request().toNanos());
    }

    /** Whether it has its answer: the rest of its body is of no interest then. */
    boolean sent() {
        return sent;
    }

    /** It turned out to be a read: a failure carries no outcome. */
    public void treatAsRead() {
        write = false;
    }

    /**
     * Reads the whole body, then hands it on; of a request that is refused, only as much as a head may take, which is
     * not waited for long.
     *
     * @throws ProblemException {@code too-large}, before a byte was read where its length was given
     */
    public void body(int bytesMax, Consumer<byte[]> then) {
        arrival.read(bytesMax, then);
    }

    /** What is refused anyhow is refused for that. */
    ProblemException refusedOr(Problem otherwise) {
        return (refusal == null ? otherwise : refusal).exception();
    }

    /** Says what the body and what was made of it take now; they are there already. */
    public void bodyTakes(long bytes) {
        arrival.takes(bytes);
    }

    /** How its body comes. */
    Arrival arrival() {
        return arrival;
    }

    /** How its answer goes. */
    Departure departure() {
        return departure;
    }

    /** The room that its answer has. */
    public Room room() {
        return room;
    }

    /**
     * Submits the request once there is room for so much of an answer; from then on it waits for {@link
     * #answer}, or gives up some time after the deadline with this problem. Without room in time it is
     * answered {@code overloaded}.
     */
    public void await(long deadlineNanos, long answerBytes, Supplier<Problem> late, Runnable submit) {
        awaitOthers(deadlineNanos, () -> answer(() -> problem(noRoom())));
        // Undertow ends an exchange whose handler returns, unless it was dispatched.
        exchange.dispatch(SameThreadExecutor.INSTANCE, (Runnable) () -> {
            if (answerBytes == 0) {
                submit(deadlineNanos, late, submit);
            } else {
                room.take(answerBytes, () -> submit(deadlineNanos, late, submit));
            }
        });
    }

    /** As the other, of a small answer. */
    public void await(long deadlineNanos, Supplier<Problem> late, Runnable submit) {
        await(deadlineNanos, 0, late, submit);
    }

    private void submit(long deadlineNanos, Supplier<Problem> late, Runnable submit) {
        if (answered.get()) {
            return;
        }
        if (!grant.holds()) {
            // It held when the head came. Nothing has been handed on yet.
            answerAlways(() -> problem(Bearer.GONE));
            return;
        }
        awaitOthers(
                deadlineNanos + GRACE_NANOS,
                () -> answer(() -> problem(room.waiting() && !write ? noRoom() : late.get())));
        try {
            submit.run();
        } catch (RuntimeException e) {
            answer(() -> unexpected(e));
        }
    }

    private static Problem noRoom() {
        return new Problem(Code.OVERLOADED, "there was no room for the answer in time");
    }

    /**
     * Runs this on the I/O thread, where it sends the answer; a second one is dropped. What was read for whoever may
     * not read any more is not told; what was written is. Any thread.
     */
    public void answer(Runnable respond) {
        answerAlways(isRefusedNow() ? () -> problem(Bearer.GONE) : respond);
    }

    private boolean isRefusedNow() {
        boolean reads = route.need() == Need.READ || route.method().equals(Methods.GET);
        return reads && !write && !grant.holds();
    }

    private void answerAlways(Runnable respond) {
        if (!answered.compareAndSet(false, true)) {
            return;
        }
        if (answers.here()) {
            guarded(respond);
        } else {
            answers.put(() -> guarded(respond));
        }
    }

    /** Sends an answer in JSON, once its other headers are set. */
    public void json(int status, byte[] body) {
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "application/json");
        send(status, body);
    }

    /** Like {@link #send}, of what may be big and is counted until it is sent. */
    public void sendHeld(int status, byte[] body) {
        if (room.held() < body.length) {
            room.force(body.length);
        }
        send(status, body);
    }

    /** Sends JSON of any length, with status 200: one piece after the other, each made once it can be sent. */
    public void jsonInPieces(Iterator<ByteBuffer> pieces) {
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "application/json");
        new PieceSender(this, room, pieces).start();
    }

    /** Both {@link #json} and {@link #sendHeld}, of status 200. */
    public void jsonHeld(byte[] body) {
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "application/json");
        sendHeld(200, body);
    }

    /** As {@link #jsonHeld(byte[])}, of what is held in pieces, without joining them. */
    public void jsonHeld(List<byte[]> pieces) {
        room.force(pieces.stream().mapToLong(piece -> piece.length).sum());
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "application/json");
        send(200, pieces.stream().map(ByteBuffer::wrap).toArray(ByteBuffer[]::new));
    }

    /** Sends an answer, once its headers are set. */
    public void send(int status, byte[] body) {
        send(status, new ByteBuffer[] {ByteBuffer.wrap(body)});
    }

    void send(int status, ByteBuffer[] body) {
        if (begin(status)) {
            WholeAnswer.send(exchange, body);
        }
    }

    /** Whether this is the first answer. */
    boolean begin(int status) {
        if (sent) {
            return false;
        }
        sent = true;
        departure.begin();
        boolean unread = !exchange.isRequestComplete();
        long patience = unread ? LINGER_NANOS : parts.config().times().send().toNanos();
        awaitClient(System.nanoTime() + patience, this::abort);
        if (unread) {
            arrival.drop();
        }
        if (unread
                && "100-continue".equalsIgnoreCase(exchange.getRequestHeaders().getFirst(Headers.EXPECT))) {
            exchange.setPersistent(false); // the body will not come, so nothing can follow it
        }
        exchange.setStatusCode(status);
        return true;
    }

    /** Sends a problem; headers that belong to it and not to every problem are set before. */
    public void problem(Problem problem) {
        told = sent ? told : problem.code();
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "application/problem+json");
        if (problem.code() == Code.UNAUTHENTICATED) {
            exchange.getResponseHeaders().put(Headers.WWW_AUTHENTICATE, Bearer.SCHEME);
        }
        if (problem.code().retryLater()) {
            exchange.getResponseHeaders().put(Headers.RETRY_AFTER, "1");
        }
        if (problem.code().status() == MISDIRECTED) {
            exchange.setReasonPhrase("Misdirected Request"); // which Undertow does not know
        }
        send(problem.code().status(), problem.json(outcome(problem.code())));
    }

    private String outcome(Code code) {
        if (!write || code == Code.METHOD_NOT_ALLOWED) {
            return "";
        }
        return code.outcomeUnknown() ? Words.UNKNOWN : Words.NOT_APPLIED;
    }

    /**
     * Lets this handler answer by itself; the limits no longer know of the request, whose body would be waited for without
     * an end and is refused.
     */
    public void leaveTo(HttpHandler handler) {
        if (!exchange.isRequestComplete()) {
            throw new Problem(Code.BAD_REQUEST, "this request has no body").exception();
        }
        left = true;
        release();
        Lasting.begin(this, route, parts);
        try {
            handler.handleRequest(exchange);
        } catch (ProblemException e) {
            throw e;
        } catch (Exception e) {
            unexpected(e);
        }
    }

    /** @param nanos how long it took; negative: that says nothing */
    void count(long nanos) {
        parts.stats().ended(route, sent || left ? exchange.getStatusCode() : 0, write, told, nanos);
    }

    /** Handles it; called by Undertow, which takes what was dispatched or resumed from here. */
    void start() {
        parts.timer().add(this);
        HeadGuard connection = HeadGuard.of(exchange);
        connection.begin();
        exchange.addExchangeCompleteListener((ended, next) -> {
            connection.end(ended);
            release();
            next.proceed();
        });
        guarded(() -> {
            if (refusal != null && !(route.bodyTells() && BodyReader.mayBeNear(exchange))) {
                throw refusal.exception();
            }
            route.handler().handle(this);
        });
    }

    /** Runs this as Undertow runs a handler, so that it may answer, dispatch or resume. */
    void inCall(Runnable step) {
        Connectors.executeRootHandler(ignored -> guarded(step), exchange);
    }

    /** Runs this on the I/O thread. Any thread. */
    void later(Runnable step) {
        answers.put(() -> guarded(step));
    }

    /**
     * The server closes: what this call waits for may not take its client long any more.
     *
     * @param sinceNanos since when it closes
     */
    void hurry(long nowNanos, long sinceNanos) {
        patience.hurry(nowNanos, sinceNanos, HURRY_NANOS);
    }

    /** Whether its time is up; each end is told once. Any thread. */
    void endIfDue(long nowNanos) {
        patience.endIfDue(nowNanos);
    }

    /** Ends what it waits for, once whoever asked may not have it any more. Any thread. */
    void endIfRefused() {
        if (!patience.ofClient() && isRefusedNow()) {
            answers.put(() -> answer(() -> {}));
        }
    }

    /** Closes the connection: the client sends or takes nothing any more. */
    void abort() {
        IoUtils.safeClose(exchange.getConnection());
        release();
    }

    /** As {@link #abort}, if it has not ended meanwhile. Any thread. */
    void abandon() {
        later(() -> {
            if (!released.get()) {
                abort();
            }
        });
    }

    /** It is the client's turn, until this ends it. */
    void awaitClient(long untilNanos, Runnable ending) {
        await(true, untilNanos, ending);
    }

    /** It waits for room or for the service, until this ends it. */
    void awaitOthers(long untilNanos, Runnable ending) {
        await(false, untilNanos, ending);
    }

    private void await(boolean client, long untilNanos, Runnable ending) {
        patience.await(client, System.nanoTime(), untilNanos, ending);
    }

    private void release() {
        if (released.compareAndSet(false, true)) {
            patience.end();
            parts.timer().remove(this);
            parts.limits().exit();
            arrival.close();
            room.close();
            if (!left) {
                count(System.nanoTime() - startNanos);
            }
        }
    }

    /** Runs this; what it throws is answered, or ends the connection where the answer has begun. */
    void guarded(Runnable step) {
        try {
            step.run();
        } catch (ProblemException e) {
            if (exchange.isResponseStarted()) {
                abort();
            } else {
                problem(e.problem());
            }
        } catch (RuntimeException e) {
            unexpected(e);
        }
    }

    private void unexpected(Exception e) {
        LOG.log(System.Logger.Level.ERROR, "request failed", e);
        if (exchange.isResponseStarted()) {
            abort();
            return;
        }
        // Once it was handed to the service, nobody knows what became of it.
        boolean unknown = write && answered.get();
        problem(new Problem(unknown ? Code.UNKNOWN_OUTCOME : Code.INTERNAL, "an internal error, which the log tells"));
    }
}
