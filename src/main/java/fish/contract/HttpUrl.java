package fish.contract;

import java.util.Optional;

/** Where a node serves HTTP, as nodes tell each other: {@code http://host:port}, and nothing after it. */
public final class HttpUrl {
    private static final String SCHEME = "http://";

    private HttpUrl() {}

    /** Empty for anything else, also for the port 0. */
    public static Optional<HostPort> parse(String url) {
        if (!url.startsWith(SCHEME)) {
            return Optional.empty();
        }
        try {
            return Optional.of(HostPort.parse(url.substring(SCHEME.length()))).filter(at -> at.port() > 0);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
