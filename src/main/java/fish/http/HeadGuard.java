package fish.http;

import fish.budget.Claim;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.XnioIoThread;
import org.xnio.channels.StreamSourceChannel;
import org.xnio.conduits.AbstractStreamSinkConduit;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.ConduitWritableByteChannel;
import org.xnio.conduits.Conduits;
import org.xnio.conduits.StreamSinkConduit;
import org.xnio.conduits.StreamSourceConduit;
import org.xnio.ssl.SslConnection;

/**
 * Stands between Undertow and one connection, for what happens there outside of any request. Undertow
 * refuses a head that it cannot read, or that has no proper {@code Host}, without asking anybody, with an
 * empty body; and it closes the connection where a head does not end. Whatever it writes while no request
 * is served is such a refusal, and a problem document goes out instead.
 *
 * <p>On the connection's I/O thread, but for {@link #isOpen} and {@link #isDue}.
 */
final class HeadGuard {
    private static final String SECOND_CODING = "\r\ntransfer-encoding:";
    /** What a head may take of the heap without being counted: all connections together can have as much. */
    private static final int FREE_BYTES = 4 << 10;
    /** About what one of its fields, parameters or list members takes, beside its other characters. */
    private static final int MEMBER_BYTES = 160;

    private final StreamConnection connection;
    private final HeadGuards guards;
    private final Sink sink;

    // Where what was read last lies, as long as it surely lies there: until the next read or request.
    private @Nullable ByteBuffer lastRead;
    private int lastStart;
    private int lastEnd;

    private int headBytes;
    private boolean headWhole;
    // Without what was read last.
    private int headLines;
    private long headTakes;
    private int restBytes;
    private boolean headBegun;
    private boolean lineBegun;
    private boolean afterCr;
    private boolean malformed;
    private @Nullable Claim room;
    private boolean handshaking;
    private volatile boolean serving;
    private volatile boolean large;
    private volatile long beganNanos;

    HeadGuard(StreamConnection connection, HeadGuards guards) {
        this.connection = connection;
        this.guards = guards;
        this.sink = new Sink(new BoundedSink(connection.getSinkChannel().getConduit()));
        connection.getSinkChannel().setConduit(sink);
        connection
                .getSourceChannel()
                .setConduit(new Source(connection.getSourceChannel().getConduit()));
        if (connection instanceof SslConnection secure) {
            handshaking = true;
            begin(System.nanoTime());
            secure.getHandshakeSetter().set(done -> handshaken());
        }
    }

    /** Of the connection that this came over. */
    static HeadGuard of(HttpServerExchange exchange) {
        HttpServerConnection connection = (HttpServerConnection) exchange.getConnection();
        return ((Sink) connection.getOriginalSinkConduit()).guard();
    }

    /** From now on what is written belongs to a request; what its head takes is held until its end. */
    void begin() {
        serving = true;
        forgetHead();
        forgetEnd();
    }

    private void forgetEnd() {
        restBytes = 0;
        headBegun = false;
        lineBegun = false;
        afterCr = false;
        malformed = false;
    }

    /**
     * Whether the head of the request that begins has a CR without an LF behind it, an LF without a CR before it, a NUL, or
     * a line after the first that begins with a space, a tab or a colon. Undertow takes each of the first two for the end of a
     * line, or not, by what stands around it, and some of the last for the end of the head: what others took for a part of
     * a field could be fields, or the next request, here. RFC 9112 lets a server refuse them (2.2, 5.2).
     */
    boolean isMalformed() {
        return malformed;
    }

    /** The request has ended; where it was an upgrade the connection is no longer HTTP's. */
    void end(HttpServerExchange exchange) {
        serving = exchange.isUpgrade();
        giveBack();
        PooledByteBuffer next = serving ? null : ((HttpServerConnection) exchange.getConnection()).getExtraBytes();
        // The next head has begun in what was read with this one's end.
        if (next != null) {
            weigh(
                    next.getBuffer(),
                    next.getBuffer().position(),
                    next.getBuffer().limit());
        }
        if (headTakes > FREE_BYTES) {
            room().force(headTakes);
        }
    }

    XnioIoThread ioThread() {
        return connection.getIoThread();
    }

    boolean isOpen() {
        return connection.isOpen();
    }

