package fish.http;

import fish.contract.Code;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What pages in a browser may do here: those of this node's own origin what their user may, those of
 * others nothing, unless they were allowed. And to whom a node speaks that only its own machine reaches: any
 * page can have its own name resolved to loopback, so there only loopback's names are answered. Thread-safe.
 */
final class Origins {
    private static final HttpString SITE = new HttpString("Sec-Fetch-Site");
    private static final HttpString MODE = new HttpString("Sec-Fetch-Mode");
    private static final HttpString ASKED_METHOD = new HttpString("Access-Control-Request-Method");
    private static final HttpString ASKED_HEADERS = new HttpString("Access-Control-Request-Headers");
    private static final HttpString ASKED_NETWORK = new HttpString("Access-Control-Request-Private-Network");
    private static final HttpString ORIGIN = new HttpString("Access-Control-Allow-Origin");
    private static final HttpString EXPOSED = new HttpString("Access-Control-Expose-Headers");
    private static final HttpString METHODS = new HttpString("Access-Control-Allow-Methods");
    private static final HttpString HEADERS = new HttpString("Access-Control-Allow-Headers");
    private static final HttpString NETWORK = new HttpString("Access-Control-Allow-Private-Network");
    private static final HttpString MAX_AGE = new HttpString("Access-Control-Max-Age");

    private static final String EXPOSED_NAMES = "ETag, Fish-Revision, Fish-Created, Fish-Expires, Fish-Consistency,"
            + " Fish-Node, Fish-Lag, Idempotency-Replayed, Retry-After, Allow, Content-Encoding, WWW-Authenticate";

    private static final Pattern LOOPBACK = Pattern.compile("localhost\\.?|127(\\.[0-9]{1,3}){3}|\\[::1]");

    private final boolean loopbackOnly;
    private final String ownName;
    private final Set<String> allowed;

    /** The last that was loopback's: nearly all requests name the same. */
    private volatile String knownHost = "";

    private Origins(boolean loopbackOnly, String ownName, Set<String> allowed) {
        this.loopbackOnly = loopbackOnly;
        this.ownName = ownName;
        this.allowed = allowed;
    }

    /**
     * @param listening where the node listens: by this name, too, it may be called
     */
    static Origins of(InetSocketAddress listening, List<String> allowed) {
        boolean loopback =
                listening.getAddress() != null && listening.getAddress().isLoopbackAddress();
        return new Origins(
                loopback,
                listening.getHostString().toLowerCase(Locale.ROOT),
                allowed.stream().map(Origins::canonical).collect(Collectors.toUnmodifiableSet()));
    }

    /** Why the request is refused; null where it is not. Headers that its answer needs are seen to. */
    @Nullable Problem check(HttpServerExchange exchange, String path) {
        HeaderMap headers = exchange.getRequestHeaders();
        String host = headers.getFirst(Headers.HOST);
        if (loopbackOnly && host != null && !isLoopback(host)) {
            return new Problem(
                    Code.WRONG_HOST, "this node answers to the names of loopback alone: localhost, 127.0.0.1, [::1]");
        }
        if (!allowed.isEmpty()) {
            exchange.addResponseCommitListener(
                    answered -> answered.getResponseHeaders().add(Headers.VARY, Headers.ORIGIN_STRING));
        }
        HeaderValues origins = headers.get(Headers.ORIGIN);
        if (origins != null) {
            String origin = canonical(String.join(",", origins));
            if (allowed.contains(origin)) {
                allow(exchange, origin);
                return null;
            }
            if (!isOwn(origin, host)) {
                return goesToThePage(exchange, path) ? null : forbidden("the origin " + origin);
            }
        }
        String site = headers.getFirst(SITE);
        boolean foreign = site != null && (site.equals("cross-site") || site.equals("same-site"));
        return foreign && !goesToThePage(exchange, path) ? forbidden("another site") : null;
    }

    private static Problem forbidden(String who) {
        return new Problem(
                Code.FORBIDDEN, "a page of " + who + " may do nothing here; the setting allowed-origins can name it");
    }

    /** A link to the page at {@code /} was followed, or its address typed. */
    private static boolean goesToThePage(HttpServerExchange exchange, String path) {
        String method = exchange.getRequestMethod().toString();
        return path.equals("/")
                && (method.equals("GET") || method.equals("HEAD"))
                && "navigate".equals(exchange.getRequestHeaders().getFirst(MODE));
    }

    /** Whether a browser asks what a page may do before it does it. */
    static boolean isPreflight(HttpServerExchange exchange) {
        return exchange.getRequestMethod().equals(Methods.OPTIONS)
                && exchange.getRequestHeaders().contains(ASKED_METHOD);
    }

    private static void allow(HttpServerExchange exchange, String origin) {
        HeaderMap asked = exchange.getRequestHeaders();
        boolean preflight = isPreflight(exchange);
        exchange.addResponseCommitListener(answered -> {
            HeaderMap headers = answered.getResponseHeaders();
            headers.put(ORIGIN, origin);
            if (!preflight) {
                headers.put(EXPOSED, EXPOSED_NAMES);
                return;
            }
            String methods = headers.getFirst(Headers.ALLOW);
            headers.put(METHODS, methods == null ? "GET" : methods);
            String names = asked.getFirst(ASKED_HEADERS);
            if (names != null) {
                headers.put(HEADERS, names);
            }
            if (asked.contains(ASKED_NETWORK)) {
                headers.put(NETWORK, "true");
            }
            headers.put(MAX_AGE, "600");
        });
    }

    private boolean isLoopback(String host) {
        if (host.equals(knownHost)) {
            return true;
        }
        String name = name(host);
        boolean loopback = name.equals(ownName)
                || name.equals("[" + ownName + "]")
                || LOOPBACK.matcher(name).matches();
        if (loopback) {
            knownHost = host;
        }
        return loopback;
    }

    /** Of {@code name:port}. */
    private static String name(String host) {
        int colon = host.lastIndexOf(':');
        return (colon > host.lastIndexOf(']') ? host.substring(0, colon) : host).toLowerCase(Locale.ROOT);
    }

    /** Host and port as in {@code Host}; the scheme says no more than which port needs not be named. */
    private static boolean isOwn(String origin, @Nullable String host) {
        int slashes = origin.indexOf("://");
        if (slashes < 0 || host == null) {
            return false;
        }
        String port = origin.startsWith("https:") ? ":443" : ":80";
        String own = host.toLowerCase(Locale.ROOT);
        return origin.substring(slashes + 3).equals(own.endsWith(port) ? cut(own, port) : own);
    }

    /** In small letters, and without the port that its scheme has anyway. */
    private static String canonical(String origin) {
        String lower = origin.toLowerCase(Locale.ROOT);
        if (lower.startsWith("https://") && lower.endsWith(":443")) {
            return cut(lower, ":443");
        }
        return lower.startsWith("http://") && lower.endsWith(":80") ? cut(lower, ":80") : lower;
    }

    private static String cut(String text, String end) {
        return text.substring(0, text.length() - end.length());
    }
}
