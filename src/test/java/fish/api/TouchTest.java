package fish.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Records that end: at their PUT, and moved afterwards. */
class TouchTest {
    private final ServerFixture fish = ServerFixture.memory();

    @AfterEach
    void close() {
        fish.close();
    }

    private HttpResponse<String> touch(String target, String... headers) throws Exception {
        return fish.send("POST", "/kv/" + target, "", headers);
    }

    private static Duration fromNow(HttpResponse<String> answer) throws Exception {
        String expires =
                new ObjectMapper().readTree(answer.body()).get("expires").textValue();
        return Duration.between(Instant.now(), Instant.parse(expires));
    }

    @Test
    void aPutSaysWhenItsRecordEnds() throws Exception {
        HttpResponse<String> put = fish.put("/kv/a?ttl=30s", "x");
        assertThat(fromNow(put)).isBetween(Duration.ofSeconds(20), Duration.ofSeconds(30));
        assertThat(fish.get("/kv/a").headers().firstValue("Fish-Expires")).isPresent();
        assertThat(fish.put("/kv/a", "x").body()).doesNotContain("expires");
    }

    @Test
    void theEndIsMovedAndTheRecordStays() throws Exception {
        fish.put("/kv/a", "x", "Content-Type", "text/x");
        HttpResponse<String> touched = touch("a?ttl=1h");
        assertThat(touched.statusCode()).isEqualTo(200);
        assertThat(touched.body()).startsWith("{\"key\":\"a\",\"revision\":2,\"created\":1,\"expires\":\"");
        assertThat(touched.headers().firstValue("ETag")).hasValue("\"2\"");
        assertThat(touched.headers().firstValue("Fish-Revision")).hasValue("2");
        assertThat(fromNow(touched)).isBetween(Duration.ofMinutes(59), Duration.ofHours(1));
        HttpResponse<String> read = fish.get("/kv/a");
        assertThat(read.body()).isEqualTo("x");
        assertThat(read.headers().firstValue("Content-Type")).hasValue("text/x");

        assertThat(touch("a?ttl=none").body()).isEqualTo("{\"key\":\"a\",\"revision\":3,\"created\":1}");
        assertThat(fish.get("/kv/a").headers().firstValue("Fish-Expires")).isEmpty();
    }

    @Test
    void whereThereIsNoneThereIsNothingToMove() throws Exception {
        assertThat(touch("a?ttl=1h").statusCode()).isEqualTo(404);
        assertThat(touch("a?ttl=1h").body()).contains("not-found", "not-applied");
        assertThat(fish.get("/kv/a").statusCode()).isEqualTo(404);
    }

    @Test
    void itTakesTheConditionsOfAPut() throws Exception {
        fish.put("/kv/a", "x");
        HttpResponse<String> refused = touch("a?ttl=1h", "If-Match", "\"7\"");
        assertThat(refused.statusCode()).isEqualTo(412);
        assertThat(refused.headers().firstValue("ETag")).hasValue("\"1\"");
        assertThat(refused.body()).contains("precondition-failed", "\"revision\":1", "not-applied");
        assertThat(touch("a?ttl=1h", "If-Match", "\"1\"").statusCode()).isEqualTo(200);
        HttpResponse<String> none = touch("b?ttl=1h", "If-Match", "*");
        assertThat(none.statusCode()).isEqualTo(412);
        assertThat(none.headers().firstValue("ETag")).isEmpty();
        assertThat(none.body()).doesNotContain("revision\"");
    }

    @Test
    void anIdempotentOneIsDoneOnce() throws Exception {
        fish.put("/kv/a", "x");
        String first = touch("a?ttl=1h", "Idempotency-Key", "k").body();
        HttpResponse<String> again = touch("%61?ttl=1h&timeout=5s", "Idempotency-Key", "k");
        assertThat(again.body()).isEqualTo(first);
        assertThat(again.headers().firstValue("Idempotency-Replayed")).hasValue("true");
        assertThat(touch("a?ttl=2h", "Idempotency-Key", "k").statusCode()).isEqualTo(422);
    }

