package fish.http;

import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * Settings of the HTTP server.
 *
 * @param address where it listens; port 0: a free one
 * @param valueBytesMax of the body of a PUT
 * @param bytesInFlightMax of request bodies and of answers to reads, of all requests together
 * @param requestsInFlightMax at once; more are answered {@code overloaded}
 * @param connectionsMax at once; more wait to be accepted
 * @param timeout of a request that gives none
 * @param idleTimeout how long a connection may stay open between requests
 * @param headTimeout how long a request's head may take to arrive
 * @param bodyTimeout how long a request's body may take to arrive
 * @param sendTimeout how long a client may take to take an answer
 * @param closeTimeout how long closing waits for requests under way
 */
public record HttpConfig(
        InetSocketAddress address,
        int ioThreads,
        int valueBytesMax,
        long bytesInFlightMax,
        int requestsInFlightMax,
        int connectionsMax,
        Duration timeout,
        Duration idleTimeout,
        Duration headTimeout,
        Duration bodyTimeout,
        Duration sendTimeout,
        Duration closeTimeout) {
    public static final Duration TIMEOUT_MIN = Duration.ofMillis(1);
    public static final Duration TIMEOUT_MAX = Duration.ofMinutes(5);

    public HttpConfig {
        require(ioThreads > 0, "ioThreads");
        require(valueBytesMax > 0, "valueBytesMax");
        require(bytesInFlightMax >= valueBytesMax, "bytesInFlightMax");
        require(requestsInFlightMax > 0, "requestsInFlightMax");
        require(connectionsMax > 0, "connectionsMax");
        require(timeout.compareTo(TIMEOUT_MIN) >= 0 && timeout.compareTo(TIMEOUT_MAX) <= 0, "timeout");
        require(isWaitable(idleTimeout), "idleTimeout");
        require(isWaitable(headTimeout), "headTimeout");
        require(isWaitable(bodyTimeout), "bodyTimeout");
        require(isWaitable(sendTimeout), "sendTimeout");
        require(!closeTimeout.isNegative() && closeTimeout.compareTo(Duration.ofHours(1)) <= 0, "closeTimeout");
    }

    /** The settings as shipped. */
    public static HttpConfig defaults(InetSocketAddress address) {
        return new HttpConfig(
                address,
                Math.max(2, Runtime.getRuntime().availableProcessors()),
                1 << 20,
                64L << 20,
                10_000,
                10_000,
                Duration.ofSeconds(10),
                Duration.ofMinutes(5),
                Duration.ofSeconds(20),
                Duration.ofSeconds(30),
                Duration.ofSeconds(60),
                Duration.ofSeconds(10));
    }

    private static boolean isWaitable(Duration time) {
        return time.compareTo(Duration.ofMillis(1)) >= 0 && time.compareTo(Duration.ofHours(24)) <= 0;
    }

    private static void require(boolean holds, String setting) {
        if (!holds) {
            throw new IllegalArgumentException(setting + " is out of range");
        }
    }
}
