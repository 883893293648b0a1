package fish.http;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.xnio.Options;
import org.xnio.XnioWorker;

/**
 * The HTTP undertow of a node. {@link #start} and {@link #close} may be called from any thread, close
 * twice and at any time.
 */
public final class HttpServer implements AutoCloseable {
    /**
     * What Undertow takes in before it cuts a request off with a bare 400: more than {@link
     * Router#HEAD_BYTES_MAX}, so that up to here a problem document tells what is wrong.
     */
    private static final int HEAD_BYTES_CUT = 4 * Router.HEAD_BYTES_MAX;

    private static final int HEADERS_MAX = 16_384;
    private static final int PARAMETERS_MAX = 4096;
    private static final int BUFFER_BYTES = 16 << 10;

    /**
     * Without it Undertow's parser refuses a path with a {@code ,} after a {@code ;}, which a key may
     * well hold. It can be said by this system property alone, which is read as the undertow starts.
     */
    private static final String COMMA_AFTER_SEMICOLON =
            "io.undertow.undertow.protocol.http.Parser.ID_LESS_MATRIX_PARAMS_PROPERTY";

    /** How long Undertow's threads may take to end. */
    private static final int STOP_MILLIS = 5000;

    private final HttpConfig config;
    private final ServerParts parts;
    private final Router router;
    private final Undertow undertow;
    private final Object lock = new Object();
    private boolean started;
    private boolean closed;

    /**
     * @param routes all that it serves
     * @throws IllegalArgumentException where two routes have the same method and path
     */
    public HttpServer(HttpConfig config, List<Route> routes) {
        this.config = config;
        this.parts = new ServerParts(
                config,
                new Limits(
                        config.bounds().requestsInFlightMax(), config.bounds().bytesInFlightMax()),
                new DeadlineTimer());
        this.router = new Router(routes, parts);
        this.undertow = undertow(config, router);
    }

    private static Undertow undertow(HttpConfig config, Router router) {
        return Undertow.builder()
                .addHttpListener(config.address().getPort(), config.address().getHostString(), router)
                .setIoThreads(config.ioThreads())
                .setWorkerThreads(1)
                .setBufferSize(BUFFER_BYTES)
                .setDirectBuffers(true)
                .setWorkerOption(Options.WORKER_NAME, "fish-http")
                .setSocketOption(Options.CONNECTION_HIGH_WATER, config.bounds().connectionsMax())
                .setSocketOption(Options.CONNECTION_LOW_WATER, config.bounds().connectionsMax())
                .setServerOption(UndertowOptions.DECODE_URL, false)
                .setServerOption(UndertowOptions.ALLOW_UNESCAPED_CHARACTERS_IN_URL, true)
                .setServerOption(UndertowOptions.MAX_HEADER_SIZE, HEAD_BYTES_CUT)
                .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, -1L) // each handler knows its own
                .setServerOption(UndertowOptions.MAX_HEADERS, HEADERS_MAX)
                .setServerOption(UndertowOptions.MAX_PARAMETERS, PARAMETERS_MAX)
                .setServerOption(
                        UndertowOptions.NO_REQUEST_TIMEOUT,
                        millis(config.times().idle()))
                .setServerOption(
                        UndertowOptions.REQUEST_PARSE_TIMEOUT,
                        millis(config.times().head()))
                .setServerOption(UndertowOptions.SHUTDOWN_TIMEOUT, STOP_MILLIS)
                .setServerOption(UndertowOptions.ENABLE_HTTP2, false)
                .build();
    }

    private static int millis(Duration time) {
        return Math.toIntExact(time.toMillis());
    }

    /**
     * Serves from now on.
     *
     * @throws RuntimeException if the address cannot be bound
     */
    public void start() {
        synchronized (lock) {
            if (started || closed) {
                throw new IllegalStateException("a server starts once");
            }
            System.setProperty(COMMA_AFTER_SEMICOLON, "true");
            undertow.start();
            parts.timer().start();
            started = true;
        }
    }

    /** Where it listens, the port as it really is. Only between start and close. */
    public InetSocketAddress address() {
        return (InetSocketAddress) undertow.getListenerInfo().get(0).getAddress();
    }

    /** Its I/O threads, for connections that its requests go over. Only between start and close. */
    public XnioWorker worker() {
        return undertow.getWorker();
    }

    /** Requests under way, for metrics. */
    public int requestsInFlight() {
        return parts.limits().requests();
    }

    /** Bytes of bodies and answers under way, for metrics. */
    public long bytesInFlight() {
        return parts.limits().bytes();
    }

    /**
     * Refuses new requests with {@code shutting-down}, waits up to the close timeout for those under
     * way, then stops. Blocks for that long.
     */
    @Override
    public void close() {
        router.refuseAll();
        synchronized (lock) {
            if (closed) {
                return;
            }
            closed = true;
            if (started) {
                awaitIdle();
                undertow.stop();
            }
            parts.timer().close();
        }
    }

    private void awaitIdle() {
        long end = System.nanoTime() + config.times().close().toNanos();
        try {
            while (parts.limits().requests() > 0 && System.nanoTime() - end < 0) {
                lock.wait(5);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // whoever interrupts does not want to wait
        }
    }
}