    @Test
    void aPutOfTheSameKeyHoweverWrittenIsTheSameRequest() throws Exception {
        fish.put("/kv/a/b", "x", "Idempotency-Key", "k");
        HttpResponse<String> again = fish.put("/kv/%61%2Fb", "x", "Idempotency-Key", "k");
        assertThat(again.statusCode()).isEqualTo(201);
        assertThat(again.headers().firstValue("Idempotency-Replayed")).hasValue("true");
        assertThat(fish.put("/kv/a/c", "x", "Idempotency-Key", "k").statusCode())
                .isEqualTo(422);
    }

    @Test
    void itHasNoBody() throws Exception {
        fish.put("/kv/a", "x");
        assertThat(fish.send("POST", "/kv/a?ttl=1h", "y").statusCode()).isEqualTo(400);
        assertThat(fish.get("/kv/a").body()).isEqualTo("x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a?ttl", "a?ttl=", "a?ttl=0s", "a?ttl=never", "a?ttl=30", "a?ttl=3651d"})
    void itSaysWhen(String target) throws Exception {
        fish.put("/kv/a", "x");
        assertThat(touch(target).statusCode()).isEqualTo(400);
        assertThat(touch(target).body()).contains("bad-parameter", "'ttl'", "not-applied");
    }

    @Test
    void itIsAnOperationOfATransactionToo() throws Exception {
        fish.put("/kv/a", "x");
        String touch =
                "{\"then\":[{\"touch\":{\"key\":\"a\",\"ttl\":\"%s\"}},{\"touch\":{\"key\":\"b\",\"ttl\":\"1s\"}}]}";
        assertThat(fish.send("POST", "/txn", touch.formatted("30s")).body())
                .matches("\\Q{\"branch\":\"then\",\"revision\":2,\"results\":[{\"touch\":{\"key\":\"a\",\"revision\":2,"
                        + "\"expires\":\"\\E[0-9T:.-]+Z\\Q\"}},{\"touch\":{\"key\":\"b\",\"exists\":false}}]}\\E");
        assertThat(fish.send("POST", "/txn", touch.formatted("none")).body())
                .contains("{\"touch\":{\"key\":\"a\",\"revision\":3}}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    {"then":[{"put":{"key":"a","value":"x"}}]} | json, text or base64 | /then/0/put/value
                    {"if":[{"key":"a","revision":0}]} | \\"exists\\":false | /if/0/revision
                    {"if":[{"key":"a","is":0}]} | revision, exists, json, text or base64 | /if/0/is
                    {"then":[{"touch":{"key":"a"}}]} | 'ttl' is missing | /then/0/touch
                    {"then":[{"touch":{"key":"a","ttl":"30"}}]} | 3650d | /then/0/touch/ttl
                    {"then":[{"put":{"key":"a","text":"","ttl":"30"}}]} | such as 30s, from 1ms to 3650d | /then/0/put/ttl
                    {"then":[{"get":{"key":"a","ttl":"3s"}}]} | 'ttl' | /then/0/get/ttl
                    {"when":[]} | if, then and else | /when
                    """)
    void refusalsOfATransactionHelp(String body, String help, String at) throws Exception {
        HttpResponse<String> answer = fish.send("POST", "/txn", body);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains(help, "\"at\":\"" + at + "\"");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    /kv/a?ttl=30 | 30s
                    /kv/a?ttl=30 | 1ms to 3650d
                    /kv/a?ttl=x | such as 250ms
                    /kv/a?timeout=6m | 1ms to 5m
                    /kv/a?tll=30s | 'tll'
                    /kv/a?ttl=1s&ttl=1s | 'ttl' is given twice
                    /kv/ | /kv?prefix=
                    """)
    void refusalsHelp(String path, String help) throws Exception {
        assertThat(fish.put(path, "x").statusCode()).isEqualTo(400);
        assertThat(fish.put(path, "x").body()).contains(help, "not-applied");
    }

    @Test
    void aListThatIsAskedForAsAKeySaysWhereListsAre() throws Exception {
        assertThat(fish.get("/kv/").statusCode()).isEqualTo(400);
        assertThat(fish.get("/kv/").body()).contains("bad-key", "/kv?prefix=");
    }
}
