package fish.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fish.http.HttpServer;
import fish.kv.Key;
import fish.testing.FreePorts;
import fish.tls.TestCertificates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What no further try changes: the wrong scheme, and a CA that is not believed. */
@Timeout(60)
class TlsTroubleTest {
    private static final Key A = Key.of("a");

    @TempDir
    private Path directory;

    private HttpServer server;

    @BeforeEach
    void start() throws Exception {
        server = TestCertificates.server(TestCertificates.home(directory.resolve("b0"), "one"));
        server.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static FishClient client(ClientConfig config) {
        return FishClient.open(config.withTimeouts(Duration.ofSeconds(30), Duration.ofSeconds(10)));
    }

    @Test
    void plainHttpAtAPortOfTlsIsToldAndTriedOnce() {
        try (FishClient fish = client(ClientConfig.of("http://localhost:" + port()))) {
            assertThatThrownBy(() -> fish.get(A, ReadOptions.STRONG))
                    .hasMessageContaining("it speaks TLS there: https instead of http")
                    .hasMessageNotContaining("tries");
            assertThatThrownBy(() -> fish.put(A, Values.text("x"))).isInstanceOf(NotAppliedException.class);
        }
    }

    @Test
    void aCaThatIsNotBelievedIsTriedOnceAtEachFrontEnd() throws Exception {
        Path other = Files.createDirectory(directory.resolve("other"));
        TestCertificates.ca("other").write(other);
        String url = "https://localhost:" + port();
        try (FishClient fish =
                client(ClientConfig.of(url, "https://127.0.0.1:" + port()).withCa(other.resolve("ca.crt")))) {
            assertThatThrownBy(() -> fish.get(A, ReadOptions.STRONG))
                    .hasMessageContaining("PKIX path")
                    .hasMessageContaining("(2 tries)");
        }
        // The one that is down may come back, and its certificate be believed.
        try (FishClient fish = client(ClientConfig.of(url, "https://localhost:" + FreePorts.any())
                .withCa(other.resolve("ca.crt"))
                .withRetries(new Retries(5, 1, Duration.ofMillis(1), Duration.ofMillis(1))))) {
            assertThatThrownBy(() -> fish.get(A, ReadOptions.STRONG)).hasMessageContaining("(5 tries)");
        }
    }

    /** Only what has been watched before can be: it begins with a request, which tells the same. */
    @Test
    void aWatchEndsWhereItsFrontEndsAreNotBelieved() throws Exception {
        Path other = Files.createDirectory(directory.resolve("other"));
        TestCertificates.ca("other").write(other);
        ClientConfig unbelieving =
                ClientConfig.of("https://localhost:" + port()).withCa(other.resolve("ca.crt"));
        BlockingQueue<FishException> failures = new LinkedBlockingQueue<>();
        try (FishClient fish = client(unbelieving);
                Watch watch = fish.watch("", 7, new ChangeListener() {
                    @Override
                    public void committed(Commit commit) {}

                    @Override
                    public void failed(FishException problem) {
                        failures.add(problem);
                    }
                })) {
            assertThat(failures.poll(20, TimeUnit.SECONDS))
                    .isInstanceOf(ReadFailedException.class)
                    .hasMessageContaining("no-connection")
                    .hasMessageContaining("PKIX path");
            assertThat(watch.revision()).isEqualTo(7);
        }
    }

    private int port() {
        return server.address().getPort();
    }
}
