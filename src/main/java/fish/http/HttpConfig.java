package fish.http;

import fish.tls.NodeTransport;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * Settings of the HTTP server.
 *
 * @param address where it listens; port 0: a free one
 * @param transport with TLS it serves HTTPS alone
 */
public record HttpConfig(
        InetSocketAddress address, int ioThreads, Bounds bounds, Times times, NodeTransport transport) {
    public static final Duration TIMEOUT_MIN = Duration.ofMillis(1);
    public static final Duration TIMEOUT_MAX = Duration.ofMinutes(5);

    /** What no setting says: connections at once, */
    public static final int CONNECTIONS_MAX = 10_000;
    /** and how long clients may take. */
    public static final Duration IDLE_TIMEOUT = Duration.ofMinutes(5);

    public static final Duration HEAD_TIMEOUT = Duration.ofSeconds(20);
    public static final Duration BODY_TIMEOUT = Duration.ofSeconds(30);
    public static final Duration SEND_TIMEOUT = Duration.ofSeconds(60);

    /**
     * How much at once.
     *
     * @param valueBytesMax of the body of a PUT
     * @param bytesInFlightMax of request bodies, and again of answers, of all requests together
     * @param requestsInFlightMax at once; more are answered {@code overloaded}
     * @param connectionsMax at once; where one more comes, the longest idle one is closed
     */
    public record Bounds(int valueBytesMax, long bytesInFlightMax, int requestsInFlightMax, int connectionsMax) {
        public Bounds {
            require(valueBytesMax > 0, "valueBytesMax");
            require(bytesInFlightMax >= valueBytesMax, "bytesInFlightMax");
            require(requestsInFlightMax > 0, "requestsInFlightMax");
            require(connectionsMax > 0, "connectionsMax");
        }
    }

    /**
     * How long.
     *
     * @param request may take that gives no timeout
     * @param idle a connection may stay open between requests
     * @param head a request's head may take to arrive
     * @param body a request's body may take to arrive
     * @param send a client may take to take an answer
     * @param close closing waits for requests under way
     */
    public record Times(Duration request, Duration idle, Duration head, Duration body, Duration send, Duration close) {
        public Times {
            require(request.compareTo(TIMEOUT_MIN) >= 0 && request.compareTo(TIMEOUT_MAX) <= 0, "request");
            require(isWaitable(idle), "idle");
            require(isWaitable(head), "head");
            require(isWaitable(body), "body");
            require(isWaitable(send), "send");
            require(!close.isNegative() && close.compareTo(Duration.ofHours(1)) <= 0, "close");
        }

        private static boolean isWaitable(Duration time) {
            return time.compareTo(Duration.ofMillis(1)) >= 0 && time.compareTo(Duration.ofHours(24)) <= 0;
        }
    }

    /** Without TLS. */
    public HttpConfig(InetSocketAddress address, int ioThreads, Bounds bounds, Times times) {
        this(address, ioThreads, bounds, times, NodeTransport.PLAIN);
    }

    public HttpConfig {
        require(ioThreads > 0, "ioThreads");
    }

    private static void require(boolean holds, String setting) {
        if (!holds) {
            throw new IllegalArgumentException(setting + " is out of range");
        }
    }
}
