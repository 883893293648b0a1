package fish.api;

import static org.assertj.core.api.Assertions.assertThat;

import fish.http.HttpConfig;
import fish.testing.MemoryService;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Heads that are no heads of HTTP/1.1, or nearly none. */
class HeadsTest {
    private ServerFixture fish = ServerFixture.memory();

    @AfterEach
    void close() {
        fish.close();
    }

    private static String lines(String... lines) {
        return String.join("\r\n", lines) + "\r\n\r\n";
    }

    private void assertNothingStored() throws Exception {
        assertThat(fish.get("/kv?prefix=").body()).contains("\"records\":[]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense",
                "PUT /kv/a",
                "PUT /kv/a HTTP/2.0\nHost: localhost",
                "PUT /kv/a HTTP/3.0\nHost: localhost",
                "PUT /kv/a HTTP/1.11\nHost: localhost",
                "PUT /kv/a XTTP/1.1\nHost: localhost",
                "PUT  HTTP/1.1\nHost: localhost",
                "P(T /kv/a HTTP/1.1\nHost: localhost",
                "PUT /kv/a HTTP/1.1\nHost: localhost\nContent-Length : 1",
                "PUT /kv/a HTTP/1.1\nHost: localhost\nIf-None-Match : *\nConnection: close",
                "PUT /kv/a HTTP/1.1\nHost: localhost\nContent-Length: x",
                "PUT /kv/a HTTP/1.1\nHost: localhost\nContent-Length: 1\nContent-Length: 2",
                "PUT /kv/a HTTP/1.1\nHost: localhost\nContent-Length: 1\nTransfer-Encoding: chunked",
                "PUT /kv/a HTTP/1.1",
                "PUT /kv/a HTTP/1.1\nHost: localhost\nHost: localhost",
                "PUT /kv/a HTTP/1.1\nHost: local host",
                "PUT /kv/a HTTP/1.1\nHost: localhost:port",
            })
    void whatIsNoHeadIsAProblemAsEverywhere(String head) throws Exception {
        String answer = fish.raw(lines(head.split("\n", -1)));
        assertThat(answer)
                .startsWith("HTTP/1.1 400 ")
                .contains("Connection: close", "Content-Type: application/problem+json", "\"code\":\"bad-request\"");
        String body = answer.substring(answer.indexOf("\r\n\r\n") + 4);
        assertThat(answer).contains("Content-Length: " + body.length());
        assertThat(body).startsWith("{\"type\":\"about:blank\"").endsWith("}");
        assertNothingStored();
    }

    @Test
    void aWriteWithoutAHostSaysThatNothingHappened() throws Exception {
        assertThat(fish.raw(lines("PUT /kv/a HTTP/1.1"))).contains("no host header", "\"outcome\":\"not-applied\"");
        assertThat(fish.raw(lines("GET /kv/a HTTP/1.1")))
                .startsWith("HTTP/1.1 400")
                .doesNotContain("outcome");
    }

    @Test
    void requestsBeforeABadHeadAreAnswered() throws Exception {
        String answers = fish.raw(lines("PUT /kv/a HTTP/1.1", "Host: localhost")
                + lines("GET /kv/a HTTP/1.1", "Host: localhost")
                + lines("what is this"));
        assertThat(answers).containsSubsequence("HTTP/1.1 201", "HTTP/1.1 200", "HTTP/1.1 400", "bad-request");
    }

