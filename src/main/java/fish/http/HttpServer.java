package fish.http;

import fish.access.Gate;
import fish.budget.ByteBudget;
import fish.metrics.Metrics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.xnio.XnioWorker;

/**
 * The HTTP server of a node. {@link #start} and {@link #close} may be called from any thread, close
 * twice and at any time.
 */
public final class HttpServer implements AutoCloseable {
    /** For streams to send what they have begun; their clients may take nothing any more. */
    private static final long STREAMS_NANOS = 3_000_000_000L;

    /** Heads come before anybody knows who sends them: they may take so much of what is for requests. */
    private static final int HEADS_PART = 4;

    private final HttpConfig config;
    private final ServerParts parts;
    private final Router router;
    private final HeadGuards guards;
    private final Connections connections;
    private final Object lock = new Object();
    private volatile @Nullable HttpListener listener;
    private boolean closed;

    /** A server for programs alone, and for all of them: pages of other origins are refused everything. */
    public HttpServer(HttpConfig config, List<Route> routes) {
        this(config, routes, List.of());
    }

    /**
     * @param routes all that it serves
     * @param allowedOrigins whose pages may do what their user may, {@code https://host:port}
     * @throws IllegalArgumentException where two routes have the same method and path
     */
    public HttpServer(HttpConfig config, List<Route> routes, List<String> allowedOrigins) {
        this(
                config,
                routes,
                allowedOrigins,
                new ByteBudget(config.bounds().bytesInFlightMax()),
                new ByteBudget(config.bounds().bytesInFlightMax()),
                Gate.OPEN);
    }

    /**
     * @param bodies for request bodies, and what is made of them, and large heads
     * @param answers for answers, until they are sent
     * @param gate decides who may do what
     */
    public HttpServer(
            HttpConfig config,
            List<Route> routes,
            List<String> allowedOrigins,
            ByteBudget bodies,
            ByteBudget answers,
            Gate gate) {
        this.config = config;
        this.connections = new Connections(config.bounds().connectionsMax());
        this.guards =
                new HeadGuards(routes, config.times().head().toNanos(), config.transport(), bodies.part(HEADS_PART));
        Limits limits = new Limits(config.bounds().requestsInFlightMax(), bodies, answers);
        this.parts = new ServerParts(config, limits, new DeadlineTimer(guards, limits), gate, new RequestStats(routes));
        this.router = new Router(routes, parts, connections, Origins.of(config.address(), allowedOrigins));
    }

    /**
     * Serves from now on.
     *
     * @throws RuntimeException if the address cannot be bound
     */
    public void start() {
        synchronized (lock) {
            if (listener != null || closed) {
                throw new IllegalStateException("a server starts once");
            }
            try {
                listener = HttpListener.start(
                        config, LocalAddresses.of(config.address().getHostString()), router, guards, connections);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot listen at " + config.address(), e);
            }
            parts.timer().start();
        }
    }

    /** Where it listens, the port as it really is. Only between start and close. */
    public InetSocketAddress address() {
        return listening().address();
    }

    /** How many connections it takes at once. */
    public int connectionsMax() {
        return config.bounds().connectionsMax();
    }

    /** Its I/O threads, for connections that its requests go over. Only between start and close. */
    public XnioWorker worker() {
        return listening().worker();
    }

    private HttpListener listening() {
        return Objects.requireNonNull(listener, "it does not listen yet");
    }

    /** Requests under way. */
    public int requestsInFlight() {
        return parts.limits().requests();
    }

    /** Bytes of bodies and answers under way. */
    public long bytesInFlight() {
        return parts.limits().bodies().used() + parts.limits().answers().used();
    }

    /** Open connections. */
    public int connections() {
        return connections.count();
    }

    /** What it counts of its requests. */
    public RequestStats stats() {
        return parts.stats();
    }

    /** Has its connections and requests told. */
    public void register(Metrics metrics) {
        parts.stats().register(metrics);
        metrics.gauge(
                "fish_http_requests_in_flight",
                "Requests under way; streams and upgrades are left out.",
                this::requestsInFlight);
        metrics.gauge("fish_http_streams", "Streams and upgraded connections under way.", () -> parts.limits()
                .left());
        metrics.gauge("fish_http_connections", "Open connections.", this::connections);
        metrics.gauge(
                "fish_http_connections_max",
                "How many connections are taken at once; one more closes the longest idle one.",
                this::connectionsMax);
    }

    /** From now on new requests are refused with {@code shutting-down}; those under way go on. */
    public void refuseNew() {
        router.refuseAll();
    }

    /**
     * Refuses new requests with {@code shutting-down}, waits up to the close timeout for those under
     * way, then stops. Blocks for that long. Clients that do not send the rest of a body, or do not take
     * their answer, are not waited for longer than a few seconds.
     */
    @Override
    public void close() {
        router.refuseAll();
        parts.timer().hurry();
        synchronized (lock) {
            if (closed) {
                return;
            }
            closed = true;
            HttpListener listening = listener;
            if (listening != null) {
                awaitIdle();
                listening.stop();
            }
            parts.timer().close();
        }
    }

    private void awaitIdle() {
        long start = System.nanoTime();
        long limit = config.times().close().toNanos();
        try {
            while (isInUse(System.nanoTime() - start) && System.nanoTime() - start < limit) {
                lock.wait(5);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // whoever interrupts does not want to wait
        }
    }

    private boolean isInUse(long waitedNanos) {
        Limits limits = parts.limits();
        return limits.requests() > 0 || (limits.left() > 0 && waitedNanos < STREAMS_NANOS);
    }
}
