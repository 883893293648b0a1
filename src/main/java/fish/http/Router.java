package fish.http;

import fish.access.Need;
import fish.contract.Code;
import io.undertow.server.AbstractServerConnection;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import io.undertow.util.Protocols;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import org.xnio.StreamConnection;
import org.xnio.XnioIoThread;

/** Finds the route of each request and starts it, or refuses it. Thread-safe. */
final class Router implements HttpHandler {
    /** Of the request line and all headers. */
    static final int HEAD_BYTES_MAX = 64 << 10;

    /**
     * Of headers: as many as Undertow can hold of one name. It gives up a head with more, and says no more of it than that
     * it is none.
     */
    static final int HEAD_LINES_MAX = Byte.MAX_VALUE;

    /** What a header takes besides its name and value: colon, space, line end. */
    private static final int HEADER_EXTRA_BYTES = 4;

    /** What is said of a {@code Transfer-Encoding} that is not {@code chunked} alone. */
    static final String CODINGS = "the one Transfer-Encoding here is chunked, alone";

    /** The target of an OPTIONS that asks about the whole server. */
    private static final String WHOLE_SERVER = "*";

    /** Stands for methods of which Undertow would believe that it knows them: it does not look at case. */
    private static final HttpString OTHER_METHOD = new HttpString("OTHER");

    private record Path(String text, boolean prefix, Map<HttpString, Route> byMethod, String allow) {
        boolean matches(String path) {
            return prefix ? path.startsWith(text) : path.equals(text);
        }

        boolean open() {
            return byMethod.values().stream().anyMatch(route -> route.need() == Need.NOTHING);
        }

        String rest(String path) {
            return prefix ? path.substring(text.length()) : "";
        }
    }

    private final List<Path> paths;
    private final ServerParts parts;
    private final Connections connections;
    private final Origins origins;
    private final NearestPath nearest;
    private final ConcurrentMap<XnioIoThread, AnswerBatcher> batchers = new ConcurrentHashMap<>();
    private volatile boolean closing;

    Router(List<Route> routes, ServerParts parts, Connections connections, Origins origins) {
        this.connections = connections;
        this.paths = paths(routes);
        this.parts = parts;
        this.origins = origins;
        this.nearest = new NearestPath(routes);
    }

    /** From now on new requests are refused. */
    void refuseAll() {
        closing = true;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        keepOpen(exchange);
        ChunkedBody.install(exchange);
        boolean room = parts.limits().enter();
        String path = path(exchange);
        Path found = null;
        for (Path candidate : paths) {
            if (candidate.matches(path)) {
                found = candidate;
                break;
            }
        }
        Route route = found == null ? nowhere(exchange, path) : route(found, exchange);
        Problem refusal = refusal(exchange, path, room);
        AnswerBatcher answers = batchers.computeIfAbsent(exchange.getIoThread(), AnswerBatcher::new);
        new Call(exchange, route, found == null ? "" : found.rest(path), parts, answers, refusal).start();
    }

    /** Its connection is not idle until it is over; one that speaks another protocol then never is again. */
    private void keepOpen(HttpServerExchange exchange) {
        if (exchange.getConnection() instanceof AbstractServerConnection carrier) {
            StreamConnection connection = carrier.getChannel();
            connections.busy(connection);
            exchange.addExchangeCompleteListener((ended, next) -> {
                if (!ended.isUpgrade()) {
                    connections.idle(connection);
                }
                next.proceed();
            });
        }
    }

    /** Why this request is refused whatever it asks; null where it is not. */
    private @Nullable Problem refusal(HttpServerExchange exchange, String path, boolean room) {
        boolean http1 = isHttp1(exchange);
        if (!http1) {
            exchange.setProtocol(Protocols.HTTP_1_1); // what the answer speaks
            exchange.setPersistent(false);
        }
        if (HeadGuard.of(exchange).isMalformed()) {
            exchange.setPersistent(false); // nobody knows where it ends
            return new Problem(
                    Code.BAD_REQUEST,
                    "lines of a head end with CR and LF, begin with neither a space nor a colon, and hold no NUL");
        }
        if (!isChunkedAtMost(exchange)) {
            exchange.setPersistent(false); // nobody knows where it ends
            return new Problem(Code.NOT_IMPLEMENTED, CODINGS);
        }
        if (!http1) {
            return new Problem(
                    Code.BAD_REQUEST, "HTTP/1.1 is spoken here, and a space in the target of a request is %20");
        }
        if (isHeadTooLarge(exchange, path)) {
            return headTooLarge();
        }
        Problem foreign = origins.check(exchange, path);
        if (foreign != null) {
            return foreign;
        }
        if (closing) {
            return new Problem(Code.SHUTTING_DOWN, "this node is shutting down");
        }
        return room ? null : new Problem(Code.OVERLOADED, "too many requests are under way");
    }

    static Problem headTooLarge() {
        return new Problem(
                Code.HEADER_TOO_LARGE,
                "a head has at most " + HEAD_BYTES_MAX + " bytes and " + HEAD_LINES_MAX + " lines of headers");
    }

