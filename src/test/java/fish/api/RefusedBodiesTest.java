package fish.api;

import static org.assertj.core.api.Assertions.assertThat;

import fish.access.Tokens;
import fish.budget.ByteBudget;
import fish.http.HttpServer;
import fish.kv.Scope;
import fish.kv.StoredRecord;
import fish.kv.Token;
import fish.kv.TokenRole;
import fish.kv.TokenTable;
import fish.testing.MemoryService;
import fish.testing.Standard;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose head says that it is refused is not read on for long. */
class RefusedBodiesTest {
    /** How long a body is waited for that is to be served. */
    private static final Duration WAITED_FOR = Standard.http().times().body();

    private static final String GETS = "{\"then\":[{\"get\":{\"key\":\"a/1\"}}]}";
    private static final String PUTS = "{\"then\":[{\"put\":{\"key\":\"a/1\",\"text\":\"x\"}}]}";

    private static Token token(String name, TokenRole role, String prefix) {
        List<byte[]> prefixes = List.of(prefix.getBytes(StandardCharsets.UTF_8));
        return Tokens.described(name, role, Scope.of(prefixes), StoredRecord.NEVER, "secret-" + name);
    }

    private final Tokens gate = new Tokens(
            known -> new TokenTable(
                    1, true, List.of(token("writer", TokenRole.WRITE, "a/"), token("reader", TokenRole.READ, "a/"))),
            Clock.systemUTC());
    private final HttpServer server = new HttpServer(
            Standard.http(),
            Standard.routes(new MemoryService(System::currentTimeMillis)),
            List.of(),
            new ByteBudget(64 << 20),
            new ByteBudget(64 << 20),
            gate);

    RefusedBodiesTest() {
        gate.refresh();
        server.start();
    }

    @AfterEach
    void close() {
        server.close();
        gate.close();
    }

    /** Sends this, and nothing more until it has its answer: the head, and as much of the body as it has come with. */
    private String answer(String request) throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.address().getPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return ServerFixture.readUntil(socket, "}");
        }
    }

    private static String post(String token, String headers, String body) {
        String who = token.isEmpty() ? "" : "Authorization: Bearer secret-" + token + "\r\n";
        return "POST /txn HTTP/1.1\r\nHost: localhost\r\n" + who + headers + "\r\n\r\n" + body;
    }

    private static String length(int bytes) {
        return "Content-Length: " + bytes;
    }

    private static String chunked(String body) {
        return Integer.toHexString(body.length()) + "\r\n" + body + "\r\n0\r\n\r\n";
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "wrong"})
    void aLargeBodyIsNotWaitedFor(String token) throws Exception {
        long start = System.nanoTime();
        assertThat(answer(post(token, length(60_000), "")))
                .startsWith("HTTP/1.1 401")
                .contains("unauthenticated", "\"outcome\":\"not-applied\"");
        assertThat(answer(post(token, length(10) + "\r\nExpect: 100-continue", "")))
                .startsWith("HTTP/1.1 401");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(WAITED_FOR);
    }

    @Test
    void aSmallOneIsNotWaitedForForLong() throws Exception {
        long start = System.nanoTime();
        assertThat(answer(post("", length(100), "{")))
                .startsWith("HTTP/1.1 401")
                .contains("\"outcome\":\"not-applied\"");
        assertThat(answer(post("", "Transfer-Encoding: chunked", "5\r\n{\"the")))
                .startsWith("HTTP/1.1 401");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(WAITED_FOR);
    }

    @Test
    void oneThatGrowsLargeIsRefusedAsAllAre() throws Exception {
        assertThat(answer(post("", "Transfer-Encoding: chunked", "2000\r\n" + " ".repeat(0x2000) + "\r\n")))
                .startsWith("HTTP/1.1 401")
                .contains("\"outcome\":\"not-applied\"");
    }

    @Test
    void aRefusedReadHasNoOutcomeAndARefusedWriteHasOne() throws Exception {
        for (String body : List.of(GETS, PUTS)) {
            for (String request : List.of(
                    post("", length(body.length()), body),
                    post("wrong", "Transfer-Encoding: chunked", chunked(body)))) {
                assertThat(answer(request).contains("\"outcome\":\"not-applied\""))
                        .as(request)
                        .isEqualTo(body.equals(PUTS));
            }
        }
        assertThat(answer(post("reader", length(PUTS.length()), PUTS)))
                .startsWith("HTTP/1.1 403")
                .contains("\"outcome\":\"not-applied\"");
        String elsewhere = GETS.replace("a/1", "b/1");
        assertThat(answer(post("reader", length(elsewhere.length()), elsewhere)))
                .startsWith("HTTP/1.1 403")
                .doesNotContain("outcome");
    }

    @Test
    void aKeyOfOthersIsRefusedBeforeTheBody() throws Exception {
        String head = " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer secret-writer\r\nContent-Length: 1000\r\n";
        long start = System.nanoTime();
        assertThat(answer("PUT /kv/b/1" + head + "\r\n"))
                .startsWith("HTTP/1.1 403")
                .contains("\"not-applied\"");
        assertThat(answer("PUT /kv/b/1" + head + "Expect: 100-continue\r\n\r\n"))
                .startsWith("HTTP/1.1 403");
        assertThat(answer("DELETE /kv/b/1" + head + "\r\n")).startsWith("HTTP/1.1 403");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(WAITED_FOR);
        assertThat(answer("PUT /kv/a/1" + head.replace("1000", "1") + "\r\nx")).startsWith("HTTP/1.1 201");
    }
}
