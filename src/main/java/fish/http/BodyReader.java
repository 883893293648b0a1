package fish.http;

import fish.budget.ByteBudget;
import fish.contract.Code;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpContinue;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.SameThreadExecutor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.xnio.channels.StreamSourceChannel;

/**
 * Reads one body into memory without blocking. What it holds grows with what has arrived, not with what
 * was announced, and counts against what all bodies together may hold. A large one takes room for all of it
 * once it has shown that it comes, and is not read on before; while it waits for that it holds next to nothing, or, where
 * it did not say that it is large, as much as a small one.
 */
final class BodyReader {
    private static final int FIRST_BYTES = 4096;

    /** What is read of a request that is refused, to know what it was; less than 10,000. */
    static final int NEAR_BYTES_MAX = FIRST_BYTES;

    /** Fewer characters than a length has that {@code long} arithmetic could wrap around. */
    private static final int LENGTH_CHARS_MAX = 15;

    private final Call call;
    private final HttpServerExchange exchange;
    private final int bytesMax;
    private final Consumer<byte[]> then;
    private byte[] bytes = new byte[0];
    private int length;
    private int announced;
    private int held;
    private boolean ended;

    /** Where more is waited for. */
    private @Nullable StreamSourceChannel awaited;

    BodyReader(Call call, int bytesMax, Consumer<byte[]> then) {
        this.call = call;
        this.exchange = call.exchange();
        this.bytesMax = bytesMax;
        this.then = then;
    }

    void start() {
        if (exchange.isRequestComplete()) {
            then.accept(bytes);
            return;
        }
        String given = exchange.getRequestHeaders().getFirst(Headers.CONTENT_LENGTH);
        if (given != null) {
            if (given.length() > LENGTH_CHARS_MAX) {
                exchange.setPersistent(false);
                throw tooLarge();
            }
            if (Long.parseLong(given) > bytesMax) {
                throw tooLarge();
            }
            announced = Integer.parseInt(given);
            bytes = grow(Math.min(FIRST_BYTES, announced)) ? new byte[held] : bytes;
        }
        if (HttpContinue.requiresContinueResponse(exchange)) {
            exchange.dispatch(SameThreadExecutor.INSTANCE, (Runnable) this::inviteBody);
        } else {
            read(exchange.getRequestChannel(), true);
        }
    }

    private void inviteBody() {
        HttpContinue.sendContinueResponse(exchange, new IoCallback() {
            @Override
            public void onComplete(HttpServerExchange done, Sender sender) {
                call.inCall(() -> read(exchange.getRequestChannel(), true));
            }

            @Override
            public void onException(HttpServerExchange done, Sender sender, IOException e) {
                call.abort();
            }
        });
    }

    /** Takes what is there; {@code inCall}: whether Undertow is running a handler of this exchange. */
    private void read(StreamSourceChannel channel, boolean inCall) {
        if (ended || call.sent()) {
            return;
        }
        try (PooledByteBuffer pooled =
                exchange.getConnection().getByteBufferPool().allocate()) {
            ByteBuffer buffer = pooled.getBuffer();
            while (true) {
                buffer.clear();
                int count = channel.read(buffer);
                if (count < 0) {
                    ended = true;
                    finish(inCall);
                    return;
                }
                if (count == 0) {
                    if (ChunkedBody.isMalformed(exchange)) {
                        throw call.refusedOr(
                                new Problem(Code.BAD_REQUEST, "the body is not chunked as RFC 9112 has it"));
                    }
                    awaited = channel;
                    channel.getReadSetter().set(ready -> read(ready, false));
                    channel.resumeReads();
                    return;
                }
                buffer.flip();
                if (!hasRoom(buffer.remaining())) {
                    awaited = null;
                    channel.suspendReads();
                    ByteBuffer read = copy(buffer);
                    if (inCall) {
                        // Undertow ends an exchange whose handler returns, unless it was dispatched.
                        exchange.dispatch(SameThreadExecutor.INSTANCE, (Runnable) () -> waitForRoom(channel, read));
                    } else {
                        waitForRoom(channel, read);
                    }
                    return;
                }
                take(buffer);
            }
        } catch (IOException e) {
            ended = true;
            call.abort();
        } catch (ProblemException e) {
            ended = true;
            if (inCall) {
                throw e;
            }
            call.inCall(() -> {
                throw e;
            });
        }
    }

    private void finish(boolean inCall) {
        byte[] body = length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
        call.bodyTakes(length);
        if (inCall) {
            then.accept(body);
        } else {
            call.inCall(() -> then.accept(body));
        }
    }

    /** Takes what has come and was not seen yet: this thread may have had no time for it. */
    void readNow() {
        if (awaited != null) {
            read(awaited, false);
        }
    }

    /** Nobody wants it any more. */
    void drop() {
        ended = true;
        bytes = new byte[0];
    }

    /** Whether so many bytes more are or can now be held; else it waits. */
    private boolean hasRoom(int count) {
        if (count > bytesMax - length) {
            throw tooLarge();
        }
        int needed = length + count;
        if (needed <= held) {
            return true;
        }
        boolean small = announced <= ByteBudget.SMALL_BYTES && needed <= ByteBudget.SMALL_BYTES;
        if (small && grow(Math.max(needed, Math.min(2 * length, bytesMax)))) {
            return true;
        }
        if (!call.arrival().hold((long) whole() - held)) {
            return false;
        }
        held = whole();
        return true;
    }

    private int whole() {
        return announced > 0 ? announced : bytesMax;
    }

    private boolean grow(int wanted) {
        boolean room = call.arrival().hold((long) wanted - held);
        held = room ? wanted : held;
        return room;
    }

    private void waitForRoom(StreamSourceChannel channel, ByteBuffer read) {
        call.arrival().holdLater((long) whole() - held, () -> {
            held = whole();
            take(read);
            read(channel, false);
        });
    }

    private static ByteBuffer copy(ByteBuffer buffer) {
        return ByteBuffer.allocate(buffer.remaining()).put(buffer).flip();
    }

    private void take(ByteBuffer buffer) {
        int count = buffer.remaining();
        if (length + count > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.min(held, Math.max(length + count, 2 * length)));
        }
        buffer.get(bytes, length, count);
        length += count;
        call.arrival().came(count);
    }

    private ProblemException tooLarge() {
        return call.refusedOr(new Problem(Code.TOO_LARGE, "the body has at most " + bytesMax + " bytes"));
    }

    /** Whether a body is worth reading only to refuse the request: it comes uninvited, and is not known to be large. */
    static boolean mayBeNear(HttpServerExchange exchange) {
        HeaderMap headers = exchange.getRequestHeaders();
        String length = headers.getFirst(Headers.CONTENT_LENGTH);
        return !headers.contains(Headers.EXPECT)
                && (length == null || (length.length() <= 4 && Integer.parseInt(length) <= NEAR_BYTES_MAX));
    }
}
