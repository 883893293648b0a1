package fish.back;

import static org.assertj.core.api.Assertions.assertThat;

import fish.kv.ReadOutcome;
import fish.tls.NodeTransport;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MasterOverHttpTest {
    @Test
    void givesUpAnAnswerThatDoesNotEndAndItsConnection() throws Exception {
        try (ServerSocket master = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<ReadOutcome> answer = new CompletableFuture<>();
            new MasterOverHttp(NodeTransport.PLAIN, Duration.ofSeconds(3))
                    .ask("http://localhost:" + master.getLocalPort(), "proof", answer::complete);
            try (Socket socket = master.accept()) {
                socket.setSoTimeout(40_000);
                byte[] begun = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{".getBytes(StandardCharsets.US_ASCII);
                socket.getOutputStream().write(begun);
                assertThat(answer.get(40, TimeUnit.SECONDS)).isInstanceOf(ReadOutcome.Failed.class);
                // The request, and then its end.
                assertThat(socket.getInputStream().readAllBytes())
                        .startsWith("GET /node/revision".getBytes(StandardCharsets.US_ASCII));
            }
        }
    }
}