    /** What comes before it may have taken all of that for one field of one request. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "X: y\rIf-None-Match: *\r\n\r\n",
                "X: y\r\r\n\r\n",
                "X: y\r\r\nPUT /kv/b HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "X: y\r\n\rPUT /kv/b HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "X: y\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nPUT /kv/b HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "X: y\rContent-Length: 1\r\n\r\nx",
                "X: \0\r\n\r\n",
                "X\0: y\r\n\r\n",
                "Xa\n\nY: z\rIf-None-Match: *\r\n\r\n",
                "Xa\n\r\nY: z\r\n\r\n",
                "X: y\n\n",
                "X: y\nZ: y\r\n\r\n",
                ":\r\nPUT /kv/b HTTP/1.1\r\nHost: localhost\r\n\r\n",
                ":Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nPUT /kv/b HTTP/1.1\r\nHost: localhost\r\n\r\n",
                " Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "X: y\r\n\tz\r\n\r\n",
            })
    void aCrThatEndsNoLineHidesNothing(String rest) throws Exception {
        String head = "PUT /kv/a HTTP/1.1\r\nHost: localhost\r\n" + rest;
        assertThat(fish.raw(head))
                .startsWith("HTTP/1.1 400")
                .contains("Connection: close", "bad-request")
                .doesNotContain("HTTP/1.1 2");
        assertNothingStored();

        // The same behind another request, with which none, some or all of it is read.
        assertThat(behindAnother(head, "")).startsWith("HTTP/1.1 400");
        for (int cut = head.length() - rest.length(); cut < head.length(); cut++) {
            assertThat(behindAnother(head.substring(0, cut), head.substring(cut)))
                    .as("cut at " + cut)
                    .doesNotContain("HTTP/1.1 2");
        }
        assertNothingStored();
    }

    /** What is answered to both parts, of which the second is sent once a request before the first is answered. */
    private String behindAnother(String first, String second) throws IOException {
        try (Socket socket = fish.connect()) {
            String before = lines("GET /kv/none HTTP/1.1", "Host: localhost");
            socket.getOutputStream().write((before + first).getBytes(StandardCharsets.ISO_8859_1));
            ServerFixture.readUntil(socket, "}");
            try {
                socket.getOutputStream().write(second.getBytes(StandardCharsets.ISO_8859_1));
            } catch (SocketException e) {
                // The first part was enough to be refused.
            }
            return ServerFixture.readAll(socket);
        }
    }

    @Test
    void noHeadWritesTheLineOfItsAnswer() throws Exception {
        for (String head : List.of(
                "GET /kv/a HTTP/1.1 200 OK\rHost: localhost\r\n\r\n",
                "GET /kv/a HTTP/1.1 200 OK\r\nHost: localhost\r\n\r\n",
                "PUT /kv/a HTTP/1.1 200 OK\r\nHost: localhost\r\nTransfer-Encoding: x\r\n\r\n")) {
            assertThat(fish.raw(head)).matches("(?s)HTTP/1\\.1 (400 Bad Request|501 Not Implemented)\r\n.*");
        }
    }

    @Test
    void aMinorVersionBeyondOneIsOne() throws Exception {
        String answers = fish.raw(lines("PUT /kv/a HTTP/1.2", "Host: localhost", "Transfer-Encoding: chunked")
                + "1\r\nx\r\n0\r\n\r\n" + lines("GET /kv/a HTTP/1.9", "Host: localhost", "Connection: close"));
        assertThat(answers).containsSubsequence("HTTP/1.1 201", "HTTP/1.1 200").endsWith("\r\n\r\nx");
    }

