package fish.http;

import io.undertow.UndertowOptions;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.server.protocol.http.HttpOpenListener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.xnio.ChannelListener;
import org.xnio.ChannelListeners;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.Xnio;
import org.xnio.XnioWorker;
import org.xnio.channels.AcceptingChannel;

/**
 * Takes connections, and has Undertow read requests from them. As {@code io.undertow.Undertow} does it,
 * except that a {@link HeadGuard} stands on each connection, for which that class has no place.
 */
final class HttpListener {
    /**
     * What Undertow takes in before it cuts a request off: more than {@link Router#HEAD_BYTES_MAX} and {@link
     * Router#HEAD_LINES_MAX}, so that up to here a request is one, whose refusal says whether it was a write.
     */
    private static final int HEAD_BYTES_CUT = 4 * Router.HEAD_BYTES_MAX;

    private static final int HEAD_LINES_CUT = 4 * Router.HEAD_LINES_MAX;
    private static final int PARAMETERS_MAX = 4096;
    private static final int BUFFER_BYTES = 16 << 10;
    private static final int BUFFERS_PER_THREAD = 4;
    private static final int BACKLOG = 1000;
    private static final int PORT_TRIES = 10;

    /** How much later than {@link HeadGuard} Undertow gives up a head that does not end. */
    private static final int PARSE_GRACE_MILLIS = 5000;

    /**
     * Without it Undertow's parser refuses a path with a {@code ,} after a {@code ;}, which a key may
     * well hold. It can be said by this system property alone, which is read as the first listener starts.
     */
    private static final String COMMA_AFTER_SEMICOLON =
            "io.undertow.server.protocol.http.Parser.ID_LESS_MATRIX_PARAMS_PROPERTY";

    /** How long its threads may take to end. */
    private static final int STOP_MILLIS = 5000;

    private final XnioWorker worker;
    private final List<AcceptingChannel<? extends StreamConnection>> accepting;

    private HttpListener(XnioWorker worker, List<AcceptingChannel<? extends StreamConnection>> accepting) {
        this.worker = worker;
        this.accepting = List.copyOf(accepting);
    }

    /**
     * Listens from now on.
     *
     * @throws IOException if the address cannot be bound
     */
    static HttpListener start(
            HttpConfig config, List<InetAddress> addresses, Router router, HeadGuards guards, Connections connections)
            throws IOException {
        System.setProperty(COMMA_AFTER_SEMICOLON, "true");
        XnioWorker worker =
                Xnio.getInstance(HttpListener.class.getClassLoader()).createWorker(workerOptions(config));
        try {
            HttpOpenListener open = new HttpOpenListener(
                    new DefaultByteBufferPool(true, BUFFER_BYTES, -1, BUFFERS_PER_THREAD), undertowOptions(config));
            open.setRootHandler(router);
            ChannelListener<StreamConnection> guarded = connection -> {
                if (!connections.hasRoom()) {
                    guards.refuseConnection(connection);
                    return;
                }
                connections.add(connection);
                HeadGuard guard = guards.guard(connection);
                open.handleEvent(connection);
                connections.removeAtEnd(connection, guard::closed);
            };
            Door door = config.transport().tls().map(TlsDoor::of).orElse(HttpListener::plain);
            return new HttpListener(
                    worker, listen(worker, door, addresses, config.address().getPort(), guarded));
        } catch (IOException | RuntimeException e) {
            worker.shutdownNow();
            throw e;
        }
    }

    /** What connections come in by. */
    interface Door {
        AcceptingChannel<? extends StreamConnection> open(
                XnioWorker worker,
                InetSocketAddress address,
                ChannelListener<StreamConnection> opened,
                OptionMap options)
                throws IOException;
    }

    private static AcceptingChannel<StreamConnection> plain(
            XnioWorker worker, InetSocketAddress address, ChannelListener<StreamConnection> opened, OptionMap options)
            throws IOException {
        return worker.createStreamConnectionServer(address, ChannelListeners.openListenerAdapter(opened), options);
    }

