package fish.link;

import static fish.link.TestFrontEnd.now;
import static fish.link.TestFrontEnd.put;
import static fish.link.TestFrontEnd.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fish.http.HttpConfig;
import fish.http.HttpServer;
import fish.http.Route;
import fish.testing.Standard;
import fish.tls.NodeTransport;
import fish.tls.TestCertificates;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The link where nodes have certificates. */
@Timeout(60)
class LinkOverTlsTest {
    @TempDir
    private Path homes;

    private LinkServer links;
    private HttpServer server;

    @BeforeEach
    void start() throws Exception {
        NodeTransport back = TestCertificates.transport(TestCertificates.home(homes.resolve("b0"), "one"));
        links = new LinkServer(new EchoService(), LinkLimits.DEFAULT);
        HttpConfig plain = Standard.http();
        HttpConfig config = new HttpConfig(plain.address(), 2, plain.bounds(), plain.times(), back);
        server = new HttpServer(config, List.of(Route.upgrade(LinkServer.PATH, LinkServer.PROTOCOL, links.handler())));
        server.start();
    }

    @AfterEach
    void stop() {
        links.close();
        server.close();
    }

    private URI uri(String scheme) {
        return URI.create(scheme + "://localhost:" + server.address().getPort());
    }

    @Test
    void requestsLargeAndSmallGoBothWays() throws Exception {
        NodeTransport front = TestCertificates.transport(TestCertificates.home(homes.resolve("r0"), "one"));
        try (TestFrontEnd r0 = new TestFrontEnd("r0", LinkLimits.DEFAULT, front);
                LinkClient client = r0.connect(uri("https"))) {
            for (int i = 1; i <= 200; i++) {
                assertThat(now(send(client, put(i, i % 50 == 0 ? 1 << 20 : 100))))
                        .startsWith("committed");
            }
        }
    }

    @Test
    void aFrontEndOfAnotherCaGetsNoLink() throws Exception {
        NodeTransport front = TestCertificates.transport(TestCertificates.home(homes.resolve("r0"), "other"));
        try (TestFrontEnd r0 = new TestFrontEnd("r0", LinkLimits.DEFAULT, front)) {
            assertThatThrownBy(() -> r0.connect(uri("https"))).hasStackTraceContaining("handshake");
            assertThatThrownBy(() -> r0.connect(uri("http"))).hasStackTraceContaining("https://host:port");
            assertThat(links.connections()).isZero();
        }
    }
}
