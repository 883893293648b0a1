package fish.http;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fish.access.Need;
import fish.testing.Standard;
import fish.tls.NodeTransport;
import fish.tls.TestCertificates;
import io.undertow.util.Methods;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** HTTPS: clients with and without certificates, and who does not shake hands. */
@Timeout(180)
class TlsDoorTest {
    private static final Duration SOON = Duration.ofSeconds(40);
    private static final int SOON_MILLIS = 40_000;
    private static final Duration PATIENT = Duration.ofMinutes(1);
    /** Long enough for a handshake on a machine that is slow. */
    private static final Duration IMPATIENT = Duration.ofSeconds(5);

    @TempDir
    private Path homes;

    private final List<String> told = new CopyOnWriteArrayList<>();
    private HttpServer server;

    @BeforeEach
    void start() throws Exception {
        start(PATIENT);
    }

    /** @param head how long a handshake may take */
    private void start(Duration head) throws Exception {
        NodeTransport transport = TestCertificates.transport(TestCertificates.home(homes.resolve("b0"), "one"));
        transport
                .tls()
                .ifPresent(tls -> tls.tell((name, more) -> told.add(name + " " + Arrays.toString(more)), List.of()));
        HttpConfig usual = Standard.http();
        HttpConfig.Times times = usual.times();
        HttpConfig config = new HttpConfig(
                usual.address(),
                2,
                usual.bounds(),
                new HttpConfig.Times(
                        times.request(), times.idle(), head, times.body(), times.send(), Duration.ofMillis(100)),
                transport);
        server = new HttpServer(
                config,
                List.of(Route.read(
                        Methods.GET,
                        "/who",
                        Need.NOTHING,
                        call -> call.json(
                                200,
                                Peer.certificate(call.exchange())
                                        .map(certificate -> certificate
                                                .getSubjectX500Principal()
                                                .getName())
                                        .orElse("nobody")
                                        .getBytes(StandardCharsets.UTF_8)))));
        server.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private String who(HttpClient client) throws Exception {
        URI uri = URI.create("https://localhost:" + server.address().getPort() + "/who");
        return client.send(HttpRequest.newBuilder(uri).timeout(SOON).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private Socket connect() throws IOException {
        Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.address().getPort());
        socket.setSoTimeout(SOON_MILLIS);
        return socket;
    }

    @Test
    void whoHasACertificateIsKnownByIt() throws Exception {
        Path other = TestCertificates.home(homes.resolve("r0"), "one");
        assertThat(who(TestCertificates.transport(other).httpClient().build())).isEqualTo("CN=r0");
        assertThat(who(HttpClient.newBuilder()
                        .sslContext(TestCertificates.clientOf("one"))
                        .build()))
                .isEqualTo("nobody");
        assertThat(told).isEmpty();
    }

    @Test
    void aCertificateOfAnotherCaIsRefusedWithALine() throws Exception {
        Path other = TestCertificates.home(homes.resolve("r0"), "other");
        // This one believes the server, which is then the one that refuses.
        SSLContext both = TestCertificates.identity(other, "one");
        try (SSLSocket socket = (SSLSocket) both.getSocketFactory()
                .createSocket("localhost", server.address().getPort())) {
            socket.setSoTimeout(SOON_MILLIS);
            assertThatThrownBy(() -> {
                        socket.startHandshake();
                        socket.getOutputStream().write("GET /who HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                        socket.getInputStream().read();
                    })
                    .isInstanceOf(IOException.class);
        }
        eventually(SOON, () -> assertThat(told)
                .anySatisfy(line -> assertThat(line).contains("peer-refused", "at, http", "Fish CA")));
    }

    @Test
    void plainSpeechIsClosedAtOnceWithALine() throws Exception {
        try (Socket socket = connect()) {
            socket.getOutputStream()
                    .write("GET /who HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            long start = System.nanoTime();
            assertThat(new String(readAll(socket), StandardCharsets.ISO_8859_1)).doesNotContain("HTTP/1.1");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
        }
        eventually(SOON, () -> assertThat(told).singleElement().asString().contains("peer-refused", "at, http"));
    }

    @Test
    void aHandshakeThatDoesNotEndIsGivenUp() throws Exception {
        server.close();
        start(IMPATIENT);
        try (Socket silent = connect();
                Socket half = connect()) {
            // The beginning of a TLS record that announces more.
            half.getOutputStream().write(new byte[] {0x16, 3, 1, 1, 0, 1, 0, 0});
            assertThat(readAll(half)).isEmpty();
            assertThat(readAll(silent)).isEmpty();
        }
        eventually(
                SOON, () -> assertThat(told).anySatisfy(line -> assertThat(line).contains("handshake does not end")));
        assertThat(who(HttpClient.newBuilder()
                        .sslContext(TestCertificates.clientOf("one"))
                        .build()))
                .isEqualTo("nobody");
    }

    @Test
    void manyHandshakesAtOnceLeaveRoomForOthers() throws Exception {
        server.close();
        start(IMPATIENT);
        Socket[] half = new Socket[200];
        try {
            for (int i = 0; i < half.length; i++) {
                half[i] = connect();
                half[i].getOutputStream().write(0x16);
            }
            assertThat(who(HttpClient.newBuilder()
                            .sslContext(TestCertificates.clientOf("one"))
                            .build()))
                    .isEqualTo("nobody");
            for (Socket socket : half) {
                assertThat(readAll(socket)).isEmpty();
            }
            eventually(SOON, () -> assertThat(server.connections()).isLessThan(half.length));
        } finally {
            for (Socket socket : half) {
                if (socket != null) {
                    socket.close();
                }
            }
        }
    }

    /** A connection that was reset is one that was closed. */
    private static byte[] readAll(Socket socket) throws IOException {
        try (InputStream in = socket.getInputStream()) {
            return in.readAllBytes();
        } catch (SocketException e) {
            return new byte[0];
        }
    }
}
