package fish.http;

import io.undertow.conduits.ReadDataStreamSourceConduit;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import io.undertow.util.AttachmentKey;
import io.undertow.util.Headers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import org.xnio.IoUtils;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.ConduitReadableByteChannel;
import org.xnio.conduits.StreamSourceConduit;

/**
 * Undoes {@code Transfer-Encoding: chunked} to the letter (RFC 9112, 7.1). Undertow's own takes a length that is none for
 * the end of the body, so that a part of a value would pass for the whole, skips what follows a chunk, and keeps
 * trailers of any length.
 *
 * <p>Of a body that is not chunked so nothing more is handed on, and {@link #isMalformed} says so; what still comes is
 * dropped. On the connection's I/O thread.
 */
final class ChunkedBody extends AbstractStreamSourceConduit<StreamSourceConduit> {
    private static final AttachmentKey<ChunkedBody> KEY = AttachmentKey.create(ChunkedBody.class);

    /** Digits of a length in hexadecimal that no arithmetic of a {@code long} wraps around. */
    private static final int DIGITS_MAX = 15;

    /** Bytes of a line with a length and its extensions, and of all trailers. */
    private static final int LINE_BYTES_MAX = 4096;

    private static final int TRAILER_BYTES_MAX = 16 << 10;

    private enum Place {
        LENGTH,
        EXTENSION,
        LENGTH_LF,
        DATA,
        DATA_CR,
        DATA_LF,
        TRAILERS,
        TRAILER,
        TRAILER_LF,
        LAST_LF,
        END,
        MALFORMED
    }

    private final HttpServerExchange exchange;
    private final HttpServerConnection connection;
    private Place place = Place.LENGTH;
    private int lineBytes;
    private int digits;
    private long left;
    private int trailerBytes;
    private boolean ended;

    private ChunkedBody(HttpServerExchange exchange, HttpServerConnection connection) {
        super(new ReadDataStreamSourceConduit(connection.getOriginalSourceConduit(), connection));
        this.exchange = exchange;
        this.connection = connection;
    }

    /** Before anything of the body is read: has it read so, if it is in any coding. */
    static void install(HttpServerExchange exchange) {
        if (exchange.getConnection() instanceof HttpServerConnection connection
                && exchange.getRequestHeaders().contains(Headers.TRANSFER_ENCODING)
                && !exchange.isRequestComplete()) {
            ChunkedBody body = new ChunkedBody(exchange, connection);
            exchange.putAttachment(KEY, body);
            connection.getChannel().getSourceChannel().setConduit(body);
        }
    }

    /** Whether what has come of the body is not chunked as it says. */
    static boolean isMalformed(HttpServerExchange exchange) {
        ChunkedBody body = exchange.getAttachment(KEY);
        return body != null && body.place == Place.MALFORMED;
    }

    @Override
    public int read(ByteBuffer dst) throws IOException {
        if (place == Place.END) {
            end();
            return -1;
        }
        int start = dst.position();
        try {
            while (dst.hasRemaining() && place != Place.END) {
                if (!readOnce(dst)) {
                    break;
                }
            }
        } catch (IOException | RuntimeException e) {
            IoUtils.safeClose(connection);
            throw e;
        }
        int count = dst.position() - start;
        if (count == 0 && place == Place.END) {
            end();
            return -1;
        }
        return count;
    }

    /** False: nothing is there now. */
    private boolean readOnce(ByteBuffer dst) throws IOException {
        PooledByteBuffer pooled = connection.getByteBufferPool().allocate();
        boolean kept = false;
        try {
            ByteBuffer buffer = pooled.getBuffer();
            int count = next.read(buffer);
            if (count < 0) {
                throw new ClosedChannelException();
            }
            buffer.flip();
            take(buffer, dst);
            kept = buffer.hasRemaining();
            if (kept) {
                connection.ungetRequestBytes(pooled);
            }
            return count > 0;
        } finally {
            if (!kept) {
                pooled.close();
            }
        }
    }

    private void take(ByteBuffer from, ByteBuffer to) {
        while (from.hasRemaining() && place != Place.END && (place != Place.DATA || to.hasRemaining())) {
            if (place == Place.DATA) {
                int count = (int) Math.min(left, Math.min(from.remaining(), to.remaining()));
                int limit = from.limit();
                to.put(from.limit(from.position() + count));
                from.limit(limit);
                left -= count;
                place = left == 0 ? Place.DATA_CR : Place.DATA;
            } else if (place == Place.MALFORMED) {
                from.position(from.limit());
            } else {
                go(next(from.get()));
            }
        }
    }

    private void go(Place to) {
        place = to;
        if (to == Place.MALFORMED) {
            // Nobody knows where it ends.
            exchange.setPersistent(false);
        }
    }

    private Place next(byte b) {
        return switch (place) {
            case LENGTH -> length(b);
            case EXTENSION ->
                b == '\r'
                        ? Place.LENGTH_LF
                        : b == '\n' || ++lineBytes > LINE_BYTES_MAX ? Place.MALFORMED : Place.EXTENSION;
            case LENGTH_LF -> lf(b, left == 0 ? Place.TRAILERS : Place.DATA);
            case DATA_CR -> b == '\r' ? Place.DATA_LF : Place.MALFORMED;
            case DATA_LF -> {
                digits = 0;
                lineBytes = 0;
                yield lf(b, Place.LENGTH);
            }
            case TRAILERS -> b == '\r' ? Place.LAST_LF : trailer(b);
            case TRAILER -> b == '\r' ? Place.TRAILER_LF : trailer(b);
            case TRAILER_LF -> lf(b, Place.TRAILERS);
            case LAST_LF -> lf(b, Place.END);
            case DATA, END, MALFORMED -> place;
        };
    }

    private static Place lf(byte b, Place then) {
        return b == '\n' ? then : Place.MALFORMED;
    }

    private Place length(byte b) {
        int digit = Character.digit((char) b, 16);
        if (digit >= 0 && b > 0) {
            digits++;
            left = (left << 4) + digit;
            return digits <= DIGITS_MAX ? Place.LENGTH : Place.MALFORMED;
        }
        if (digits == 0) {
            return Place.MALFORMED;
        }
        boolean extended = b == ';' || b == ' ' || b == '\t';
        return b == '\r' ? Place.LENGTH_LF : extended ? Place.EXTENSION : Place.MALFORMED;
    }

    /** They are dropped, as whoever knows none of them may. */
    private Place trailer(byte b) {
        return b == '\n' || ++trailerBytes > TRAILER_BYTES_MAX ? Place.MALFORMED : Place.TRAILER;
    }

    private void end() {
        if (!ended) {
            ended = true;
            Connectors.terminateRequest(exchange);
        }
    }

    @Override
    public long read(ByteBuffer[] dsts, int offset, int length) throws IOException {
        for (int i = offset; i < offset + length; i++) {
            if (dsts[i].hasRemaining()) {
                return read(dsts[i]);
            }
        }
        return 0;
    }

    @Override
    public long transferTo(long position, long count, FileChannel target) throws IOException {
        return target.transferFrom(new ConduitReadableByteChannel(this), position, count);
    }

    @Override
    public long transferTo(long count, ByteBuffer throughBuffer, StreamSinkChannel target) throws IOException {
        return IoUtils.transfer(new ConduitReadableByteChannel(this), count, throughBuffer, target);
    }

    @Override
    public void terminateReads() throws IOException {
        if (place != Place.END) {
            exchange.setPersistent(false);
        }
        super.terminateReads();
    }
}
