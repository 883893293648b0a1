package fish.api;

import fish.http.Call;
import fish.http.Problem;
import fish.kv.ChangeSink;
import fish.kv.Failure;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
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

    private final Call call;
    private final HttpServerExchange exchange;
    private final ChangeBudget budget;
    private final long stallNanos;
    private final AtomicBoolean woken = new AtomicBoolean();
    private final Object lock = new Object();

    // Under the lock.
    private final Deque<byte[]> events = new ArrayDeque<>();
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

    /**
     * @param stallMax how long the client may take nothing of what waits for it
     */
    ChangeStream(Call call, ChangeBudget budget, Duration stallMax) {
        this.call = call;
        this.exchange = call.exchange();
        this.budget = budget;
        this.stallNanos = stallMax.toNanos();
        exchange.getConnection().addCloseListener(connection -> finish());
    }

    @Override
    public boolean hasRoom() {
        synchronized (lock) {
            return buffered == 0 && budget.hasRoom();
        }
    }

    @Override
    public boolean commit(long revision, byte[] encoded) {
        return put("id: " + revision + "\nevent: commit\ndata: ", encoded);
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
            put("id: " + revision + "\nevent: progress\ndata: ", data);
        }
    }

    private boolean stalled(long nowNanos) {
        synchronized (lock) {
            return buffered > 0 && nowNanos - drainedNanos >= stallNanos;
        }
    }

    private boolean put(String head, byte[] data) {
        byte[] event = event(head, data);
        synchronized (lock) {
            if (closed || ending) {
                return true;
            }
            if (buffered > 0 && (buffered + event.length > BUFFER_BYTES || !budget.hasRoom())) {
                return false;
            }
            if (buffered == 0) {
                drainedNanos = System.nanoTime();
            }
            events.add(event);
            buffered += event.length;
            budget.take(event.length);
        }
        begun = true;
        wake();
        return true;
    }

    private static byte[] event(String head, byte[] data) {
        ByteBuffer event = ByteBuffer.allocate(head.length() + data.length + 2);
        event.put(ChangeJson.ascii(head)).put(data).put((byte) '\n').put((byte) '\n');
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
    }

    private void writeTo(StreamSinkChannel out) throws IOException {
        while (next()) {
            int written = out.write(writing);
            if (written == 0) {
                out.resumeWrites();
                return;
            }
            drained(written);
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
            byte[] first = events.poll();
            if (first == null) {
                return false;
            }
            int size = first.length;
            int count = 0;
            for (byte[] event : events) {
                if (size + event.length > WRITE_BYTES) {
                    break;
                }
                size += event.length;
                count++;
            }
            writing = ByteBuffer.allocate(size).put(first);
            for (; count > 0; count--) {
                writing.put(events.remove());
            }
            writing.flip();
            return true;
        }
    }

    private void drained(int count) {
        synchronized (lock) {
            if (!closed) {
                buffered -= count;
                drainedNanos = System.nanoTime();
                budget.giveBack(count);
            }
        }
    }

    /** Nothing of it is of any use any more. Any thread, more than once. */
    private void finish() {
        synchronized (lock) {
            if (!closed) {
                closed = true;
                budget.giveBack(buffered);
                buffered = 0;
                events.clear();
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
        } else {
            finish();
            call.answer(() -> call.problem(problem));
        }
    }

    @Override
    public boolean closed() {
        synchronized (lock) {
            return closed;
        }
    }
}