    /** Whether the head that arrives has taken too long. Any thread. */
    boolean isDue(long nowNanos, long patienceNanos) {
        return !serving && nowNanos - beganNanos >= patienceNanos;
    }

    /** Whether the head takes of what all large ones share. Any thread. */
    boolean isLarge() {
        return large;
    }

    /** Answers a head that did not end in time. */
    void expire() {
        if (handshaking) {
            handshaking = false;
            guards.refused(connection, "the TLS handshake does not end");
            IoUtils.safeClose(connection);
            return;
        }
        if (!serving && headBytes > 0) {
            refuse(guards.late());
        }
    }

    private void refuse(byte[] answer) {
        try {
            // One try: nothing else was written, so there is room, or the client is gone.
            sink.rest = ByteBuffer.wrap(answer);
            sink.flushRest();
        } catch (IOException e) {
            // It is closed below.
        }
        IoUtils.safeClose(connection);
    }

    /** The connection is closed. Undertow tells nobody why a handshake failed. */
    void closed() {
        giveBack();
        if (handshaking) {
            handshaking = false;
            guards.refused(connection, "it ended in the TLS handshake");
        }
    }

    private void handshaken() {
        handshaking = false;
        forgetHead();
    }

    private void begin(long now) {
        beganNanos = now == 0 ? 1 : now;
        guards.add(this);
    }

    private void forgetHead() {
        lastRead = null;
        headBytes = 0;
        headLines = 0;
        if (beganNanos != 0) {
            beganNanos = 0;
            guards.remove(this);
        }
    }

    /** False: there is no room for so large a head. */
    private boolean arrived(ByteBuffer buffer, int start, int count) {
        headWhole = headBytes == 0;
        headBytes += count;
        lastRead = buffer;
        lastStart = start;
        lastEnd = start + count;
        weighRest();
        weigh(buffer, start, start + count);
        return hasRoom();
    }

    /** What is read next goes where what was read last lies. */
    private void beforeRead() {
        headLines += lastLines();
        lastRead = null;
    }

    /** Of what was read last, up to the end of the head; the first is that of the request. */
    private int lastLines() {
        ByteBuffer read = lastRead;
        int lines = 0;
        int line = 0;
        for (int i = lastStart; read != null && i < lastEnd; i++) {
            byte next = read.get(i);
            if (next == '\n') {
                if (line == 0 && lines > 0) {
                    return lines;
                }
                lines++;
                line = 0;
            } else if (next != '\r') {
                line++;
            }
        }
        return lines;
    }

    /** Adds what these bytes take, up to the end of the head; what follows is the request's, once that is served. */
    private void weigh(ByteBuffer buffer, int start, int end) {
        for (int i = start; i < end; i++) {
            byte b = buffer.get(i);
            headTakes += takes(b);
            boolean beginsLine = headBegun && !lineBegun && (b == ' ' || b == '\t' || b == ':');
            malformed |= b == 0 || afterCr != (b == '\n') || beginsLine;
            afterCr = b == '\r';
            if (b == '\n' && headBegun && !lineBegun) {
                restBytes = end - i - 1;
                return;
            }
            lineBegun = b != '\n' && (lineBegun || b != '\r');
            headBegun |= lineBegun;
        }
    }

    private static int takes(byte b) {
        return switch (b) {
            case '\n', '&', ';', ',', '"' -> MEMBER_BYTES;
            default -> 1;
        };
    }

    /** It has not ended there: Undertow knows of no request. */
    private void weighRest() {
        headTakes += (long) MEMBER_BYTES / 4 * restBytes;
        restBytes = 0;
    }

    private boolean hasRoom() {
        if (headTakes <= FREE_BYTES) {
            return true;
        }
        large = true;
        boolean granted = room().grow(headTakes - room().held());
        if (!granted) {
            guards.pressed(System.nanoTime());
        }
        return granted;
    }

    private Claim room() {
        Claim held = room;
        if (held == null) {
            held = new Claim(guards.heads(), ioThread());
            room = held;
        }
        return held;
    }

    /** The head is of no use any more. */
    private void giveBack() {
        headTakes = 0;
        large = false;
        forgetEnd();
        Claim held = room;
        room = null;
        if (held != null) {
            held.close();
        }
    }

