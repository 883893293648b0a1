package fish.contract;

import java.util.Optional;

/**
 * Where a node serves HTTP, as nodes tell each other: {@code http://host:port}, {@code https://host:port}, and
 * nothing after it.
 */
public final class HttpUrl {
    private static final String SCHEME = "http://";
    private static final String SECURE = "https://";

    private HttpUrl() {}

    /** Empty for anything else, also for the port 0. */
    public static Optional<HostPort> parse(String url) {
        String scheme = url.startsWith(SECURE) ? SECURE : SCHEME;
        if (!url.startsWith(scheme)) {
            return Optional.empty();
        }
        try {
            return Optional.of(HostPort.parse(url.substring(scheme.length()))).filter(at -> at.port() > 0);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
