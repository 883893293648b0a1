package fish.tool.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** One connection that is kept alive, with at most one request under way. For the driver's thread. */
final class Connection {
    private final InetSocketAddress address;
    private final AnswerParser parser;
    private final ByteBuffer in;
    private final ByteBuffer out = ByteBuffer.allocateDirect(16 << 10);
    private final HttpBytes request = new HttpBytes();
    private int written;
    private SocketChannel channel;
    private SelectionKey key;
    private boolean underWay;
    private Op op = Op.PUT;
    private long number;
    private long dueNanos;
    private long sentNanos;
    private long freeSinceNanos = System.nanoTime();

    /** Connected once {@link #ready} says so. */
    Connection(InetSocketAddress address, Selector selector, AnswerParser.Sink sink, int bufferBytes)
            throws IOException {
        this.address = address;
        this.parser = new AnswerParser(sink);
        this.in = ByteBuffer.allocateDirect(bufferBytes);
        this.channel = SocketChannel.open();
        this.key = connect(selector);
    }

    private SelectionKey connect(Selector selector) throws IOException {
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        boolean connected = channel.connect(address);
        return channel.register(selector, connected ? SelectionKey.OP_READ : SelectionKey.OP_CONNECT, this);
    }

    /** Begins again, with nothing under way. Returns whether it is connected at once. */
    boolean reconnect(Selector selector) throws IOException {
        close();
        channel = SocketChannel.open();
        underWay = false;
        freeSinceNanos = System.nanoTime();
        key = connect(selector);
        return ready();
    }

    boolean ready() {
        return channel.isConnected();
    }

    /** @return whether it is connected now */
    boolean finishConnect() throws IOException {
        boolean connected = channel.finishConnect();
        if (connected) {
            key.interestOps(SelectionKey.OP_READ);
        }
        return connected;
    }

    /** Where the next request is put together. */
    HttpBytes request() {
        request.clear();
        return request;
    }

    /**
     * Sends what {@link #request} holds.
     *
     * @param asked any number, to be asked for when the answer is there
     * @param due when it should have been sent
     * @param now by {@link System#nanoTime}
     */
    void send(Op what, long asked, long due, long now) throws IOException {
        op = what;
        number = asked;
        dueNanos = due;
        sentNanos = now;
        underWay = true;
        written = 0;
        out.clear().flip();
        parser.begin();
        flush();
    }

    /** Sends what did not fit before. */
    void flush() throws IOException {
        while (true) {
            if (!out.hasRemaining()) {
                if (written == request.length()) {
                    interest(SelectionKey.OP_READ);
                    return;
                }
                out.clear();
                written = request.into(out, written);
                out.flip();
            }
            if (channel.write(out) == 0) {
                interest(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
                return;
            }
        }
    }

    private void interest(int ops) {
        if (key.interestOps() != ops) {
            key.interestOps(ops);
        }
    }

    /**
     * Reads what is there. Returns whether the answer is whole.
     *
     * @throws IOException where the connection is closed, or something else than an answer comes
     */
    boolean read() throws IOException {
        while (true) {
            in.clear();
            int count = channel.read(in);
            if (count < 0) {
                throw new IOException("closed");
            }
            if (count == 0) {
                return false;
            }
            in.flip();
            if (!underWay) {
                throw new IOException("an answer that nobody asked for");
            }
            if (parser.take(in)) {
                underWay = false;
                freeSinceNanos = System.nanoTime();
                if (in.hasRemaining()) {
                    throw new IOException("more than an answer");
                }
                return true;
            }
        }
    }

    AnswerParser answer() {
        return parser;
    }

    boolean underWay() {
        return underWay;
    }

    Op op() {
        return op;
    }

    long number() {
        return number;
    }

    long dueNanos() {
        return dueNanos;
    }

    long sentNanos() {
        return sentNanos;
    }

    /** Since when no request is under way. */
    long freeSinceNanos() {
        return freeSinceNanos;
    }

    void close() {
        key.cancel();
        try {
            channel.close();
        } catch (IOException e) {
            // It is of no use any more.
        }
    }
}