    /** Nothing more is there, and the head has begun: now it is waited for. As {@link #arrived}. */
    private boolean waiting() {
        lastRead = null;
        if (headBytes > 0 && beganNanos == 0) {
            begin(System.nanoTime());
        }
        weighRest();
        return hasRoom();
    }

    private byte[] refusal(ByteBuffer undertows) {
        String said = text(undertows, undertows.position(), undertows.limit());
        ByteBuffer read = lastRead;
        String head = read == null ? "" : text(read, lastStart, lastEnd);
        String lower = head.toLowerCase(Locale.ROOT);
        int coding = lower.indexOf(SECOND_CODING);
        boolean twoCodings = coding >= 0 && lower.indexOf(SECOND_CODING, coding + 1) >= 0;
        boolean tooLarge = headBytes > Router.HEAD_BYTES_MAX || headLines + lastLines() > Router.HEAD_LINES_MAX + 1;
        return guards.refusal(said, headWhole ? head : "", tooLarge, twoCodings);
    }

    private static String text(ByteBuffer buffer, int start, int end) {
        byte[] bytes = new byte[end - start];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = buffer.get(start + i);
        }
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private final class Source extends AbstractStreamSourceConduit<StreamSourceConduit> {
        Source(StreamSourceConduit next) {
            super(next);
        }

        private int readOrRefuse(ByteBuffer dst) throws IOException {
            try {
                return next.read(dst);
            } catch (SSLException e) {
                if (handshaking) {
                    handshaking = false;
                    guards.refused(connection, e);
                }
                throw e;
            }
        }

        @Override
        public int read(ByteBuffer dst) throws IOException {
            int start = dst.position();
            if (!serving) {
                beforeRead();
            }
            int count = readOrRefuse(dst);
            if (!serving) {
                boolean room = count > 0 ? arrived(dst, start, count) : waiting();
                if (!room) {
                    refuse(guards.noRoom(headWhole && count > 0 ? text(dst, start, start + count) : ""));
                    throw new ClosedChannelException();
                }
            }
            return count;
        }
    }

    private final class Sink extends AbstractStreamSinkConduit<StreamSinkConduit> {
        /** What goes out instead of Undertow's own; null: nothing does. */
        private @Nullable ByteBuffer rest;

        Sink(StreamSinkConduit next) {
            super(next);
        }

        HeadGuard guard() {
            return HeadGuard.this;
        }

        boolean flushRest() throws IOException {
            ByteBuffer left = rest;
            while (left != null && left.hasRemaining()) {
                if (next.write(left) == 0) {
                    return false;
                }
            }
            return true;
        }

        /** Takes all of what Undertow says, once its replacement is out. */
        private int instead(ByteBuffer src) throws IOException {
            if (rest == null) {
                rest = ByteBuffer.wrap(refusal(src));
            }
            if (!flushRest()) {
                return 0;
            }
            int count = src.remaining();
            src.position(src.limit());
            return count;
        }

        @Override
        public int write(ByteBuffer src) throws IOException {
            return serving ? next.write(src) : instead(src);
        }

        @Override
        public int writeFinal(ByteBuffer src) throws IOException {
            return serving ? next.writeFinal(src) : Conduits.writeFinalBasic(this, src);
        }

        @Override
        public long write(ByteBuffer[] srcs, int offs, int len) throws IOException {
            if (serving) {
                return next.write(srcs, offs, len);
            }
            long count = 0;
            for (int i = offs; i < offs + len; i++) {
                if (srcs[i].hasRemaining()) {
                    int taken = instead(srcs[i]);
                    if (taken == 0) {
                        return count;
                    }
                    count += taken;
                }
            }
            return count;
        }

        @Override
        public long writeFinal(ByteBuffer[] srcs, int offs, int len) throws IOException {
            return serving ? next.writeFinal(srcs, offs, len) : Conduits.writeFinalBasic(this, srcs, offs, len);
        }

        @Override
        public long transferFrom(FileChannel src, long position, long count) throws IOException {
            return serving
                    ? next.transferFrom(src, position, count)
                    : src.transferTo(position, count, new ConduitWritableByteChannel(this));
        }

        @Override
        public long transferFrom(StreamSourceChannel source, long count, ByteBuffer throughBuffer) throws IOException {
            return serving
                    ? next.transferFrom(source, count, throughBuffer)
                    : IoUtils.transfer(source, count, throughBuffer, new ConduitWritableByteChannel(this));
        }
    }
}
