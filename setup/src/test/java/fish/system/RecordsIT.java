package fish.system;

import static org.assertj.core.api.Assertions.assertThat;

import fish.system.SharedGroup.Running;
import fish.testing.HttpAnswer;
import fish.testing.HttpProbe;
import fish.testing.HttpRequestBuilder;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Odd keys, large values and refusals, the whole way from a client to the store and back. */
@ExtendWith(SharedGroup.class)
@Timeout(300)
class RecordsIT {
    private static final int MIB = 1 << 20;

    @Test
    void anOddKeyAndALargeValueComeBackThroughBothFrontEnds(Running running) throws IOException {
        String key = "/ödd key/+%2F%25/🐟//../a/./日本/";
        byte[] value = new byte[MIB];
        new Random(7).nextBytes(value);
        HttpAnswer put = running.front(0)
                .put(key, "")
                .body(value)
                .header("Content-Type", "image/fish; tail=\"long\"")
                .header("Content-Encoding", "gzip")
                .send();
        assertThat(put.status()).as(put.toString()).isIn(200, 201);
        assertThat(put.json().path("key").asText()).isEqualTo(key);

        for (int front = 0; front < 2; front++) {
            for (String consistency : List.of("strong", "local")) {
                HttpRequestBuilder get = running.front(front).get(key);
                HttpAnswer got = consistency.equals("strong")
                        ? get.param("consistency", consistency).send()
                        : get.param("after", Long.toString(put.revision())).send();
                assertThat(got.status()).isEqualTo(200);
                assertThat(got.body()).isEqualTo(value);
                assertThat(got.header("Content-Type")).isEqualTo("image/fish; tail=\"long\"");
                assertThat(got.header("Content-Encoding")).isEqualTo("gzip");
                assertThat(got.header("Fish-Consistency")).isEqualTo(consistency);
                assertThat(got.revision()).isEqualTo(put.revision());
            }
        }
    }

    @Test
    void keysThatLookAlikeAreDifferent(Running running) throws IOException {
        List<String> keys = List.of("a/b", "a//b", "a/./b", "a/../a/b", "a/b/", "a%2Fb", "a+b", "a b");
        for (String key : keys) {
            assertThat(running.front(0).put(key, "value of " + key).send().isSuccess())
                    .isTrue();
        }
        for (String key : keys) {
            assertThat(running.front(1).get(key).send().text()).isEqualTo("value of " + key);
        }
    }

    @Test
    void whatCannotBeStoredIsRefusedInWordsThatAProgramCanRead(Running running) throws IOException {
        for (int i = 0; i < 2; i++) {
            HttpProbe front = running.front(i);
            refused(front.put("large", "").body(new byte[MIB + 1]), 413, "too-large");
            refused(front.put("k".repeat(1_025), "v"), 414, "key-too-long");
            for (String path : List.of("/kv/a%2", "/kv/a%zz", "/kv/%c3")) {
                assertThat(putRaw(front.base(), path))
                        .startsWith("HTTP/1.1 400 ")
                        .contains("application/problem+json", "\"bad-key\"", "\"not-applied\"");
            }
            HttpAnswer unknown = refused(front.put("a", "v").param("colour", "red"), 400, "bad-parameter");
            assertThat(unknown.json().path("detail").asText()).contains("colour");
        }
        assertThat(running.front(0).get("large").send().status()).isEqualTo(404);
        assertThat(running.front(0).put("k".repeat(1_024), "v").send().isSuccess())
                .isTrue();
    }

    @Test
    void aBackEndThatIsNotMasterSaysWhereTheMasterIs(Running running) throws IOException {
        var master = running.group().master(SharedGroup.START_MAX);
        for (var back : running.group().backs()) {
            if (!back.name().equals(master.name())) {
                HttpAnswer answer = refused(Running.probe(back.http()).put("a", "v"), 421, "not-master");
                assertThat(answer.json().path("master").asText())
                        .isEqualTo(master.http().toString());
            }
        }
    }

    /** The whole answer to a path that a URI cannot hold. */
    private static String putRaw(URI to, String path) throws IOException {
        try (Socket socket = new Socket(to.getHost(), to.getPort())) {
            socket.setSoTimeout(60_000);
            String request =
                    "PUT " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 1\r\n\r\nv";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static HttpAnswer refused(HttpRequestBuilder write, int status, String code) throws IOException {
        HttpAnswer answer = write.send();
        assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
        assertThat(answer.code()).isEqualTo(code);
        assertThat(answer.outcome()).isEqualTo("not-applied");
        return answer;
    }
}
