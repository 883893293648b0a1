package fish.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KvTest {
    private final ServerFixture fish = ServerFixture.memory();

    @AfterEach
    void close() {
        fish.close();
    }

    private static String header(HttpResponse<String> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    @Test
    void putCreatesThenReplaces() throws Exception {
        HttpResponse<String> created = fish.put("/kv/a", "1");
        assertThat(created.statusCode()).isEqualTo(201);
        assertThat(created.body()).isEqualTo("{\"key\":\"a\",\"revision\":1,\"created\":1}");
        assertThat(header(created, "ETag")).isEqualTo("\"1\"");
        assertThat(header(created, "Fish-Revision")).isEqualTo("1");

        HttpResponse<String> replaced = fish.put("/kv/a", "2");
        assertThat(replaced.statusCode()).isEqualTo(200);
        assertThat(replaced.body()).isEqualTo("{\"key\":\"a\",\"revision\":2,\"created\":1}");
    }

    @Test
    void getGivesBackWhatWasPut() throws Exception {
        fish.put("/kv/a", "h\u00e9", "Content-Type", "Text/Plain; Charset=x", "Content-Encoding", "my-coding");
        HttpResponse<String> got = fish.get("/kv/a", "Accept", "image/png");
        assertThat(got.statusCode()).isEqualTo(200);
        assertThat(got.headers().firstValueAsLong("Content-Length")).hasValue(3);
        assertThat(header(got, "Content-Type")).isEqualTo("Text/Plain; Charset=x");
        assertThat(header(got, "Content-Encoding")).isEqualTo("my-coding");
        assertThat(header(got, "ETag")).isEqualTo("\"1\"");
        assertThat(header(got, "Fish-Revision")).isEqualTo("1");
        assertThat(header(got, "Fish-Created")).isEqualTo("1");
        assertThat(header(got, "Fish-Expires")).isEmpty();
        assertThat(header(got, "Fish-Consistency")).isEqualTo("strong");
        assertThat(header(got, "Fish-Node")).isEqualTo("memory");
        assertThat(header(got, "Fish-Lag")).isEmpty();
    }

    @Test
    void headIsGetWithoutBody() throws Exception {
        fish.put("/kv/a", "12345");
        HttpResponse<String> head = fish.send("HEAD", "/kv/a", "");
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(header(head, "Content-Length")).isEqualTo("5");
        assertThat(header(head, "Content-Type")).isEqualTo("application/octet-stream");
        assertThat(fish.send("HEAD", "/kv/none", "").statusCode()).isEqualTo(404);
    }

    @Test
    void absentIs404AndSaysWhatWasRead() throws Exception {
        HttpResponse<String> got = fish.get("/kv/a?consistency=local");
        assertThat(got.statusCode()).isEqualTo(404);
        assertThat(got.body()).contains("\"code\":\"not-found\"").doesNotContain("outcome");
        assertThat(header(got, "Content-Type")).isEqualTo("application/problem+json");
        assertThat(header(got, "Fish-Consistency")).isEqualTo("local");
        assertThat(header(got, "Fish-Lag")).isEqualTo("0.000");
    }

    @Test
    void deleteAnswersWhetherThereWasOne() throws Exception {
        fish.put("/kv/a", "1");
        HttpResponse<String> deleted = fish.send("DELETE", "/kv/a", "");
        assertThat(deleted.statusCode()).isEqualTo(200);
        assertThat(deleted.body()).isEqualTo("{\"key\":\"a\",\"revision\":2,\"deleted\":true}");
        HttpResponse<String> again = fish.send("DELETE", "/kv/a", "");
        assertThat(again.statusCode()).isEqualTo(404);
        assertThat(again.body()).contains("\"outcome\":\"not-applied\"");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', textBlock = """
                    If-Match | "2" | 200
                    If-Match | "7", "2" | 200
                    If-Match | * | 200
                    If-Match | "1" | 412
                    If-Match | W/"2" | 412
                    If-Match | "x" | 412
                    If-Match | "02" | 412
                    If-Match | 2 | 400
                    If-Match | "2 | 400
                    If-Match | "2""3" | 400
                    If-None-Match | * | 412
                    If-None-Match | "2" | 412
                    If-None-Match | W/"2" | 412
                    If-None-Match | "1" | 200
                    If-None-Match | , | 400
                    """)
    void putUnderCondition(String name, String tags, int status) throws Exception {
        fish.put("/kv/other", "");
        fish.put("/kv/a", "1");
        HttpResponse<String> put = fish.put("/kv/a", "2", name, tags);
        assertThat(put.statusCode()).isEqualTo(status);
        if (status == 412) {
            assertThat(header(put, "ETag")).isEqualTo("\"2\"");
            assertThat(put.body()).contains("precondition-failed", "not-applied");
        }
        assertThat(fish.get("/kv/a").body()).isEqualTo(status == 200 ? "2" : "1");
    }

    @Test
    void conditionsOnWhatIsNotThere() throws Exception {
        HttpResponse<String> put = fish.put("/kv/a", "1", "If-Match", "*");
        assertThat(put.statusCode()).isEqualTo(412);
        assertThat(header(put, "ETag")).isEmpty();
        assertThat(fish.send("DELETE", "/kv/a", "", "If-Match", "\"1\"").statusCode())
                .isEqualTo(412);
        assertThat(fish.put("/kv/a", "1", "If-None-Match", "*").statusCode()).isEqualTo(201);
        assertThat(fish.send("DELETE", "/kv/a", "", "If-Match", "\"1\"").statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', textBlock = """
                    If-None-Match | "1" | 304
                    If-None-Match | W/"1" | 304
                    If-None-Match | * | 304
                    If-None-Match | "2" | 200
                    If-Match | "1" | 200
                    If-Match | "2" | 412
                    """)
    void getUnderCondition(String name, String tags, int status) throws Exception {
        fish.put("/kv/a", "1");
        HttpResponse<String> got = fish.get("/kv/a", name, tags);
        assertThat(got.statusCode()).isEqualTo(status);
        assertThat(header(got, "ETag")).isEqualTo("\"1\"");
        assertThat(header(got, "Fish-Consistency")).isEqualTo("strong");
    }

    @Test
    void ttlShowsWhenItExpires() throws Exception {
        fish.put("/kv/a?ttl=30d", "1");
        assertThat(header(fish.get("/kv/a"), "Fish-Expires")).matches("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z");
        fish.put("/kv/a", "2");
        assertThat(header(fish.get("/kv/a"), "Fish-Expires")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ttl=0ms",
                "ttl=3651d",
                "ttl=5",
                "ttl=",
                "ttl",
                "ttl=1s&ttl=1s",
                "durability=most",
                "timeout=6m",
                "timeout=0.5ms",
                "consistency=local",
                "nonsense=1",
                "durability=%zz"
            })
    void badParametersOfPutAreNamed(String query) throws Exception {
        HttpResponse<String> put = fish.put("/kv/a?" + query.replace("%zz", "%25"), "1");
        assertThat(put.statusCode()).isEqualTo(400);
        assertThat(put.body())
                .contains("\"code\":\"bad-parameter\"", "'" + query.split("=", -1)[0] + "'", "not-applied");
    }

    @ParameterizedTest
    @ValueSource(strings = {"memory", "master", "quorum", "all", "sites"})
    void durabilityLevels(String level) throws Exception {
        assertThat(fish.put("/kv/a?timeout=1.5s&durability=" + level, "1").statusCode())
                .isEqualTo(201);
        assertThat(fish.send("DELETE", "/kv/a?durability=" + level, "").statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "consistency=weak,400",
        "after=x,400",
        "after=-1,400",
        "after=9007199254740992,400",
        "max-lag=2,400",
        "after=1&consistency=strong,400",
        "max-lag=1s&consistency=master,400",
        "ttl=1s,400",
        "reverse,400",
        "after=1&max-lag=2s&consistency=local,200",
        "after=1,200",
        "consistency=master,200",
        "after=99,504"
    })
    void readParameters(String query, int status) throws Exception {
        fish.put("/kv/a", "1");
        assertThat(fish.get("/kv/a?" + query).statusCode()).isEqualTo(status);
    }

    @Test
    void aRetryWithItsKeyGetsTheFirstAnswer() throws Exception {
        HttpResponse<String> first = fish.put("/kv/a", "1", "Idempotency-Key", "k");
        HttpResponse<String> again = fish.put("/kv/a?timeout=3s", "1", "Idempotency-Key", "k");
        assertThat(again.statusCode()).isEqualTo(201);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(header(first, "Idempotency-Replayed")).isEmpty();
        assertThat(header(again, "Idempotency-Replayed")).isEqualTo("true");

        HttpResponse<String> other = fish.put("/kv/a", "2", "Idempotency-Key", "k");
        assertThat(other.statusCode()).isEqualTo(422);
        assertThat(other.body()).contains("idempotency-key-reused", "not-applied");
        assertThat(fish.put("/kv/b", "1", "Idempotency-Key", "k").statusCode()).isEqualTo(422);
        assertThat(fish.put("/kv/a?ttl=1d", "1", "Idempotency-Key", "k").statusCode())
                .isEqualTo(422);
        assertThat(fish.put("/kv/a", "1", "Idempotency-Key", "k", "If-Match", "*")
                        .statusCode())
                .isEqualTo(422);
        assertThat(fish.put("/kv/a", "1", "Idempotency-Key", "k", "Content-Type", "a/b")
                        .statusCode())
                .isEqualTo(422);
    }

    @Test
    void replayed404And412SaySo() throws Exception {
        fish.send("DELETE", "/kv/a", "", "Idempotency-Key", "d");
        HttpResponse<String> gone = fish.send("DELETE", "/kv/a", "", "Idempotency-Key", "d");
        assertThat(gone.statusCode()).isEqualTo(404);
        assertThat(header(gone, "Idempotency-Replayed")).isEqualTo("true");
        fish.put("/kv/a", "", "Idempotency-Key", "p", "If-Match", "*");
        HttpResponse<String> failed = fish.put("/kv/a", "", "Idempotency-Key", "p", "If-Match", "*");
        assertThat(failed.statusCode()).isEqualTo(412);
        assertThat(header(failed, "Idempotency-Replayed")).isEqualTo("true");
    }

    @Test
    void idempotencyKeysAreShortAndVisible() throws Exception {
        assertThat(fish.put("/kv/a", "1", "Idempotency-Key", "a b").statusCode())
                .isEqualTo(400);
        assertThat(fish.put("/kv/a", "1", "Idempotency-Key", "k".repeat(256)).statusCode())
                .isEqualTo(400);
        assertThat(fish.put("/kv/a", "1", "Idempotency-Key", "k".repeat(255)).statusCode())
                .isEqualTo(201);
    }

    @Test
    void keysInAnswersAreEscaped() throws Exception {
        assertThat(fish.put("/kv/%22%5C%0A%C3%A9", "").body()).startsWith("{\"key\":\"\\\"\\\\\\u000a\u00e9\",");
    }
}