    /** At the same port of all addresses; where any will do, the others may be taken at some. */
    private static List<AcceptingChannel<? extends StreamConnection>> listen(
            XnioWorker worker,
            Door door,
            List<InetAddress> addresses,
            int port,
            ChannelListener<StreamConnection> opened)
            throws IOException {
        for (int attempt = 1; ; attempt++) {
            List<AcceptingChannel<? extends StreamConnection>> accepting = new ArrayList<>();
            try {
                int used = port;
                for (InetAddress address : addresses) {
                    accepting.add(door.open(worker, new InetSocketAddress(address, used), opened, socketOptions()));
                    used = accepting
                            .get(0)
                            .getLocalAddress(InetSocketAddress.class)
                            .getPort();
                }
                accepting.forEach(AcceptingChannel::resumeAccepts);
                return accepting;
            } catch (IOException e) {
                accepting.forEach(IoUtils::safeClose);
                if (port != 0 || attempt == PORT_TRIES) {
                    throw e;
                }
            }
        }
    }

    private static OptionMap workerOptions(HttpConfig config) {
        // They look up names, and compute what TLS handshakes need.
        int taskThreads = config.transport().tls().isPresent() ? config.ioThreads() + 1 : 1;
        return OptionMap.builder()
                .set(Options.WORKER_NAME, "fish-http")
                .set(Options.WORKER_IO_THREADS, config.ioThreads())
                .set(Options.WORKER_TASK_CORE_THREADS, taskThreads)
                .set(Options.WORKER_TASK_MAX_THREADS, taskThreads)
                .set(Options.TCP_NODELAY, true)
                .set(Options.CORK, true)
                .getMap();
    }

    private static OptionMap socketOptions() {
        return OptionMap.builder()
                .set(Options.TCP_NODELAY, true)
                .set(Options.REUSE_ADDRESSES, true)
                .set(Options.BALANCING_TOKENS, 1)
                .set(Options.BALANCING_CONNECTIONS, 2)
                .set(Options.BACKLOG, BACKLOG)
                .getMap();
    }

    private static OptionMap undertowOptions(HttpConfig config) {
        return OptionMap.builder()
                .set(UndertowOptions.DECODE_URL, false)
                .set(UndertowOptions.ALLOW_UNESCAPED_CHARACTERS_IN_URL, true)
                .set(UndertowOptions.ALLOW_UNKNOWN_PROTOCOLS, true) // the router says which it speaks
                .set(UndertowOptions.BUFFER_PIPELINED_DATA, false) // what is written belongs to the request served
                .set(UndertowOptions.MAX_HEADER_SIZE, HEAD_BYTES_CUT)
                .set(UndertowOptions.MAX_ENTITY_SIZE, -1L) // each handler knows its own
                .set(UndertowOptions.MAX_HEADERS, HEAD_LINES_CUT)
                .set(UndertowOptions.MAX_PARAMETERS, PARAMETERS_MAX)
                .set(
                        UndertowOptions.NO_REQUEST_TIMEOUT,
                        Math.toIntExact(config.times().idle().toMillis()))
                .set(
                        UndertowOptions.REQUEST_PARSE_TIMEOUT,
                        PARSE_GRACE_MILLIS
                                + Math.toIntExact(config.times().head().toMillis()))
                .set(UndertowOptions.ENABLE_HTTP2, false)
                .getMap();
    }

    /** The first of them. */
    InetSocketAddress address() {
        return accepting.get(0).getLocalAddress(InetSocketAddress.class);
    }

    XnioWorker worker() {
        return worker;
    }

    /** Ends all connections and threads. Blocks for at most {@value #STOP_MILLIS} ms. */
    void stop() {
        accepting.forEach(IoUtils::safeClose);
        worker.shutdown();
        try {
            if (!worker.awaitTermination(STOP_MILLIS, TimeUnit.MILLISECONDS)) {
                worker.shutdownNow();
            }
        } catch (InterruptedException e) {
            worker.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
