package fish.client;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a client.
 *
 * @param frontEnds at least one, {@code http://host:port}; used in turn, the next where one is gone
 * @param timeout of a request that gives none: all its tries and pauses together
 * @param tryTimeout of one try; more than a fail-over takes spares a second one
 * @param watchTimeout how long a watch may go without hearing anything from any front-end before it fails
 * @param requestsMax under way at once, which bounds connections too; more wait their turn within their timeout
 * @param watchesMax open at once; each has a thread and a connection
 * @param answerBytesMax of one answer's body, and of one event of a watch
 * @param token goes with every request as {@code Authorization: Bearer}; empty: none
 * @param trust says which front-ends at {@code https} addresses are believed; null: those that Java believes
 */
public record ClientConfig(
        List<URI> frontEnds,
        Duration timeout,
        Duration tryTimeout,
        Duration watchTimeout,
        Retries retries,
        int requestsMax,
        int watchesMax,
        int answerBytesMax,
        String token,
        @Nullable SSLContext trust) {
    /** What the contract allows for a request. */
    public static final Duration TIMEOUT_MAX = Duration.ofMinutes(5);

    public ClientConfig {
        frontEnds = frontEnds.stream().map(ClientConfig::base).toList();
        require(!frontEnds.isEmpty(), "there is at least one front-end");
        requireTimeout(timeout);
        requireTimeout(tryTimeout);
        require(!watchTimeout.isNegative() && !watchTimeout.isZero(), "watchTimeout is positive");
        require(
                token.chars().allMatch(c -> c > ' ' && c < 0x7f),
                "a token is visible ASCII characters, without spaces or line ends");
        require(requestsMax > 0 && watchesMax > 0 && answerBytesMax > 0, "limits are positive");
    }

    /**
     * These front-ends, and all else as shipped: 10 s for a request, 5 s for a try, 64 requests and 16 watches at once.
     *
     * @throws IllegalArgumentException where one is not {@code http://host:port} or {@code https://host:port}
     */
    public static ClientConfig of(String... urls) {
        return new ClientConfig(
                Stream.of(urls).map(URI::create).toList(),
                Duration.ofSeconds(10),
                Duration.ofSeconds(5),
                Duration.ofMinutes(5),
                Retries.DEFAULT,
                64,
                16,
                256 << 20,
                "",
                null);
    }

    public ClientConfig withTimeouts(Duration all, Duration oneTry) {
        return new ClientConfig(
                frontEnds, all, oneTry, watchTimeout, retries, requestsMax, watchesMax, answerBytesMax, token, trust);
    }

    public ClientConfig withWatchTimeout(Duration most) {
        return new ClientConfig(
                frontEnds, timeout, tryTimeout, most, retries, requestsMax, watchesMax, answerBytesMax, token, trust);
    }

    public ClientConfig withRetries(Retries other) {
        return new ClientConfig(
                frontEnds,
                timeout,
                tryTimeout,
                watchTimeout,
                other,
                requestsMax,
                watchesMax,
                answerBytesMax,
                token,
                trust);
    }

    public ClientConfig withLimits(int requests, int watches, int answerBytes) {
        return new ClientConfig(
                frontEnds, timeout, tryTimeout, watchTimeout, retries, requests, watches, answerBytes, token, trust);
    }

    /** As {@link #token}. */
    public ClientConfig withToken(String other) {
        return new ClientConfig(
                frontEnds,
                timeout,
                tryTimeout,
                watchTimeout,
                retries,
                requestsMax,
                watchesMax,
                answerBytesMax,
                other,
                trust);
    }

    /**
     * Believes front-ends with certificates of this CA, and no others.
     *
     * @param file one certificate or several, in PEM: {@code ca.crt} of {@code bin/setup --tls}
     * @throws IOException if it holds none that can be read
     */
    public ClientConfig withCa(Path file) throws IOException {
        return new ClientConfig(
                frontEnds,
                timeout,
                tryTimeout,
                watchTimeout,
                retries,
                requestsMax,
                watchesMax,
                answerBytesMax,
                token,
                CaFile.trust(file));
    }

    /** Without the token, which logs must not have. */
    @Override
    public String toString() {
        return "ClientConfig" + frontEnds + (token.isEmpty() ? "" : " with a token");
    }

    static void requireTimeout(Duration timeout) {
        require(
                timeout.compareTo(Duration.ofMillis(1)) >= 0 && timeout.compareTo(TIMEOUT_MAX) <= 0,
                "a timeout is from 1 ms to 5 minutes");
    }

    private static URI base(URI url) {
        String scheme = String.valueOf(url.getScheme());
        boolean http = scheme.equals("http") || scheme.equals("https");
        boolean plain = url.getRawQuery() == null && url.getRawFragment() == null && url.getRawUserInfo() == null;
        String path = String.valueOf(url.getRawPath());
        require(
                http && plain && url.getHost() != null && (path.isEmpty() || path.equals("/")),
                "a front-end is http://host:port, not '" + url + "'");
        return URI.create(scheme + "://" + url.getRawAuthority());
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