    @ParameterizedTest
    @CsvSource({"put,/kv/a", "get,/kv/a", "Get,/kv/a", "delete,/kv/a", "head,/kv/a", "options,/kv/a", "post,/txn"})
    void methodsInSmallLettersAreOthers(String method, String path) throws Exception {
        assertThat(fish.raw(lines(method + " " + path + " HTTP/1.1", "Host: localhost", "Connection: close")))
                .startsWith("HTTP/1.1 405")
                .contains("Allow: ", "method-not-allowed")
                .doesNotContain("outcome");
        assertNothingStored();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gzip, chunked",
                "chunked, gzip",
                "x",
                "identity",
                "chunked, chunked",
                "gzip\nTransfer-Encoding: chunked"
            })
    void codingsThatAreNotUndoneAreRefused(String codings) throws Exception {
        String head = "PUT /kv/a HTTP/1.1\nHost: localhost\nTransfer-Encoding: " + codings;
        assertThat(fish.raw(lines(head.split("\n", -1)) + "1\r\nx\r\n0\r\n\r\n"))
                .startsWith("HTTP/1.1 501")
                .contains("Connection: close", "\"code\":\"not-implemented\"", "\"outcome\":\"not-applied\"");
        assertNothingStored();
    }

    @Test
    void aPartOfAValueIsNotTakenForTheWhole() throws Exception {
        assertThat(fish.put("/kv/a", "abc", "Content-Range", "bytes 6-8/9").statusCode())
                .isEqualTo(400);
        assertThat(fish.put("/kv/a", "abc", "Content-Range", "bytes 6-8/9").body())
                .contains("bad-request", "Content-Range", "not-applied");
        assertNothingStored();
    }

    @Test
    void ofABodyThatIsNotChunkedAsItSaysNothingIsStored() throws Exception {
        String head = lines("PUT /kv/a HTTP/1.1", "Host: localhost", "Transfer-Encoding: chunked");
        assertThat(fish.raw(head + "xyz\r\nx\r\n0\r\n\r\n")).doesNotContain("HTTP/1.1 2");
        assertNothingStored();
    }

    @Test
    void aSpaceBeforeAColonHidesNoCoding() throws Exception {
        String head = lines("PUT /kv/a HTTP/1.1", "Host: localhost", "Transfer-Encoding : chunked");
        assertThat(fish.raw(head + "1\r\nx\r\n0\r\n\r\n")).startsWith("HTTP/1.1 400");
        assertNothingStored();
    }

    @Test
    void aHeadThatDoesNotEndIsGivenUp() throws Exception {
        fish.close();
        HttpConfig usual = ServerFixture.CONFIG;
        HttpConfig.Times times = usual.times();
        HttpConfig impatient = new HttpConfig(
                usual.address(),
                usual.ioThreads(),
                usual.bounds(),
                new HttpConfig.Times(
                        times.request(),
                        times.idle(),
                        Duration.ofMillis(300),
                        times.body(),
                        times.send(),
                        times.close()));
        fish = new ServerFixture(
                impatient, new MemoryService(System::currentTimeMillis), ServerFixture.health(true), List.of());
        try (Socket socket = fish.connect()) {
            socket.getOutputStream().write("GET /kv/a HTT".getBytes(StandardCharsets.US_ASCII));
            assertThat(ServerFixture.readAll(socket))
                    .startsWith("HTTP/1.1 408")
                    .contains("Connection: close", "request-timeout");
        }
        assertThat(fish.get("/health/live").statusCode()).isEqualTo(200);
    }

    @Test
    void aHeadFarBeyond64KiBIsTold() throws Exception {
        assertThat(fish.raw("GET /kv/a HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(400_000)))
                .startsWith("HTTP/1.1 431")
                .contains("header-too-large");
    }

    /** Lines of all kinds, whatever the parser has room for. */
    @ParameterizedTest
    @ValueSource(strings = {"X-%d: y", "A: b", "X-%d: %d", "x-header-%05d: value", "%d: a"})
    void aHeadOfManyLinesIsTold(String form) throws Exception {
        // With the three that each of them has.
        assertThat(fish.raw(withLines(form, 124))).startsWith("HTTP/1.1 201");
        for (int count : new int[] {125, 128, 500, 1000, 1850, 2500}) {
            assertThat(fish.raw(withLines(form, count)))
                    .as("%d times %s", count, form)
                    .startsWith("HTTP/1.1 431")
                    .contains("header-too-large", "127 lines");
        }
        assertThat(fish.get("/kv?count").body()).contains("\"count\":1");
        assertThat(fish.raw(withLines(form, 125))).contains("not-applied");
    }

    private static String withLines(String form, int count) {
        StringBuilder head = new StringBuilder("PUT /kv/a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
        for (int i = 0; i < count; i++) {
            head.append(form.formatted(i, i)).append("\r\n");
        }
        return head + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    }

    @Test
    void aSpaceInTheTargetIsTold() throws Exception {
        assertThat(fish.raw(lines("PUT /kv/a b HTTP/1.1", "Host: localhost")))
                .startsWith("HTTP/1.1 400")
                .contains("a space in the target", "%20", "not-applied");
    }

    @Test
    void aSecondIdempotencyKeyIsTold() throws Exception {
        assertThat(fish.put("/kv/a", "1", "Idempotency-Key", "k", "Idempotency-Key", "k")
                        .body())
                .contains("Idempotency-Key came twice", "not-applied");
        assertNothingStored();
    }

    @Test
    void theWholeServerCanBeAsked() throws Exception {
        assertThat(fish.raw(lines("OPTIONS * HTTP/1.1", "Host: localhost", "Connection: close")))
                .startsWith("HTTP/1.1 204")
                .contains("Allow: ");
    }

    @ParameterizedTest
    @CsvSource({
        "/kvs/a,/kv/*",
        "/kv2,/kv",
        "/txn/,/txn",
        "/health,/health/ready",
        "/health/redy,/health/ready",
        "/clusters,/cluster"
    })
    void anUnknownPathNamesTheNearest(String path, String near) throws Exception {
        assertThat(fish.get(path).statusCode()).isEqualTo(404);
        assertThat(fish.get(path).body()).contains("not-found", near);
    }

    @Test
    void anUnknownPathFarFromAllNamesNone() throws Exception {
        assertThat(fish.get("/some/where/else").body()).contains("nothing is at this path\"");
        assertThat(fish.get("/x").body()).contains("nothing is at this path\"");
    }
}
