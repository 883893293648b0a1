package fish.http;

import io.undertow.UndertowOptions;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.server.protocol.http.HttpOpenListener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
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
     * What Undertow takes in before it cuts a request off: more than {@link Router#HEAD_BYTES_MAX}, so that
     * up to here a request is one, whose refusal says whether it was a write.
     */
    private static final int HEAD_BYTES_CUT = 4 * Router.HEAD_BYTES_MAX;

    private static final int HEADERS_MAX = 16_384;
    private static final int PARAMETERS_MAX = 4096;
    private static final int BUFFER_BYTES = 16 << 10;
    private static final int BUFFERS_PER_THREAD = 4;
    private static final int BACKLOG = 1000;

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
    private final AcceptingChannel<? extends StreamConnection> accepting;

    private HttpListener(XnioWorker worker, AcceptingChannel<? extends StreamConnection> accepting) {
        this.worker = worker;
        this.accepting = accepting;
    }

    /**
     * Listens from now on.
     *
     * @throws IOException if the address cannot be bound
     */
    static HttpListener start(HttpConfig config, Router router, HeadGuards guards) throws IOException {
        System.setProperty(COMMA_AFTER_SEMICOLON, "true");
        XnioWorker worker =
                Xnio.getInstance(HttpListener.class.getClassLoader()).createWorker(workerOptions(config));
        try {
            HttpOpenListener open = new HttpOpenListener(
                    new DefaultByteBufferPool(true, BUFFER_BYTES, -1, BUFFERS_PER_THREAD), undertowOptions(config));
            open.setRootHandler(router);
            ChannelListener<StreamConnection> guarded = connection -> {
                guards.guard(connection);
                open.handleEvent(connection);
            };
            InetSocketAddress address = new InetSocketAddress(
                    InetAddress.getByName(config.address().getHostString()),
                    config.address().getPort());
            AcceptingChannel<? extends StreamConnection> accepting = worker.createStreamConnectionServer(
                    address, ChannelListeners.openListenerAdapter(guarded), socketOptions(config));
            accepting.resumeAccepts();
            return new HttpListener(worker, accepting);
        } catch (IOException | RuntimeException e) {
            worker.shutdownNow();
            throw e;
        }
    }

    private static OptionMap workerOptions(HttpConfig config) {
        return OptionMap.builder()
                .set(Options.WORKER_NAME, "fish-http")
                .set(Options.WORKER_IO_THREADS, config.ioThreads())
                .set(Options.WORKER_TASK_CORE_THREADS, 1)
                .set(Options.WORKER_TASK_MAX_THREADS, 1)
                .set(Options.TCP_NODELAY, true)
                .set(Options.CORK, true)
                .getMap();
    }

    private static OptionMap socketOptions(HttpConfig config) {
        return OptionMap.builder()
                .set(Options.TCP_NODELAY, true)
                .set(Options.REUSE_ADDRESSES, true)
                .set(Options.BALANCING_TOKENS, 1)
                .set(Options.BALANCING_CONNECTIONS, 2)
                .set(Options.BACKLOG, BACKLOG)
                .set(Options.CONNECTION_HIGH_WATER, config.bounds().connectionsMax())
                .set(Options.CONNECTION_LOW_WATER, config.bounds().connectionsMax())
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
                .set(UndertowOptions.MAX_HEADERS, HEADERS_MAX)
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

    InetSocketAddress address() {
        return accepting.getLocalAddress(InetSocketAddress.class);
    }

    XnioWorker worker() {
        return worker;
    }

    /** Ends all connections and threads. Blocks for at most {@value #STOP_MILLIS} ms. */
    void stop() {
        IoUtils.safeClose(accepting);
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
