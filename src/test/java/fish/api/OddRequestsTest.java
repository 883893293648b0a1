package fish.api;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What only a socket can send. */
class OddRequestsTest {
    private final ServerFixture fish = ServerFixture.memory();

    @AfterEach
    void close() {
        fish.close();
    }

    private String request(String method, String target) throws Exception {
        return fish.raw(method + " " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    }

    private String put(String target) throws Exception {
        return request("PUT", target);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    /kv/a/../b/./c | a/../b/./c
                    /kv/.. | ..
                    /kv//a//b/ | /a//b/
                    /kv/a+b | a+b
                    /kv/a%2Fb%2fc | a/b/c
                    /kv/%2541 | %41
                    /kv/a;b=c/d;e,f | a;b=c/d;e,f
                    /kv/a;b,c | a;b,c
                    /kv/a:b@c!$&'()*,=~ | a:b@c!$&'()*,=~
                    /kv/<>{}^` | <>{}^`
                    /kv/%3F%23 | ?#
                    http://localhost/kv/abs | abs
                    """)
    void keysAreTakenAsSent(String target, String key) throws Exception {
        assertThat(put(target.replace("`", "%60"))).startsWith("HTTP/1.1 201").contains("{\"key\":\"" + key + "\",");
    }

    @Test
    void rawUtf8IsTakenAsWellAsEncoded() throws Exception {
        assertThat(put("/kv/\u00c3\u00a9")).startsWith("HTTP/1.1 201");
        assertThat(request("GET", "/kv/%C3%A9")).startsWith("HTTP/1.1 200");
        assertThat(request("GET", "/kv?prefix=\u00c3\u00a9")).contains("\"key\":\"\u00c3\u00a9\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/kv/", "/kv/%", "/kv/a%2", "/kv/a%zz", "/kv/a%00b", "/kv/%ff", "/kv/\u00e9", "/kv/%ED%A0%80"})
    void whatIsNoKey(String target) throws Exception {
        assertThat(put(target)).startsWith("HTTP/1.1 400").contains("\"code\":\"bad-key\"", "not-applied");
        assertThat(request("GET", target))
                .startsWith("HTTP/1.1 400")
                .contains("bad-key")
                .doesNotContain("outcome");
    }

    @Test
    void keysHaveAtMost1024Bytes() throws Exception {
        assertThat(put("/kv/" + "%61".repeat(1024))).startsWith("HTTP/1.1 201");
        assertThat(put("/kv/" + "a".repeat(1025))).startsWith("HTTP/1.1 414").contains("key-too-long", "not-applied");
    }

    @Test
    void malformedParametersAreNamed() throws Exception {
        assertThat(request("GET", "/kv?prefix=%zz")).startsWith("HTTP/1.1 400").contains("bad-parameter", "'prefix'");
    }

    @Test
    void aHeadPast64KiBIsTold() throws Exception {
        String big = "X-Big: " + "x".repeat(70_000) + "\r\n";
        assertThat(fish.raw("PUT /kv/a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + big + "\r\n"))
                .startsWith("HTTP/1.1 431")
                .contains("application/problem+json", "header-too-large", "not-applied");
        assertThat(request("GET", "/kv?" + "a".repeat(70_000))).startsWith("HTTP/1.1 431");
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 4000; i++) {
            many.append("X-Many-").append(i).append(": 12345678\r\n");
        }
        assertThat(fish.raw("GET /kv HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + many + "\r\n"))
                .startsWith("HTTP/1.1 431");
        String justUnder = "X-Big: " + "x".repeat(60_000) + "\r\n";
        assertThat(fish.raw("PUT /kv/a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + justUnder + "\r\n"))
                .startsWith("HTTP/1.1 201");
    }

    @Test
    void methodsAndPaths() throws Exception {
        assertThat(request("PATCH", "/kv/a"))
                .startsWith("HTTP/1.1 405")
                .contains("Allow: GET, HEAD, PUT, DELETE, POST, OPTIONS");
        assertThat(request("PUT", "/kv"))
                .startsWith("HTTP/1.1 405")
                .contains("method-not-allowed")
                .doesNotContain("outcome");
        assertThat(request("BREW", "/txn")).startsWith("HTTP/1.1 405").contains("Allow: POST, OPTIONS");
        assertThat(request("OPTIONS", "/txn")).startsWith("HTTP/1.1 204").contains("Allow: POST, OPTIONS");
        assertThat(request("HEAD", "/kv")).startsWith("HTTP/1.1 200").endsWith("\r\n\r\n");
        assertThat(request("HEAD", "/health/live")).startsWith("HTTP/1.1 200").endsWith("\r\n\r\n");
        assertThat(request("HEAD", "/txn")).startsWith("HTTP/1.1 405").endsWith("\r\n\r\n");
        assertThat(request("HEAD", "/tokens/a")).startsWith("HTTP/1.1 405").endsWith("\r\n\r\n");
        assertThat(request("GET", "/nothing"))
                .startsWith("HTTP/1.1 404")
                .contains("application/problem+json", "not-found");
        assertThat(request("GET", "//kv/a")).startsWith("HTTP/1.1 404");
        assertThat(request("GET", "/link")).startsWith("HTTP/1.1 404");
    }

    @Test
    void http10IsServed() throws Exception {
        assertThat(fish.raw("PUT /kv/a HTTP/1.0\r\nContent-Length: 1\r\n\r\nx")).contains(" 201 ");
        assertThat(fish.raw("GET /kv/a HTTP/1.0\r\n\r\n")).contains(" 200 ").endsWith("\r\n\r\nx");
    }

    @Test
    void aBodyThatIsExpectedIsAskedForAndOneTooLargeIsNot() throws Exception {
        try (Socket socket = fish.connect()) {
            OutputStream out = socket.getOutputStream();
            out.write(bytes(
                    "PUT /kv/a HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"));
            assertThat(ServerFixture.readUntil(socket, "\r\n\r\n")).startsWith("HTTP/1.1 100");
            out.write(bytes("hi"));
            assertThat(ServerFixture.readUntil(socket, "}")).startsWith("HTTP/1.1 201");
        }
        try (Socket socket = fish.connect()) {
            socket.getOutputStream()
                    .write(
                            bytes(
                                    "PUT /kv/a HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 2000000\r\n\r\n"));
            assertThat(ServerFixture.readAll(socket)).startsWith("HTTP/1.1 413").contains("too-large", "not-applied");
        }
    }

    @Test
    void tooLargeABodyIsRefusedBeforeItsEnd() throws Exception {
        String chunk = "10000\r\n" + "x".repeat(0x10000) + "\r\n";
        try (Socket socket = fish.connect()) {
            OutputStream out = socket.getOutputStream();
            out.write(bytes("PUT /kv/a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"));
            for (int i = 0; i < 17; i++) {
                out.write(bytes(chunk));
            }
            assertThat(ServerFixture.readUntil(socket, "}"))
                    .startsWith("HTTP/1.1 413")
                    .contains("not-applied");
        }
        try (Socket socket = fish.connect()) {
            socket.getOutputStream()
                    .write(bytes(
                            "PUT /kv/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000000000000\r\n\r\n"));
            assertThat(ServerFixture.readUntil(socket, "}")).startsWith("HTTP/1.1 413");
        }
    }

    @Test
    void aRefusedBodyThatIsSentAllTheSameDoesNotHideTheAnswer() throws Exception {
        try (Socket socket = fish.connect()) {
            OutputStream out = socket.getOutputStream();
            out.write(bytes("PUT /kv/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3000000\r\n\r\n"
                    + "x".repeat(3_000_000)));
            out.write(bytes("GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
            assertThat(ServerFixture.readAll(socket)).startsWith("HTTP/1.1 413").contains("HTTP/1.1 200");
        }
    }

    @Test
    void chunkedBodiesAndPipelinesAreTaken() throws Exception {
        String pipeline =
                "PUT /kv/a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n1\r\n!\r\n0\r\n\r\n"
                        + "DELETE /kv/none HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nxyz"
                        + "GET /kv/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nConnection: close\r\n\r\nxyz";
        String answers = fish.raw(pipeline);
        assertThat(answers)
                .containsSubsequence("HTTP/1.1 201", "HTTP/1.1 404", "HTTP/1.1 200")
                .endsWith("\r\n\r\nhi!");
    }

    @Test
    void aLengthThatIsNoneIsRefused() throws Exception {
        for (String length : new String[] {"-1", "x", "1 1", "0x10", "99999999999999999999"}) {
            assertThat(fish.raw("PUT /kv/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + length + "\r\n\r\n"))
                    .startsWith("HTTP/1.1 400");
        }
        assertThat(
                        fish.raw(
                                "PUT /kv/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"))
                .startsWith("HTTP/1.1 400");
    }

    @Test
    void randomBytesEndNothing() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String[] starts = {
            "", "GET /kv", "PUT /kv/", "POST /txn HTTP/1.1\r\n", "PUT /kv/a HTTP/1.1\r\nContent-Length: 9\r\n"
        };
        for (int i = 0; i < 200; i++) {
            byte[] noise = new byte[random.nextInt(400)];
            random.nextBytes(noise);
            try (Socket socket = fish.connect()) {
                socket.getOutputStream().write(bytes(starts[i % starts.length]));
                socket.getOutputStream().write(noise);
            } catch (java.net.SocketException e) {
                assertThat(e).as("closed by the server; seed %d", seed).isNotNull();
            }
        }
        assertThat(request("GET", "/health/live")).as("seed %d", seed).startsWith("HTTP/1.1 200");
        eventually(Duration.ofSeconds(30), () -> {
            assertThat(fish.server.requestsInFlight()).as("seed %d", seed).isZero();
            assertThat(fish.server.bytesInFlight()).isZero();
        });
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
