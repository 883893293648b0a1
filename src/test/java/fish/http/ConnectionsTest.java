package fish.http;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import fish.access.Gate;
import fish.access.Need;
import fish.budget.ByteBudget;
import fish.contract.Code;
import fish.testing.Standard;
import fish.tls.NodeTransport;
import io.undertow.util.Methods;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Many connections, idle and slow ones, and what a server does with them at its end. */
class ConnectionsTest {
    private static final Duration SOON = Duration.ofSeconds(40);
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final String GET = "GET /now HTTP/1.1\r\nHost: localhost\r\n\r\n";
    private static final String SLOW_HEAD = "GET /now HTTP/1.1\r\nHost: loc";
    private static final String STALLED = "PUT /body HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc";

    private final List<Socket> sockets = new ArrayList<>();
    private final BlockingQueue<Call> waiting = new LinkedBlockingQueue<>();
    private HttpServer server = server(16);

    private static HttpConfig config(int connectionsMax) {
        HttpConfig standard = Standard.http();
        HttpConfig.Bounds bounds = standard.bounds();
        HttpConfig.Times times = standard.times();
        return new HttpConfig(
                standard.address(),
                standard.ioThreads(),
                new HttpConfig.Bounds(
                        bounds.valueBytesMax(),
                        bounds.bytesInFlightMax(),
                        bounds.requestsInFlightMax(),
                        connectionsMax),
                // Nothing ends here because its time is up.
                new HttpConfig.Times(times.request(), LONG, LONG, LONG, times.send(), LONG));
    }

    private HttpServer server(int connectionsMax) {
        return new HttpServer(
                config(connectionsMax),
                List.of(
                        Route.read(Methods.GET, "/now", Need.NOTHING, call -> call.json(200, new byte[] {'1'})),
                        Route.read(
                                Methods.GET,
                                "/wait",
                                Need.NOTHING,
                                call -> call.await(
                                        System.nanoTime() + TimeUnit.MINUTES.toNanos(1),
                                        () -> new Problem(Code.LAGGING, "late"),
                                        () -> waiting.add(call))),
                        Route.read(
                                Methods.PUT,
                                "/body",
                                Need.NOTHING,
                                call -> call.body(1000, body -> call.json(200, new byte[] {'2'})))));
    }

    @AfterEach
    void closeAll() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        server.close();
    }

    private Socket open(String bytes) throws IOException {
        Socket socket = new Socket();
        sockets.add(socket);
        socket.connect(
                new InetSocketAddress(
                        InetAddress.getLoopbackAddress(), server.address().getPort()),
                30_000);
        socket.setSoTimeout(30_000);
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static String statusOf(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        String head = new String(in.readNBytes(12), StandardCharsets.US_ASCII);
        return head.isEmpty() ? "" : head.substring(9);
    }

    private static boolean isClosed(Socket socket) throws IOException {
        socket.setSoTimeout(200);
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void theLongestIdleMakesRoomForWhoComes() throws Exception {
        server.start();
        Socket first = open("");
        eventually(SOON, () -> assertThat(server.connections()).isEqualTo(1));
        Socket slow = open(SLOW_HEAD);
        eventually(SOON, () -> assertThat(server.connections()).isEqualTo(2));
        for (int i = 0; i < 14; i++) {
            assertThat(statusOf(open(GET))).isEqualTo("200");
        }
        assertThat(isClosed(first)).isFalse();
        assertThat(statusOf(open(GET))).isEqualTo("200");
        eventually(SOON, () -> assertThat(isClosed(first)).isTrue());
        assertThat(isClosed(slow)).isFalse();
        assertThat(statusOf(open(GET))).isEqualTo("200");
        eventually(SOON, () -> assertThat(isClosed(slow)).isTrue());
        eventually(SOON, () -> assertThat(server.connections()).isLessThanOrEqualTo(16));
    }

    @Test
    void whoHasARequestStaysAndOneMoreIsRefused() throws Exception {
        server.close();
        server = server(2);
        server.start();
        Socket busy = open("GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n");
        eventually(SOON, () -> assertThat(waiting).hasSize(1));
        Socket other = open("GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n");
        eventually(SOON, () -> assertThat(waiting).hasSize(2));

        assertThat(statusOf(open(""))).isEqualTo("429");

        Call first = waiting.remove();
        first.answer(() -> first.json(200, new byte[] {'1'}));
        assertThat(statusOf(busy)).isEqualTo("200");
        // It is idle a moment after its answer was read.
        eventually(SOON, () -> assertThat(statusOf(open(GET))).isEqualTo("200"));
        Call second = waiting.remove();
        second.answer(() -> second.json(200, new byte[] {'1'}));
        assertThat(statusOf(other)).isEqualTo("200");
    }

    @Test
    void thousandsOfIdleAndSlowOnesLeaveRequestsAlone() throws Exception {
        server.close();
        server = server(1500);
        server.start();
        for (int i = 0; i < 2000; i++) {
            open("");
            if (i % 10 == 0) {
                open(SLOW_HEAD);
                assertThat(statusOf(open(GET))).isEqualTo("200");
            }
        }
        long began = System.nanoTime();
        for (int i = 0; i < 200; i++) {
            Socket socket = open(GET);
            assertThat(statusOf(socket)).isEqualTo("200");
            socket.close();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(SOON);
        eventually(SOON, () -> assertThat(server.connections()).isLessThanOrEqualTo(1500));
    }

    @Test
    void stalledUploadsHoldUpNoStop() throws Exception {
        server.start();
        List<Socket> stalled = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            stalled.add(open(STALLED));
        }
        open("GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n");
        eventually(SOON, () -> assertThat(server.requestsInFlight()).isEqualTo(11));
        eventually(SOON, () -> assertThat(waiting).hasSize(1));

        CompletableFuture<Void> closed = CompletableFuture.runAsync(server::close);
        assertThat(statusOf(stalled.get(0))).isEqualTo("503");
        Call served = waiting.remove();
        served.answer(() -> served.json(200, new byte[] {'1'}));
        assertThat(closed).succeedsWithin(SOON);
        assertThat(statusOf(sockets.get(10))).isEqualTo("200");
    }

    @Test
    void itListensAtAllThatANameMeans() throws Exception {
        HttpConfig config = config(16);
        HeadGuards guards =
                new HeadGuards(List.of(), TimeUnit.SECONDS.toNanos(10), NodeTransport.PLAIN, new ByteBudget(1 << 20));
        Limits limits = new Limits(10, new ByteBudget(1 << 20), new ByteBudget(1 << 20));
        Connections connections = new Connections(16);
        Router router = new Router(
                List.of(Route.read(Methods.GET, "/now", Need.NOTHING, call -> call.json(200, new byte[] {'1'}))),
                new ServerParts(
                        config, limits, new DeadlineTimer(guards, limits), Gate.OPEN, new RequestStats(List.of())),
                connections,
                Origins.of(config.address(), List.of()));
        List<InetAddress> both = List.of(InetAddress.getAllByName("127.0.0.1")[0], InetAddress.getAllByName("::1")[0]);
        HttpListener listener = HttpListener.start(config, both, router, guards, connections);
        try {
            for (InetAddress address : both) {
                try (Socket socket = new Socket(address, listener.address().getPort())) {
                    socket.setSoTimeout(30_000);
                    socket.getOutputStream().write(GET.getBytes(StandardCharsets.US_ASCII));
                    assertThat(statusOf(socket)).isEqualTo("200");
                }
            }
        } finally {
            listener.stop();
        }
        assertThat(LocalAddresses.of("127.0.0.1")).hasSize(1);
    }
}
