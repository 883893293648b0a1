package fish.api;

import fish.http.Call;
import fish.http.ConnectionEnd;
import fish.http.Problem;
import fish.kv.ChangeSink;
import fish.kv.EncodedCommit;
import fish.kv.Failure;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.xnio.ChannelListeners;
import org.xnio.IoUtils;
import org.xnio.channels.StreamSinkChannel;

/**
 * A stream of server-sent events to one client. The source's thread puts events into a bounded buffer,
 * the connection's I/O thread writes them out without blocking. A failure before the first event is
 * answered as a problem, a later one ends the stream, which the client resumes.
 */
final class ChangeStream implements ChangeSink {
    /** What may wait for one client, unless it is a single event. */
    private static final int BUFFER_BYTES = 128 << 10;
    /** Events that are written as one. */
    private static final int WRITE_BYTES = 16 << 10;

    private static final long PROGRESS_NANOS = TimeUnit.SECONDS.toNanos(3);

    /** What goes to the system at once. */
    private static final int SLICE_BYTES = 64 << 10;
    /** What goes together with the head, and is kept by Undertow for as long as the stream lives. */
    private static final int WITH_HEAD_BYTES = 1 << 10;
    /** How long a client may take nothing, */
    private static final long PRESSED_STALL_NANOS = TimeUnit.SECONDS.toNanos(2);
    /** or not all of what waits for it, while others have no room. */
    private static final long PRESSED_SLOW_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final HttpString ACCEL_BUFFERING = new HttpString("X-Accel-Buffering");
    private static final byte[] EVENT_END = {'\n', '\n'};

    /**
     * Bytes that go out in one piece.
     *
     * @param own how much of the budget it holds alone
     * @param ends the shared commit that is over with it
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Piece(byte[] bytes, long own, @Nullable EncodedCommit ends) {}

    private final Call call;
    private final HttpServerExchange exchange;
    private final ConnectionEnd connection;
    private final Runnable finish = this::finish;
    private final ChangeBudget budget;
    private final long stallNanos;
    private final AtomicBoolean woken = new AtomicBoolean();
    private final Object lock = new Object();

    // Under the lock.
    private final Deque<Piece> events = new ArrayDeque<>();
    /** What is being written, or was: not given back yet. */
    private final List<Piece> written = new ArrayList<>();

    private long emptyNanos;
    private long buffered;
    private long drainedNanos;
    private boolean ending;
    private boolean closed;

    // The source's thread alone.
    private boolean begun;
    private long progressNanos;

    // The I/O thread alone.
    private @Nullable StreamSinkChannel channel;
    private ByteBuffer writing = ByteBuffer.allocate(0);

    private boolean headSent;

    /**
     * @param stallMax how long the client may take nothing of what waits for it
     */
    ChangeStream(Call call, ChangeBudget budget, Duration stallMax) {
        this.call = call;
        this.exchange = call.exchange();
        this.budget = budget;
        this.stallNanos = stallMax.toNanos();
        this.connection = ConnectionEnd.of(exchange);
        connection.add(finish);
    }

    @Override
    public boolean hasRoom() {
        synchronized (lock) {
            return buffered == 0 && budget.hasRoom();
        }
    }

    @Override
    public void reached(long revision, boolean caughtUp) {
        long now = System.nanoTime();
        if (stalled(now)) {
            IoUtils.safeClose(exchange.getConnection());
            finish();
        } else if (!begun || now - progressNanos >= PROGRESS_NANOS) {
            begun = true;
            progressNanos = now;
            byte[] data = ChangeJson.ascii("{\"revision\":" + revision + "}");
            put(ChangeJson.ascii("id: " + revision + "\nevent: progress\ndata: "), data);
        }
    }

    private boolean stalled(long nowNanos) {
        synchronized (lock) {
            if (buffered == 0) {
                return false;
            }
            if (budget.hasRoom()) {
                return nowNanos - drainedNanos >= stallNanos;
            }
            // Others wait for the room that it takes.
            return nowNanos - drainedNanos >= Math.min(stallNanos, PRESSED_STALL_NANOS)
                    || nowNanos - emptyNanos >= Math.max(stallNanos, PRESSED_SLOW_NANOS);
        }
    }

    @Override
    public boolean commit(long revision, EncodedCommit encoded) {
        byte[] head = ChangeJson.ascii("id: " + revision + "\nevent: commit\ndata: ");
        if (encoded.pieces().size() == 1 && encoded.bytes() <= WRITE_BYTES) {
            return put(head, encoded.pieces().get(0));
        }
        synchronized (lock) {
            if (closed || ending) {
                return true;
            }
            boolean room = budget.hasRoomFor(encoded) && (buffered == 0 || buffered + encoded.bytes() <= BUFFER_BYTES);
            if (!room) {
                return false;
            }
            begin();
            budget.take(encoded);
            events.add(new Piece(head, 0, null));
            encoded.pieces().forEach(piece -> events.add(new Piece(piece, 0, null)));
            events.add(new Piece(EVENT_END, 0, encoded));
            buffered += encoded.bytes() + head.length + EVENT_END.length;
        }
        begun = true;
        wake();
        return true;
    }

    private boolean put(byte[] head, byte[] data) {
        byte[] event = event(head, data);
        synchronized (lock) {
            if (closed || ending) {
                return true;
            }
            if (buffered > 0 && (buffered + event.length > BUFFER_BYTES || !budget.hasRoom())) {
                return false;
            }
            begin();
            events.add(new Piece(event, event.length, null));
            buffered += event.length;
            budget.take(event.length);
        }
        begun = true;
        wake();
        return true;
    }