    private static boolean isChunkedAtMost(HttpServerExchange exchange) {
        HeaderValues codings = exchange.getRequestHeaders().get(Headers.TRANSFER_ENCODING);
        return codings == null || (codings.size() == 1 && "chunked".equalsIgnoreCase(codings.getFirst()));
    }

    /** Whether it speaks HTTP/1; a minor version that is not known yet is taken as 1, the last that is. */
    private static boolean isHttp1(HttpServerExchange exchange) {
        String text = exchange.getProtocol().toString();
        if (text.equals(Protocols.HTTP_1_1_STRING) || text.equals(Protocols.HTTP_1_0_STRING)) {
            return true;
        }
        boolean later =
                text.length() == 8 && text.startsWith("HTTP/1.") && text.charAt(7) >= '2' && text.charAt(7) <= '9';
        if (later) {
            exchange.setProtocol(Protocols.HTTP_1_1);
            String connection = exchange.getRequestHeaders().getFirst(Headers.CONNECTION);
            exchange.setPersistent(!"close".equalsIgnoreCase(connection));
        }
        return later;
    }

    private static Route route(Path path, HttpServerExchange exchange) {
        HttpString method = exchange.getRequestMethod();
        String name = method.toString();
        Route route = path.byMethod.get(name.equals("HEAD") ? Methods.GET : method);
        if (route != null && (name.equals("HEAD") || name.equals(route.method().toString()))) {
            return route;
        }
        return refusedMethod(path.text, path.open() ? Need.NOTHING : Need.ANY, path.allow, exchange);
    }

    /** The answer to OPTIONS, and to what is not allowed. */
    private static Route refusedMethod(String path, Need need, String allow, HttpServerExchange exchange) {
        String name = exchange.getRequestMethod().toString();
        if (exchange.getRequestMethod().equals(Methods.HEAD) && !name.equals("HEAD")) {
            // Undertow takes it for HEAD, and would keep back the body that its client waits for.
            exchange.setRequestMethod(OTHER_METHOD);
        }
        boolean asks = name.equals("OPTIONS");
        // A browser asks before it sends the request that has the token.
        boolean preflight = asks && Origins.isPreflight(exchange);
        return Route.read(OTHER_METHOD, path, preflight ? Need.NOTHING : need, call -> {
            call.exchange().getResponseHeaders().put(Headers.ALLOW, allow);
            if (!asks) {
                throw new Problem(Code.METHOD_NOT_ALLOWED, "here are " + allow).exception();
            }
            call.send(204, new byte[0]);
        });
    }

    private Route nowhere(HttpServerExchange exchange, String path) {
        if (path.equals(WHOLE_SERVER)) {
            return refusedMethod(path, Need.ANY, "OPTIONS", exchange);
        }
        return Route.read(Methods.GET, "", Need.ANY, call -> {
            throw new Problem(Code.NOT_FOUND, "nothing is at this path" + nearest.hint(path)).exception();
        });
    }

    /** The raw path, without the scheme and host that a request to a proxy carries. */
    private static String path(HttpServerExchange exchange) {
        String uri = exchange.getRequestURI();
        if (!exchange.isHostIncludedInRequestURI()) {
            return uri;
        }
        int slash = uri.indexOf('/', uri.indexOf("://") + 3);
        return slash < 0 ? "/" : uri.substring(slash);
    }

    private static boolean isHeadTooLarge(HttpServerExchange exchange, String path) {
        int bytes = path.length() + exchange.getQueryString().length();
        int lines = 0;
        HeaderMap headers = exchange.getRequestHeaders();
        for (long at = headers.fastIterate(); at != -1L; at = headers.fiNext(at)) {
            HeaderValues values = headers.fiCurrent(at);
            lines += values.size();
            for (int i = 0; i < values.size(); i++) {
                bytes += values.getHeaderName().length() + values.get(i).length() + HEADER_EXTRA_BYTES;
            }
        }
        return bytes > HEAD_BYTES_MAX || lines > HEAD_LINES_MAX;
    }

    private static List<Path> paths(List<Route> routes) {
        Map<String, Map<HttpString, Route>> byPath = new LinkedHashMap<>();
        for (Route route : routes) {
            Map<HttpString, Route> methods = byPath.computeIfAbsent(route.path(), p -> new LinkedHashMap<>());
            if (methods.putIfAbsent(route.method(), route) != null) {
                throw new IllegalArgumentException("two routes for " + route.method() + " " + route.path());
            }
        }
        List<Path> paths = new ArrayList<>();
        byPath.forEach((text, methods) -> {
            boolean prefix = text.endsWith("/*");
            paths.add(new Path(prefix ? text.substring(0, text.length() - 1) : text, prefix, methods, allow(methods)));
        });
        return List.copyOf(paths);
    }

    private static String allow(Map<HttpString, Route> methods) {
        List<String> names = new ArrayList<>();
        for (HttpString method : methods.keySet()) {
            names.add(method.toString());
            if (method.equals(Methods.GET)) {
                names.add("HEAD");
            }
        }
        names.add("OPTIONS");
        return String.join(", ", names);
    }
}
