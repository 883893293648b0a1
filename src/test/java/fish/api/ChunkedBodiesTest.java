package fish.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies in chunks, as they are written and as they are not: a part of a value is never taken for the whole. */
class ChunkedBodiesTest {
    private static final String HEAD = "PUT /kv/a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final String THEN = "GET /kv/a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

    private final ServerFixture fish = ServerFixture.memory();

    @AfterEach
    void close() {
        fish.close();
    }

    private void assertRefused(String body) throws Exception {
        assertThat(fish.raw(HEAD + body))
                .startsWith("HTTP/1.1 400")
                .contains("application/problem+json", "\"bad-request\"", "chunked", "\"outcome\":\"not-applied\"")
                .doesNotContain("HTTP/1.1 2");
        assertThat(fish.get("/kv?count").body()).contains("\"count\":0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "zz\r\n\r\n",
                "2\r\nhi\r\nzz\r\n\r\n",
                "2\r\nhi\r\n-1\r\n\r\n",
                "2\r\nhi\r\n\r\n\r\n",
                "2\r\nhi!\r\n0\r\n\r\n",
                "2\r\nhi0\r\n\r\n",
                "2\r\nhi\n0\r\n\r\n",
                "2\nhi\r\n0\r\n\r\n",
                " 2\r\nhi\r\n0\r\n\r\n",
                "0x2\r\nhi\r\n0\r\n\r\n",
                "2,\r\nhi\r\n0\r\n\r\n",
                "2;a\nb\r\nhi\r\n0\r\n\r\n",
                "2\r\rhi\r\n0\r\n\r\n",
                "fffffffffffffffff\r\nhi\r\n0\r\n\r\n",
                "2\r\nhi\r\n0\r\nA: b\n\r\n",
                "2\r\nhi\r\n0\r\nA: b\r\r\n",
                "2\r\nhi\r\n0\r\n\rx",
            })
    void whatIsNotChunkedSoIsRefusedAndNotStored(String body) throws Exception {
        assertRefused(body);
    }

    @Test
    void whatStandsBesideTheBodyIsBounded() throws Exception {
        assertRefused("1;" + "a".repeat(5_000) + "\r\nx\r\n0\r\n\r\n");
        assertRefused("1\r\nx\r\n0\r\n" + "A: b\r\n".repeat(5_000) + "\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "5\r\nhello\r\n0\r\n\r\n",
                "05;a=b\r\nhello\r\n000\r\n\r\n",
                "5 ;a=\"b;c\"\r\nhello\r\n0;last\r\nA: b\r\nC:\r\n\r\n",
                "1\r\nh\r\n1\r\ne\r\n1\r\nl\r\n2\r\nlo\r\n0\r\n\r\n"
            })
    void extensionsAndTrailersAreReadOver(String body) throws Exception {
        assertThat(fish.raw(HEAD + body + THEN))
                .containsSubsequence("HTTP/1.1 201", "HTTP/1.1 200")
                .endsWith("\r\n\r\nhello");
    }

    @Test
    void anEmptyBodyIsOne() throws Exception {
        assertThat(fish.raw(HEAD + "0\r\n\r\n" + THEN))
                .containsSubsequence("HTTP/1.1 201", "HTTP/1.1 200")
                .endsWith("\r\n\r\n");
    }

    /** As curl sends what it reads from a pipe. */
    @Test
    void oneThatWaitsToBeAskedForIsAskedFor() throws Exception {
        try (Socket socket = fish.connect()) {
            OutputStream out = socket.getOutputStream();
            out.write(
                    HEAD.replace("\r\n\r\n", "\r\nExpect: 100-continue\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
            assertThat(ServerFixture.readUntil(socket, "\r\n\r\n")).startsWith("HTTP/1.1 100");
            out.write(("5\r\nhello\r\n0\r\n\r\n" + THEN).getBytes(StandardCharsets.ISO_8859_1));
            assertThat(ServerFixture.readAll(socket))
                    .containsSubsequence("HTTP/1.1 201", "HTTP/1.1 200")
                    .endsWith("\r\n\r\nhello");
        }
    }

    @Test
    void itDoesNotMatterHowTheBytesArrive() throws Exception {
        Random random = new Random(8);
        for (int round = 0; round < 20; round++) {
            StringBuilder value = new StringBuilder();
            StringBuilder body = new StringBuilder();
            for (int chunks = random.nextInt(8); chunks >= 0; chunks--) {
                String chunk = "x0\r\n".repeat(1 + random.nextInt(round < 10 ? 5 : 10_000));
                value.append(chunk);
                body.append(String.format("%x\r\n%s\r\n", chunk.length(), chunk));
            }
            byte[] all = (HEAD + body + "0\r\n\r\n" + THEN).getBytes(StandardCharsets.ISO_8859_1);
            try (Socket socket = fish.connect()) {
                socket.setTcpNoDelay(true);
                OutputStream out = socket.getOutputStream();
                for (int at = 0; at < all.length; ) {
                    int count = Math.min(all.length - at, 1 + random.nextInt(round < 10 ? 7 : 50_000));
                    out.write(all, at, count);
                    at += count;
                }
                String answers = ServerFixture.readAll(socket);
                String got = answers.substring(answers.lastIndexOf("HTTP/1.1 200"));
                assertThat(got.substring(got.indexOf("\r\n\r\n") + 4)).isEqualTo(value.toString());
            }
            assertThat(fish.send("DELETE", "/kv/a", "").statusCode()).isEqualTo(200);
        }
    }
}
