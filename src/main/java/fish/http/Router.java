package fish.http;

import fish.contract.Code;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.xnio.XnioIoThread;

/** Finds the route of each request and starts it, or refuses it. Thread-safe. */
final class Router implements HttpHandler {
    /** Of the request line and all headers. */
    static final int HEAD_BYTES_MAX = 64 << 10;

    /** What a header takes besides its name and value: colon, space, line end. */
    private static final int HEADER_EXTRA_BYTES = 4;

    private record Path(String text, boolean prefix, Map<HttpString, Route> byMethod, String allow) {
        boolean matches(String path) {
            return prefix ? path.startsWith(text) : path.equals(text);
        }

        String rest(String path) {
            return prefix ? path.substring(text.length()) : "";
        }
    }

    private final List<Path> paths;
    private final ServerParts parts;
    private final ConcurrentMap<XnioIoThread, AnswerBatcher> batchers = new ConcurrentHashMap<>();
    private volatile boolean closing;

    Router(List<Route> routes, ServerParts parts) {
        this.paths = paths(routes);
        this.parts = parts;
    }

    /** From now on new requests are refused. */
    void refuseAll() {
        closing = true;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        boolean room = parts.limits().enter();
        String path = path(exchange);
        HttpString method = exchange.getRequestMethod();
        Path found = null;
        for (Path candidate : paths) {
            if (candidate.matches(path)) {
                found = candidate;
                break;
            }
        }
        Route route = found == null ? refusing(Code.NOT_FOUND, "nothing is at this path") : route(found, method);
        if (closing) {
            route = refused(route, Code.SHUTTING_DOWN, "this node is shutting down");
        } else if (!room) {
            route = refused(route, Code.OVERLOADED, "too many requests are under way");
        } else if (headBytes(exchange, path) > HEAD_BYTES_MAX) {
            route = refused(route, Code.HEADER_TOO_LARGE, "a head has at most " + HEAD_BYTES_MAX + " bytes");
        }
        AnswerBatcher answers = batchers.computeIfAbsent(exchange.getIoThread(), AnswerBatcher::new);
        new Call(exchange, route, found == null ? "" : found.rest(path), parts, answers).start();
    }

    private static Route route(Path path, HttpString method) {
        Route route = path.byMethod.get(method.equals(Methods.HEAD) ? Methods.GET : method);
        if (route != null) {
            return route;
        }
        return Route.read(method, path.text, call -> {
            call.exchange().getResponseHeaders().put(Headers.ALLOW, path.allow);
            if (!method.equals(Methods.OPTIONS)) {
                throw new Problem(Code.METHOD_NOT_ALLOWED, "here are " + path.allow).exception();
            }
            call.send(204, new byte[0]);
        });
    }

    private static Route refusing(Code code, String detail) {
        return Route.read(Methods.GET, "", call -> {
            throw new Problem(code, detail).exception();
        });
    }

    /** The same route, so that the refusal of a write is one. */
    private static Route refused(Route route, Code code, String detail) {
        return new Route(
                route.method(),
                route.path(),
                route.write(),
                refusing(code, detail).handler());
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

    private static int headBytes(HttpServerExchange exchange, String path) {
        int bytes = path.length() + exchange.getQueryString().length();
        HeaderMap headers = exchange.getRequestHeaders();
        for (long at = headers.fastIterate(); at != -1L; at = headers.fiNext(at)) {
            HeaderValues values = headers.fiCurrent(at);
            for (int i = 0; i < values.size(); i++) {
                bytes += values.getHeaderName().length() + values.get(i).length() + HEADER_EXTRA_BYTES;
            }
        }
        return bytes;
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
