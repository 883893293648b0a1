package fish.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpProbeTest {
    private HttpServer server;
    private HttpProbe probe;

    @BeforeEach
    void startEcho() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 8);
        server.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            String seen = exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("If-Match") + " " + body;
            String answer =
                    "{\"code\":\"no-master\",\"outcome\":\"not-applied\",\"seen\":\"" + seen.replace("\"", "'") + "\"}";
            exchange.getResponseHeaders().set("ETag", "\"12\"");
            byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(503, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        probe = HttpProbe.of(
                URI.create("http://localhost:" + server.getAddress().getPort()), Duration.ofSeconds(60));
    }

    @AfterEach
    void stopEcho() {
        server.stop(0);
    }

    @Test
    void requestsAreSentAsTheContractWritesThem() throws IOException {
        HttpAnswer put = probe.put("a/ü +", "v")
                .param("ttl", "30s")
                .param("durability", "all")
                .ifMatch(7)
                .send();
        assertThat(put.json().path("seen").asText()).isEqualTo("PUT /kv/a/%C3%BC%20%2B?ttl=30s&durability=all '7' v");
        assertThat(probe.delete("a").send().text()).contains("DELETE /kv/a");
        assertThat(probe.list().param("prefix", "x/").send().text()).contains("GET /kv?prefix=x/");
        assertThat(probe.txn("{}").send().text()).contains("POST /txn");
    }

    @Test
    void problemsAreTakenApart() throws IOException {
        HttpAnswer answer = probe.get("a").send();
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.isSuccess()).isFalse();
        assertThat(answer.code()).isEqualTo("no-master");
        assertThat(answer.outcome()).isEqualTo("not-applied");
        assertThat(answer.revision()).isEqualTo(12);
    }

    @Test
    void aNodeThatIsSilentOrAwayIsNotWaitedFor() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            URI url = URI.create("http://localhost:" + silent.getLocalPort());
            HttpProbe impatient = HttpProbe.of(url, Duration.ofMillis(100));
            assertThatThrownBy(() -> impatient.get("a").send()).isInstanceOf(HttpTimeoutException.class);
            assertThat(impatient.isOk("/health/ready")).isFalse();
        }
        server.stop(0);
        assertThatThrownBy(() -> probe.get("a").send()).isInstanceOf(ConnectException.class);
    }
}
