package fish.tool.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import fish.conf.ProgramException;
import fish.run.Threads;
import fish.tool.bulk.LoneBack;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Measuring a real store, and one whose answers come as late as it is told. */
@Timeout(300)
class BenchTest {
    private static final Duration SHORT = Duration.ofSeconds(3);

    @TempDir
    static Path dir;

    private static LoneBack back;

    private final List<String> progress = new ArrayList<>();

    @BeforeAll
    static void start() throws ProgramException {
        back = new LoneBack(dir);
    }

    @AfterAll
    static void stop() {
        back.close();
    }

    private static InetSocketAddress address() {
        URI url = URI.create(back.url());
        return new InetSocketAddress(url.getHost(), url.getPort());
    }

    private BenchResult run(Plan plan) throws IOException, InterruptedException {
        return new Bench(plan, progress::add).run();
    }

    @ParameterizedTest
    @EnumSource(BenchWork.class)
    void everyWorkloadIsAnswered(BenchWork workload) throws IOException, InterruptedException {
        Plan plan = DialectTest.plan("fish", workload, address());
        // Watchers must have come before they are told anything.
        Duration before = workload == BenchWork.WATCH ? Duration.ofSeconds(5) : Duration.ZERO;
        Plan.Times times = new Plan.Times(before, SHORT, Duration.ofSeconds(60));
        BenchResult result = run(new Plan(plan.target(), workload, plan.load(), plan.data(), times));
        assertThat(result.failures()).isEmpty();
        assertThat(result.totals().good()).isPositive();
        assertThat(result.latencies().values()).allMatch(latencies -> latencies.getTotalCount() > 0);
        assertThat(result.latencies()).hasSize(workload == BenchWork.MIXED || workload == BenchWork.WATCH ? 2 : 1);
        assertThat(progress.get(progress.size() - 1)).startsWith(workload.word());

        JsonNode json = new ObjectMapper().readTree(BenchJson.of(result));
        assertThat(json.path("workload").asText()).isEqualTo(workload.word());
        assertThat(json.path("rate").asDouble()).isEqualTo(result.totals().rate());
        assertThat(json.at("/machine/cores").asInt()).isPositive();
        String html = BenchPlot.of(result, true);
        assertThat(html)
                .startsWith("<!DOCTYPE html>")
                .contains("<polyline", "values of 64 bytes")
                .doesNotContain("NaN");
        assertThat(BenchText.rows(result)).allMatch(row -> row.size() == BenchText.HEAD.size());
    }

    @Test
    void anOpenLoopOffersWhatItIsTold() throws IOException, InterruptedException {
        try (SlowServer server = new SlowServer(0)) {
            BenchResult result = run(load(server.address(), 100, 8, Duration.ofSeconds(4)));
            assertThat(result.failures()).isEmpty();
            // Without being told it would be thousands; and this JVM may stand still just when it begins or ends.
            assertThat(result.totals().rate()).isBetween(25.0, 250.0);
        }
    }

    private static Plan load(InetSocketAddress address, double rate, int connections, Duration duration) {
        Plan plan = DialectTest.plan("fish", BenchWork.GET, address);
        boolean fill = address.getPort() == address().getPort();
        return new Plan(
                plan.target(),
                plan.workload(),
                new Plan.Load(connections, rate, 0, 0),
                new Plan.Data("bench/", 100, 64, fill),
                new Plan.Times(Duration.ZERO, duration, Duration.ofSeconds(60)));
    }

    /** One connection, 100 requests a second, and an answer every 40 ms: each is 30 ms later than the one before. */
    @Test
    void latencyCountsFromWhenARequestWasDue() throws IOException, InterruptedException {
        try (SlowServer server = new SlowServer(40)) {
            BenchResult open = run(load(server.address(), 100, 1, Duration.ofSeconds(2)));
            assertThat(open.totals().rate()).isLessThan(80);
            assertThat(BenchResult.of(open.latencies()).getMaxValue()).isGreaterThan(800_000);

            BenchResult closed = run(load(server.address(), 0, 1, SHORT));
            assertThat(BenchResult.of(closed.latencies()).getValueAtPercentile(50))
                    .isBetween(39_000L, 2_000_000L);
        }
    }

    @Test
    void failuresAreCountedByKindAndNotTimed() throws IOException, InterruptedException {
        try (SlowServer server =
                new SlowServer(1, "HTTP/1.1 503 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")) {
            BenchResult result = run(load(server.address(), 0, 2, SHORT));
            assertThat(result.totals().good()).isZero();
            assertThat(result.failures()).containsOnlyKeys("status 503");
            assertThat(result.totals().longestGapMillis()).isGreaterThan(900);
        }
    }

    @Test
    void nobodyThereIsTold() throws IOException {
        InetSocketAddress gone;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            gone = new InetSocketAddress(socket.getInetAddress(), socket.getLocalPort());
        }
        assertThatThrownBy(() -> run(load(gone, 0, 1, SHORT)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("refused");
    }

    @Test
    void axesEndAtRoundNumbers() {
        assertThat(BenchPlot.rounded(0.7)).isEqualTo(1);
        assertThat(BenchPlot.rounded(1.3)).isEqualTo(2);
        assertThat(BenchPlot.rounded(37_000)).isEqualTo(50_000);
        assertThat(BenchPlot.rounded(0)).isPositive();
        assertThat(BenchJson.name(99.9)).isEqualTo("p99.9");
        assertThat(BenchJson.name(50)).isEqualTo("p50");
    }

    /** Answers each request after a time, whatever it is. */
    private static final class SlowServer implements AutoCloseable {
        private final ServerSocket socket = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
        private final long millis;
        private final byte[] answer;

        SlowServer(long millis) throws IOException {
            this(millis, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        }

        SlowServer(long millis, String answer) throws IOException {
            this.millis = millis;
            this.answer = answer.getBytes(StandardCharsets.US_ASCII);
            Threads.daemon("slow-accept", this::accept).start();
        }

        InetSocketAddress address() {
            return new InetSocketAddress(socket.getInetAddress(), socket.getLocalPort());
        }

        private void accept() {
            try {
                while (true) {
                    Socket accepted = socket.accept();
                    Threads.daemon("slow-serve", () -> serve(accepted)).start();
                }
            } catch (IOException e) {
                // Closed.
            }
        }

        private void serve(Socket accepted) {
            try (accepted;
                    InputStream in = accepted.getInputStream();
                    OutputStream out = accepted.getOutputStream()) {
                int ends = 0;
                for (int b = in.read(); b >= 0; b = in.read()) {
                    ends = b == '\n' ? ends + 1 : b == '\r' ? ends : 0;
                    if (ends == 2) {
                        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
                        out.write(answer);
                        ends = 0;
                    }
                }
            } catch (IOException e) {
                // The other end went.
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
