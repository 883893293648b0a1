package fish.api;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import fish.http.RequestStats;
import fish.metrics.Metrics;
import fish.testing.HttpProbe;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a server counts of its requests. */
class CountedRequestsTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    private final ServerFixture fish = ServerFixture.memory();
    private final Metrics metrics = new Metrics();
    private final HttpProbe probe =
            HttpProbe.of(URI.create("http://localhost:" + fish.server.address().getPort()), Duration.ofSeconds(10));

    @BeforeEach
    void register() {
        fish.server.register(metrics);
    }

    @AfterEach
    void close() {
        fish.close();
    }

    /** An answer is counted once it is sent, which its reader may notice before. */
    private void counted(String line) {
        eventually(SOON, () -> assertThat(new String(metrics.text(), StandardCharsets.UTF_8).lines())
                .contains(line));
    }

    @Test
    void byPatternStatusAndOutcomeNeverByKey() throws IOException {
        probe.put("secret", "1").send();
        probe.put("secret", "2").ifAbsent().send();
        probe.get("nothing").send();
        probe.request("GET", "/nowhere").send();

        counted("fish_http_requests_total{method=\"PUT\",outcome=\"ok\",route=\"/kv/*\",status=\"201\"} 1.0");
        counted("fish_http_requests_total{method=\"PUT\",outcome=\"not-applied\",route=\"/kv/*\",status=\"412\"} 1.0");
        counted("fish_http_requests_total{method=\"GET\",outcome=\"failed\",route=\"/kv/*\",status=\"404\"} 1.0");
        counted("fish_http_requests_total{method=\"other\",outcome=\"failed\",route=\"none\",status=\"404\"} 1.0");
        counted("fish_http_problems_total{code=\"precondition-failed\"} 1.0");
        counted("fish_http_request_duration_seconds_count{method=\"PUT\",route=\"/kv/*\"} 2");
        assertThat(new String(metrics.text(), StandardCharsets.UTF_8)).doesNotContain("secret", "nowhere");
    }

    @Test
    void aTransactionIsCountedAsWhatItTurnedOutToBe() throws IOException {
        probe.txn("{\"then\":[{\"put\":{\"key\":\"a\",\"text\":\"1\"}}]}").send();
        probe.txn("{\"then\":[{\"get\":{\"key\":\"a\"}}]}").send();
        probe.txn("{\"then\":[{\"get\":{\"key\":\"b\"}}]}").send();
        RequestStats stats = fish.server.stats();

        eventually(SOON, () -> {
            assertThat(stats.writes(Routes::isData).count()).isEqualTo(1);
            assertThat(stats.reads(Routes::isData).count()).isEqualTo(2);
        });
        assertThat(stats.failures(Routes::isData)).isZero();
        counted("fish_http_request_duration_seconds_count{method=\"POST\",route=\"/txn\"} 3");
    }

    @Test
    void aClientThatGoesAwayBeforeItsAnswerIsCountedToo() throws IOException {
        try (Socket socket = new Socket("localhost", fish.server.address().getPort())) {
            socket.getOutputStream()
                    .write("PUT /kv/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n12"
                            .getBytes(StandardCharsets.US_ASCII));
            eventually(SOON, () -> assertThat(fish.server.requestsInFlight()).isEqualTo(1));
        }

        counted("fish_http_requests_total{method=\"PUT\",outcome=\"abandoned\",route=\"/kv/*\",status=\"0\"} 1.0");
        assertThat(fish.server.stats().failures(Routes::isData)).isEqualTo(1);
    }
}