    private static byte[] event(byte[] head, byte[] data) {
        ByteBuffer event = ByteBuffer.allocate(head.length + data.length + EVENT_END.length);
        event.put(head).put(data).put(EVENT_END);
        return event.array();
    }

    private void wake() {
        if (woken.compareAndSet(false, true)) {
            try {
                exchange.getIoThread().execute(() -> {
                    woken.set(false);
                    write();
                });
            } catch (RejectedExecutionException e) {
                finish(); // the server has stopped
            }
        }
    }

    /** On the I/O thread: as much as the client takes now. */
    private void write() {
        if (closed()) {
            return; // the exchange is over, and the connection may serve another
        }
        StreamSinkChannel out = channel;
        if (out == null) {
            if (exchange.getRequestMethod().equals(Methods.HEAD)) {
                headers();
                finish();
                // Had it no channel by then, its end would say that the answer is empty.
                exchange.getResponseChannel();
                exchange.endExchange();
                return;
            }
            headers();
            out = exchange.getResponseChannel();
            if (out == null) {
                finish();
                return;
            }
            channel = out;
            out.getWriteSetter().set(ready -> write());
        }
        try {
            writeTo(out);
        } catch (IOException e) {
            IoUtils.safeClose(exchange.getConnection());
            finish();
        }
    }

    private void headers() {
        exchange.setStatusCode(200);
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/event-stream");
        exchange.getResponseHeaders().put(Headers.CACHE_CONTROL, "no-store");
        // Or a proxy may keep events until it has many.
        exchange.getResponseHeaders().put(ACCEL_BUFFERING, "no");
        ChangeHandler.vary(exchange);
    }

    private void writeTo(StreamSinkChannel out) throws IOException {
        while (next()) {
            int count = writeSlice(out);
            if (count == 0) {
                out.resumeWrites();
                return;
            }
            drained(count);
        }
        if (!out.flush()) {
            out.resumeWrites();
            return;
        }
        out.suspendWrites();
        boolean over;
        synchronized (lock) {
            over = ending && !closed && buffered == 0;
        }
        if (over) {
            finish();
            out.shutdownWrites();
            if (!out.flush()) {
                out.getWriteSetter().set(ChannelListeners.flushingChannelListener(null, null));
                out.resumeWrites();
            }
        }
    }

    /** Whether there is something to write. */
    private boolean next() {
        if (writing.hasRemaining()) {
            return true;
        }
        synchronized (lock) {
            releaseWritten();
            Piece first = events.poll();
            if (first == null) {
                return false;
            }
            written.add(first);
            int size = first.bytes.length;
            for (Piece piece = events.peek();
                    piece != null && size + piece.bytes.length <= WRITE_BYTES;
                    piece = events.peek()) {
                size += piece.bytes.length;
                written.add(events.remove());
            }
            if (written.size() == 1) {
                writing = ByteBuffer.wrap(first.bytes).asReadOnlyBuffer();
            } else {
                ByteBuffer joined = ByteBuffer.allocate(size);
                written.forEach(piece -> joined.put(piece.bytes));
                writing = joined.flip();
            }
            return true;
        }
    }

    /** As much as goes at once, in slices, since the system's buffer for it is as large as what is offered. */
    private int writeSlice(StreamSinkChannel out) throws IOException {
        int end = writing.limit();
        writing.limit(Math.min(end, writing.position() + (headSent ? SLICE_BYTES : WITH_HEAD_BYTES)));
        try {
            if (headSent) {
                return out.write(writing);
            }
            int count = out.write(ByteBuffer.allocate(writing.remaining())
                    .put(writing.duplicate())
                    .flip());
            writing.position(writing.position() + count);
            headSent = count > 0;
            return count;
        } finally {
            writing.limit(end);
        }
    }

    private void drained(int count) {
        synchronized (lock) {
            if (!closed) {
                buffered -= count;
                drainedNanos = System.nanoTime();
            }
        }
    }

    private void begin() {
        if (buffered == 0) {
            drainedNanos = System.nanoTime();
            emptyNanos = drainedNanos;
        }
    }

    private void releaseWritten() {
        written.forEach(this::release);
        written.clear();
    }

    private void release(Piece piece) {
        budget.giveBack(piece.own);
        if (piece.ends != null) {
            budget.giveBack(piece.ends);
        }
    }

    /** Nothing of it is of any use any more. Any thread, more than once. */
    private void finish() {
        connection.remove(finish);
        synchronized (lock) {
            if (!closed) {
                closed = true;
                releaseWritten();
                events.forEach(this::release);
                events.clear();
                buffered = 0;
            }
        }
    }

    @Override
    public void compacted(long oldest) {
        fail(ChangePage.compactedProblem(oldest));
    }

    @Override
    public void failed(Failure failure) {
        fail(new Problem(Statuses.code(failure.reason()), failure.detail()));
    }

    private void fail(Problem problem) {
        if (begun) {
            synchronized (lock) {
                ending = true;
            }
            wake();
            endInTime();
        } else {
            finish();
            call.answer(() -> call.problem(problem));
        }
    }

    /** From here on the source looks no more after a client that does not take the rest. */
    private void endInTime() {
        try {
            exchange.getIoThread()
                    .executeAfter(
                            () -> {
                                if (!exchange.isComplete()) {
                                    IoUtils.safeClose(exchange.getConnection());
                                    finish();
                                }
                            },
                            stallNanos,
                            TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            finish(); // the server has stopped
        }
    }

    @Override
    public boolean closed() {
        synchronized (lock) {
            return closed;
        }
    }
}
