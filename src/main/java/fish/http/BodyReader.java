package fish.http;

import fish.contract.Code;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpContinue;
import io.undertow.util.Headers;
import io.undertow.util.SameThreadExecutor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;
import org.xnio.channels.StreamSourceChannel;

/**
 * Reads one body into memory without blocking. What it holds grows with what has arrived, not with what
 * was announced, and counts against what all requests together may hold.
 */
final class BodyReader {
    private static final int FIRST_BYTES = 4096;

    /** Fewer characters than a length has that {@code long} arithmetic could wrap around. */
    private static final int LENGTH_CHARS_MAX = 15;

    private final Call call;
    private final HttpServerExchange exchange;
    private final int bytesMax;
    private final Consumer<byte[]> then;
    private byte[] bytes = new byte[0];
    private int length;
    private boolean ended;

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
        String announced = exchange.getRequestHeaders().getFirst(Headers.CONTENT_LENGTH);
        if (announced != null) {
            if (announced.length() > LENGTH_CHARS_MAX) {
                exchange.setPersistent(false);
                throw tooLarge();
            }
            if (Long.parseLong(announced) > bytesMax) {
                throw tooLarge();
            }
            grow((int) Math.min(FIRST_BYTES, Long.parseLong(announced)));
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
                    channel.getReadSetter().set(ready -> read(ready, false));
                    channel.resumeReads();
                    return;
                }
                buffer.flip();
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
        if (inCall) {
            then.accept(body);
        } else {
            call.inCall(() -> then.accept(body));
        }
    }

    private void take(ByteBuffer buffer) {
        int count = buffer.remaining();
        if (count > bytesMax - length) {
            throw tooLarge();
        }
        if (length + count > bytes.length) {
            grow(Math.min(bytesMax, Math.max(length + count, 2 * length)));
        }
        buffer.get(bytes, length, count);
        length += count;
    }

    private void grow(int capacity) {
        if (!call.hold((long) capacity - bytes.length)) {
            throw new Problem(Code.OVERLOADED, "too many bytes are in flight").exception();
        }
        bytes = Arrays.copyOf(bytes, capacity);
    }

    private ProblemException tooLarge() {
        return new Problem(Code.TOO_LARGE, "the body has at most " + bytesMax + " bytes").exception();
    }
}
