package fish.http;

import fish.budget.ByteBudget;
import fish.contract.Code;
import fish.contract.Words;
import fish.tls.NodeTransport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;

/** The guards of one server's connections: what they answer, and when a head has taken too long. Thread-safe. */
final class HeadGuards {
    private static final String UNDERTOWS_OWN = "Bad Request";

    private static final long PRESSED_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long PRESSED_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final byte[] crowded =
            answer(new Problem(Code.OVERLOADED, "too many connections have requests under way"), "");
    private final List<String> writes;
    private final long patienceNanos;
    private final NodeTransport transport;
    private final ByteBudget heads;
    private final Set<HeadGuard> waiting = ConcurrentHashMap.newKeySet();
    private volatile long pressedNanos = System.nanoTime() - PRESSED_NANOS;

    /**
     * @param patienceNanos how long a head may take to arrive, and a TLS handshake before it
     * @param transport told who is refused at a handshake
     * @param heads what large heads may take of the heap, from their first byte until their requests are answered
     */
    HeadGuards(List<Route> routes, long patienceNanos, NodeTransport transport, ByteBudget heads) {
        this.transport = transport;
        this.heads = heads;
        this.writes =
                routes.stream().filter(Route::write).map(HeadGuards::beginning).toList();
        this.patienceNanos = patienceNanos;
    }

    private static String beginning(Route route) {
        String path = route.path();
        return route.method() + " " + (path.endsWith("*") ? path.substring(0, path.length() - 1) : path);
    }

    /** Told of the connection's end by whoever is. */
    HeadGuard guard(StreamConnection connection) {
        return new HeadGuard(connection, this);
    }

    void add(HeadGuard guard) {
        waiting.add(guard);
    }

    void remove(HeadGuard guard) {
        waiting.remove(guard);
    }

    /** Answers the heads that take too long. Called several times a second. */
    void look(long nowNanos) {
        boolean wanted = nowNanos - pressedNanos < PRESSED_NANOS;
        waiting.removeIf(guard -> !guard.isOpen()
                || (guard.isDue(nowNanos, wanted && guard.isLarge() ? PRESSED_PATIENCE_NANOS : patienceNanos)
                        && expire(guard)));
    }

    /** One was refused for want of room: those that keep others out have less time for a while. Any thread. */
    void pressed(long nowNanos) {
        pressedNanos = nowNanos;
    }

    private static boolean expire(HeadGuard guard) {
        try {
            guard.ioThread().execute(guard::expire);
        } catch (RejectedExecutionException e) {
            // stopped: every connection is closed
        }
        return true;
    }

    void refused(StreamConnection connection, String reason) {
        transport.tls().ifPresent(tls -> tls.refused(host(connection), "http", reason));
    }

    void refused(StreamConnection connection, SSLException failure) {
        transport.tls().ifPresent(tls -> tls.refused(host(connection), "http", failure));
    }

    private static String host(StreamConnection connection) {
        InetSocketAddress peer = connection.getPeerAddress(InetSocketAddress.class);
        return peer == null ? "unknown" : peer.getAddress().getHostAddress();
    }

    /** There is no room for it. On its I/O thread. */
    void refuseConnection(StreamConnection connection) {
        try {
            connection.getSinkChannel().write(ByteBuffer.wrap(crowded));
            connection.getSinkChannel().flush();
        } catch (IOException e) {
            // It is gone already.
        }
        IoUtils.safeClose(connection);
    }

    ByteBudget heads() {
        return heads;
    }

    /** @param head as far as it is known */
    byte[] noRoom(String head) {
        return answer(new Problem(Code.OVERLOADED, "there is no room for so large a head now"), outcome(head));
    }

    byte[] late() {
        return answer(new Problem(Code.REQUEST_TIMEOUT, "the head of the request did not arrive in time"), "");
    }

    /**
     * What goes out instead of a refusal by Undertow itself.
     *
     * @param said the refusal, of which the reason phrase may tell why
     * @param head the head as it came, as far as it is known
     * @param tooLarge whether it has more bytes or lines than a head may
     * @param twoCodings whether it has two {@code Transfer-Encoding}s
     */
    byte[] refusal(String said, String head, boolean tooLarge, boolean twoCodings) {
        return answer(problem(said, head, tooLarge, twoCodings), outcome(head));
    }

    private static Problem problem(String said, String head, boolean tooLarge, boolean twoCodings) {
        if (twoCodings) {
            return new Problem(Code.NOT_IMPLEMENTED, Router.CODINGS);
        }
        if (tooLarge) {
            return Router.headTooLarge();
        }
        String phrase = phrase(said);
        if (!phrase.equals(UNDERTOWS_OWN)) {
            return new Problem(
                    Code.BAD_REQUEST, "the head of the request is refused: " + phrase.toLowerCase(Locale.ROOT));
        }
        boolean bothLengths = head.toLowerCase(Locale.ROOT).contains("\r\ntransfer-encoding:");
        return new Problem(
                Code.BAD_REQUEST,
                bothLengths
                        ? "a request has one Transfer-Encoding or one Content-Length"
                        : "this is no head of an HTTP/1.1 request");
    }

    /** {@code HTTP/1.1 400 phrase}. */
    private static String phrase(String said) {
        int start = said.indexOf("400 ");
        int end = said.indexOf('\r');
        return start < 0 || end < start + 4 ? UNDERTOWS_OWN : said.substring(start + 4, end);
    }

    private String outcome(String head) {
        return writes.stream().anyMatch(head::startsWith) ? Words.NOT_APPLIED : "";
    }

    private static byte[] answer(Problem problem, String outcome) {
        byte[] body = problem.json(outcome);
        ByteArrayOutputStream out = new ByteArrayOutputStream(256 + body.length);
        out.writeBytes(
                ("HTTP/1.1 " + problem.code().status() + " " + problem.code().title() + "\r\n"
                                + "Connection: close\r\nContent-Type: application/problem+json\r\n"
                                + (problem.code().retryLater() ? "Retry-After: 1\r\n" : "")
                                + "Content-Length: " + body.length + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(body);
        return out.toByteArray();
    }
}
