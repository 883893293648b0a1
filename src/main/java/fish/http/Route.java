package fish.http;

import fish.access.Need;
import fish.contract.Code;
import io.undertow.server.HttpHandler;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import io.undertow.util.Protocols;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One line of the table: which handler serves a method and a path. A path that ends in {@code /*} stands
 * for all that begin so; the rest is {@link Call#rest}. HEAD is served where GET is.
 *
 * @param need of whoever comes; refused before anything else of the request is looked at
 * @param write whether a failure carries an {@code outcome}
 * @param bodyTells whether only its body says if it is a write after all: then a refusal, too, is the
 *     handler's to tell, see {@link Call#refusal}
 */
public record Route(HttpString method, String path, Need need, boolean write, boolean bodyTells, Handler handler) {
    /** A request that changes nothing. */
    public static Route read(HttpString method, String path, Need need, Handler handler) {
        return new Route(method, path, need, false, false, handler);
    }

    /** A request whose every failure says whether it may have happened. */
    public static Route write(HttpString method, String path, Need need, Handler handler) {
        return new Route(method, path, need, true, false, handler);
    }

    /** A write, unless its body says that it is a read. */
    public static Route writeOrRead(HttpString method, String path, Need need, Handler handler) {
        return new Route(method, path, need, true, true, handler);
    }

    /**
     * A handler that answers by itself and looks after its own limits and ends, such as a stream. It is
     * called on an I/O thread.
     */
    public static Route raw(HttpString method, String path, Need need, HttpHandler handler) {
        return read(method, path, need, call -> call.leaveTo(handler));
    }

    /**
     * For other nodes: {@code GET path} with {@code Upgrade: protocol} and {@code Connection: Upgrade}, of HTTP/1.1; without these
     * there is nothing at the path.
     */
    public static Route upgrade(String path, String protocol, HttpHandler handler) {
        return read(Methods.GET, path, Need.NODE, call -> {
            HeaderMap headers = call.exchange().getRequestHeaders();
            if (!protocol.equals(headers.getFirst(Headers.UPGRADE))
                    || !isAskedFor(headers.get(Headers.CONNECTION))
                    || !call.exchange().getProtocol().equals(Protocols.HTTP_1_1)) {
                throw new Problem(
                                Code.NOT_FOUND,
                                "nothing is here without Upgrade: " + protocol + " and Connection: Upgrade")
                        .exception();
            }
            call.params(Set.of()); // they would be kept for as long as the connection lasts
            call.leaveTo(handler);
        });
    }

    /** Whether one of its options is {@code upgrade} (RFC 9110, 7.6.1: a list, in one field or several). */
    private static boolean isAskedFor(@Nullable HeaderValues connection) {
        return connection != null
                && connection.stream()
                        .flatMap(field -> Arrays.stream(field.split(",")))
                        .anyMatch(option -> option.strip().equalsIgnoreCase("upgrade"));
    }
}
