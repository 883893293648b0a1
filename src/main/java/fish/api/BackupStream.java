package fish.api;

import fish.http.Call;
import fish.http.ConnectionEnd;
import fish.http.Problem;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.channels.StreamSinkChannel;

/**
 * One backup on its way to its client. The thread that makes it hands over one buffer after the other, and waits until
 * the connection's I/O thread has written it, as long as the client keeps up with the pace.
 */
final class BackupStream extends OutputStream implements BackupHandler.Sink {
    private static final int BUFFER_BYTES = 128 << 10;
    private static final long LOOK_MILLIS = 250;

    private final Call call;
    private final HttpServerExchange exchange;
    private final BackupHandler.Pace pace;
    private final ConnectionEnd connection;
    private final Runnable leaving = this::leave;
    private final Object lock = new Object();

    // The maker's thread alone.
    private byte[] buffer = {};
    private int filled;
    private boolean sent;
    private long revision;
    private long bytes;
    private BackupHandler.Bounds bounds = () -> {};
    private long windowNanos;
    private long windowTaken;
    /** Since when there is nothing for the client to take. */
    private long restNanos;

    // Under the lock.
    private ByteBuffer sending = ByteBuffer.allocate(0);
    private long taken;
    private boolean ending;
    private boolean ended;
    private boolean gone;

    // The I/O thread alone.
    private @Nullable StreamSinkChannel channel;

    BackupStream(Call call, BackupHandler.Pace pace) {
        this.call = call;
        this.exchange = call.exchange();
        this.pace = pace;
        this.connection = ConnectionEnd.of(exchange);
        connection.add(leaving);
    }

    @Override
    public OutputStream begin(long upTo, long bytesAbout, BackupHandler.Bounds until) {
        revision = upTo;
        bytes = bytesAbout;
        bounds = until;
        buffer = new byte[BUFFER_BYTES];
        windowNanos = System.nanoTime();
        restNanos = windowNanos;
        return this;
    }

    @Override
    public void failed(Problem problem) {
        connection.remove(leaving);
        if (sent) {
            // Without the end that a whole one has.
            abort();
        } else {
            call.answer(() -> call.problem(problem));
        }
    }

    @Override
    public void done() throws IOException {
        flush();
        synchronized (lock) {
            ending = true;
        }
        try {
            wakeAndAwait();
        } finally {
            connection.remove(leaving);
        }
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        int done = 0;
        while (done < length) {
            int count = Math.min(length - done, BUFFER_BYTES - filled);
            System.arraycopy(from, offset + done, buffer, filled, count);
            filled += count;
            done += count;
            if (filled == BUFFER_BYTES) {
                flush();
            }
        }
    }

    @Override
    public void flush() throws IOException {
        sent = true;
        synchronized (lock) {
            sending = ByteBuffer.wrap(buffer, 0, filled);
        }
        wakeAndAwait();
        filled = 0;
    }

    private void wakeAndAwait() throws IOException {
        bounds.require();
        // What the maker took for it the client did not.
        windowNanos += System.nanoTime() - restNanos;
        try {
            exchange.getIoThread().execute(this::send);
        } catch (RejectedExecutionException e) {
            throw new IOException("this node is stopping", e);
        }
        synchronized (lock) {
            while (!gone && (sending.hasRemaining() || ending != ended)) {
                keepPace();
                bounds.require();
                try {
                    lock.wait(LOOK_MILLIS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    abort();
                }
            }
            if (gone) {
                throw new IOException("its client is gone");
            }
        }
        restNanos = System.nanoTime();
    }

    /** Under the lock. */
    private void keepPace() throws IOException {
        long now = System.nanoTime();
        if (now - windowNanos < pace.window().toNanos()) {
            return;
        }
        if (taken - windowTaken < pace.bytesMin()) {
            abort();
            throw new IOException("its client took %d bytes in %d s, which is too slow"
                    .formatted(taken - windowTaken, TimeUnit.NANOSECONDS.toSeconds(now - windowNanos)));
        }
        windowNanos = now;
        windowTaken = taken;
    }

    /** On the I/O thread: as much as the client takes now. */
    private void send() {
        synchronized (lock) {
            if (gone || ended) {
                return; // the connection may serve another request
            }
            try {
                StreamSinkChannel out = open();
                while (sending.hasRemaining()) {
                    int count = out.write(sending);
                    if (count == 0) {
                        out.resumeWrites();
                        return;
                    }
                    taken += count;
                }
                if (ending) {
                    out.shutdownWrites();
                    if (!out.flush()) {
                        out.resumeWrites();
                        return;
                    }
                    ended = true;
                } else {
                    out.suspendWrites();
                }
                lock.notifyAll();
            } catch (IOException e) {
                abort();
            }
        }
    }

    private StreamSinkChannel open() throws IOException {
        StreamSinkChannel open = channel;
        if (open == null) {
            BackupHandler.headers(exchange);
            exchange.getResponseHeaders().put(FishHeaders.REVISION, Long.toString(revision));
            exchange.getResponseHeaders().put(FishHeaders.BACKUP_BYTES, Long.toString(bytes));
            open = exchange.getResponseChannel();
            if (open == null) {
                throw new IOException("answered already");
            }
            open.getWriteSetter().set(ready -> send());
            channel = open;
        }
        return open;
    }

    private void abort() {
        IoUtils.safeClose(exchange.getConnection());
        leave();
    }

    private void leave() {
        synchronized (lock) {
            gone = !ended;
            lock.notifyAll();
        }
    }
}
