package fish.tool;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import fish.client.ClientConfig;
import fish.client.FishClient;
import fish.testing.FreePorts;
import fish.tool.ToolHarness.Ran;
import fish.tool.report.Report;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands against what answers as no node does, or fails in the middle. */
@Timeout(180)
class StubTest {
    @TempDir
    private Path directory;

    private HttpServer server;
    private ToolHarness fish;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.start();
        fish = new ToolHarness(directory).environment("FISH_URL", url());
    }

    @AfterEach
    void stop() {
        fish.close();
        server.stop(0);
    }

    private String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private static void answer(HttpExchange exchange, int status, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Test
    void whatWasDeletedBeforeAFailureIsTold() {
        AtomicInteger asked = new AtomicInteger();
        server.createContext("/kv", exchange -> {
            boolean first = asked.getAndIncrement() == 0;
            answer(
                    exchange,
                    first ? 200 : 403,
                    first
                            ? "{\"deleted\":1000,\"more\":true,\"revision\":7}"
                            : "{\"code\":\"forbidden\",\"detail\":\"no\\u001b[2J\",\"outcome\":\"not-applied\"}");
        });
        Ran ran = fish.run("delete", "--prefix", "a", "--yes");
        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.err())
                .contains("deleted 1000, and then failed", "forbidden: no\\u001b[2J")
                .doesNotContain("\u001b");
    }

    @Test
    void whatSaysYesToEverythingIsNoNode() {
        server.createContext("/", exchange -> answer(exchange, 200, "{}"));
        for (String line : List.of("delete a", "remove b9", "export", "list", "status", "txn t.json")) {
            fish.input("{\"then\":[]}");
            Ran ran = fish.run(line.replace("t.json", "-").split(" "));
            assertThat(ran.exitCode()).as(line).isEqualTo(1);
            assertThat(ran.err()).as(line).contains("bad-answer");
        }
    }

    @Test
    void aNodeThatSaysThatItIsNotReadyHasAnswered() {
        server.createContext("/cluster", exchange -> answer(exchange, 200, """
                {"group":"g","master":"b0","nodes":[
                 {"name":"b0","type":"electable","state":"master","http":"%s"}]}""".formatted(url())));
        server.createContext("/health", exchange -> answer(exchange, 503, "[-]replica lags by 12.0 s"));
        Ran status = fish.run("status");
        assertThat(status.out())
                .contains("b0 is not ready: replica lags by 12.0 s")
                .doesNotContain("does not answer", "nobody answers");
        assertThat(fish.run("report", "r.tar").out()).contains("r.tar: 1 nodes");
    }

    @Test
    void anAddressThatWasNamedAndDoesNotAnswerIsOdd() throws IOException {
        server.createContext("/cluster", exchange -> answer(exchange, 200, """
                {"group":"g","master":"b0","nodes":[
                 {"name":"b0","type":"electable","state":"master","http":"%s"}]}""".formatted(url())));
        server.createContext("/health", exchange -> answer(exchange, 200, "[+]all"));
        String gone = "http://127.0.0.1:" + FreePorts.any();
        Ran status = fish.run("status", "--at", url() + "," + gone);
        assertThat(status.exitCode()).isZero();
        assertThat(status.out()).contains("nobody answers at " + gone).doesNotContain("nobody answers at " + url());
    }

    @Test
    void aReportIsWrittenOverNothing() throws IOException {
        server.createContext(
                "/cluster",
                exchange -> answer(
                        exchange,
                        200,
                        "{\"group\":\"g\",\"nodes\":[{\"name\":\"b0\",\"type\":\"electable\",\"state\":\"unknown\"}]}"));
        Path mine = Files.writeString(directory.resolve("r.tar.part"), "mine");
        assertThat(fish.run("report", "r.tar").out()).contains("missing: b0", "r.tar: 0 nodes");
        assertThat(mine).hasContent("mine");
        assertThat(directory).isDirectoryNotContaining("glob:**fish-report*");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("r.tar"))))
                .isEqualTo("rw-------");
    }

    @Test
    void whatDoesNotSayThatItReadALogIsNotSound() {
        server.createContext(
                "/cluster",
                exchange -> answer(
                        exchange,
                        200,
                        "{\"group\":\"g\",\"master\":\"b0\",\"nodes\":[{\"name\":\"b0\",\"type\":\"electable\",\"state\":\"master\","
                                + "\"http\":\"" + url() + "\"}]}"));
        server.createContext("/cluster/verify", exchange -> answer(exchange, 200, "{}"));
        server.createContext(
                "/cluster/digest",
                exchange -> answer(exchange, 200, "{\"revision\":1,\"count\":0,\"digest\":\"00000000\"}"));
        Ran ran = fish.run("check");
        assertThat(ran.out()).contains("not looked at: bad-answer");
        assertThat(ran.exitCode()).isEqualTo(1);
    }

    /** A node tells its own address, and may tell one that nobody can ask. */
    @Test
    void anAddressThatCannotBeAskedIsANodeThatDoesNotAnswer() {
        server.createContext("/cluster", exchange -> answer(exchange, 200, """
                {"group":"g","master":"b0","nodes":[
                 {"name":"b0","type":"electable","state":"master","http":"%s"},
                 {"name":"b1","type":"electable","state":"replica","http":"http://no host:70000"}]}""".formatted(url())));
        server.createContext("/health", exchange -> answer(exchange, 200, "[+]all"));

        Ran status = fish.run("status");
        assertThat(status.exitCode()).isZero();
        assertThat(status.out()).contains("b1 serves, but does not answer from here at http://no host:70000");

        Ran report = fish.run("report", "r.tar");
        assertThat(report.out()).contains("missing: b1 at http://no host:70000", "r.tar: 1 nodes");
    }

    @Test
    void aNodeThatOnlyTimesOutDidNotAnswer() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            String there = "http://127.0.0.1:" + silent.getLocalPort();
            server.createContext("/cluster", exchange -> answer(exchange, 200, """
                    {"group":"g","master":"b0","nodes":[
                     {"name":"b0","type":"electable","state":"master","http":"%s"}]}""".formatted(there)));
            Duration little = Duration.ofSeconds(5);
            try (FishClient client = client(url(), Duration.ofSeconds(30))) {
                Report report = new Report(client, url -> client(url, little), Clock.systemUTC(), little);
                Report.Result result = report.write(new ByteArrayOutputStream(), "1");
                assertThat(result.nodes()).isZero();
                assertThat(result.missing()).hasSize(1).first().asString().startsWith("b0 at " + there);
            }
        }
    }

    private static FishClient client(String url, Duration timeout) {
        return FishClient.open(ClientConfig.of(url).withTimeouts(timeout, timeout));
    }
}
