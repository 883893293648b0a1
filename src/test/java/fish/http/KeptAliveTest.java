package fish.http;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import fish.access.Need;
import fish.testing.Standard;
import io.undertow.util.Methods;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xnio.ChannelPipe;
import org.xnio.StreamConnection;

/** What one connection goes through that serves many requests. */
class KeptAliveTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private final List<Integer> listeners = new CopyOnWriteArrayList<>();
    private final AtomicInteger ended = new AtomicInteger();
    private final HttpServer server = new HttpServer(
            Standard.http(),
            List.of(
                    Route.raw(Methods.GET, "/raw", Need.NOTHING, exchange -> {
                        listeners.add(ConnectionEnd.of(exchange).count());
                        exchange.endExchange();
                    }),
                    Route.raw(Methods.GET, "/last", Need.NOTHING, exchange -> {
                        ConnectionEnd.of(exchange).add(ended::incrementAndGet);
                        exchange.endExchange();
                    }),
                    Route.upgrade("/other", "other/1", exchange -> exchange.setStatusCode(500))));

    @BeforeEach
    void start() throws IOException {
        server.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private String send(String heads) throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.address().getPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(heads.getBytes(StandardCharsets.US_ASCII));
            ByteArrayOutputStream heard = new ByteArrayOutputStream();
            socket.getInputStream().transferTo(heard);
            return heard.toString(StandardCharsets.US_ASCII);
        }
    }

    @Test
    void whoWantsToKnowOfItsEndIsForgottenAfterTheRequest() throws IOException {
        String raw = "GET /raw HTTP/1.1\r\nHost: localhost\r\n\r\n";
        send(raw.repeat(100) + "GET /last HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assertThat(listeners).hasSize(100).containsOnly(1);
        eventually(SOON, () -> assertThat(ended).hasValue(1));
    }

    @Test
    void whatIsLeftToAHandlerHasNoBody() throws IOException {
        String head = " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n";
        assertThat(send("GET /raw" + head + "\r\n")).contains("400", "has no body");
        assertThat(send("GET /other" + head + "Upgrade: other/1\r\nConnection: Upgrade\r\n\r\n"))
                .contains("400", "has no body");
        String upgrade = "Upgrade: other/1\r\nConnection: Upgrade\r\n\r\n";
        String last = "GET /last HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        assertThat(send("GET /other?a=1 HTTP/1.1\r\nHost: localhost\r\n" + upgrade + last))
                .contains("400", "\"bad-parameter\"");
    }

    @Test
    void anUpgradeThatIsNoneIsAProblem() throws IOException {
        for (String rest : List.of(
                " HTTP/1.1\r\nHost: localhost\r\nUpgrade: other/1\r\nConnection: close\r\n\r\n",
                " HTTP/1.1\r\nHost: localhost\r\nUpgrade: another/1\r\nConnection: close\r\n\r\n",
                " HTTP/1.0\r\nHost: localhost\r\nUpgrade: other/1\r\nConnection: Upgrade\r\n\r\n")) {
            assertThat(send("GET /other" + rest)).contains("404", "application/problem+json", "\"not-found\"");
        }
    }

    @Test
    void isNotClosedForOneMoreWhenARequestOfItHasJustBegun() throws Exception {
        Connections connections = new Connections(1);
        ChannelPipe<StreamConnection, StreamConnection> pipe = server.worker().createFullDuplexPipeConnection();
        StreamConnection idle = pipe.getLeftSide();
        CountDownLatch go = new CountDownLatch(1);
        try {
            idle.getIoThread().execute(() -> {
                try {
                    go.await(20, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            connections.add(idle);
            assertThat(connections.hasRoom()).isTrue();
            connections.busy(idle);
            CountDownLatch done = new CountDownLatch(1);
            idle.getIoThread().execute(done::countDown);
            go.countDown();
            assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(idle.isOpen()).isTrue();
            assertThat(connections.hasRoom()).isFalse();
        } finally {
            go.countDown();
            idle.close();
            pipe.getRightSide().close();
        }
    }
}
