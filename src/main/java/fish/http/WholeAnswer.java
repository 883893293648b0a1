package fish.http;

import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Sends an answer whose whole body is there. Of what is written together with a head, Undertow's connection keeps the
 * buffers until its next answer, however long that takes to come: so that is little, and a copy. What follows is written by
 * itself, and let go.
 */
final class WholeAnswer implements IoCallback {
    /** What may go with a head. */
    static final int WITH_HEAD_BYTES = 4 << 10;

    private ByteBuffer[] rest;

    private WholeAnswer(ByteBuffer[] rest) {
        this.rest = rest;
    }

    /** Ends the exchange. */
    static void send(HttpServerExchange exchange, ByteBuffer[] body) {
        long bytes = Arrays.stream(body).mapToLong(ByteBuffer::remaining).sum();
        if (bytes > WITH_HEAD_BYTES) {
            exchange.setResponseContentLength(bytes);
            exchange.getResponseSender().send(withHead(body), new WholeAnswer(body));
        } else if (body.length == 1) {
            exchange.getResponseSender().send(body[0]);
        } else {
            exchange.getResponseSender().send(body);
        }
    }

    /** A copy of the first bytes, which are taken out of these. */
    static ByteBuffer withHead(ByteBuffer... body) {
        ByteBuffer first = ByteBuffer.allocate(WITH_HEAD_BYTES);
        for (ByteBuffer part : body) {
            int count = Math.min(first.remaining(), part.remaining());
            first.put(part.slice(part.position(), count));
            part.position(part.position() + count);
        }
        return first.flip();
    }

    @Override
    public void onComplete(HttpServerExchange exchange, Sender sender) {
        ByteBuffer[] all = Arrays.stream(rest).filter(ByteBuffer::hasRemaining).toArray(ByteBuffer[]::new);
        rest = new ByteBuffer[0];
        sender.send(all, IoCallback.END_EXCHANGE);
    }

    @Override
    public void onException(HttpServerExchange exchange, Sender sender, IOException e) {
        IoCallback.END_EXCHANGE.onException(exchange, sender, e);
    }
}
