package fish.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Counting and deleting many. */
class ManyTest {
    private final ServerFixture fish = ServerFixture.memory();

    @BeforeEach
    void fill() throws Exception {
        for (String key : new String[] {"a", "b/1", "b/2", "b/3", "c"}) {
            fish.put("/kv/" + key, key);
        }
    }

    @AfterEach
    void close() {
        fish.close();
    }

    private HttpResponse<String> delete(String query, String... headers) throws Exception {
        return fish.send("DELETE", "/kv?" + query, "", headers);
    }

    @ParameterizedTest
    @CsvSource({
        "prefix=&count,5",
        "count=true&prefix=b/,3",
        "count&start=b/2,3",
        "count&end=b/2,2",
        "count&start=b/2&end=c,2",
        "count&prefix=b/&start=b/2,2",
        "count&prefix=none,0",
        "count&consistency=local&timeout=5s,5"
    })
    void whatIsThereIsCounted(String query, int count) throws Exception {
        HttpResponse<String> answer = fish.get("/kv?" + query);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"revision\":5,\"count\":" + count + "}");
        assertThat(answer.headers().firstValue("Fish-Consistency")).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"limit=1", "reverse", "keys", "cursor=x"})
    void aCountTakesNothingOfAList(String param) throws Exception {
        HttpResponse<String> answer = fish.get("/kv?count&" + param);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("bad-parameter", "'" + param.replaceAll("=.*", "") + "'", "count");
    }

    @Test
    void aRangeIsDeletedInOneCommit() throws Exception {
        assertThat(delete("prefix=b/&limit=2").body()).isEqualTo("{\"deleted\":2,\"revision\":6,\"more\":true}");
        assertThat(delete("prefix=b/&limit=2").body()).isEqualTo("{\"deleted\":1,\"revision\":7}");
        assertThat(delete("prefix=b/").body()).isEqualTo("{\"deleted\":0,\"revision\":7}");
        assertThat(delete("start=b").body()).isEqualTo("{\"deleted\":1,\"revision\":8}");
        assertThat(fish.get("/kv?prefix=&keys").body()).contains("\"a\"").doesNotContain("\"c\"");
        assertThat(delete("end=b").body()).isEqualTo("{\"deleted\":1,\"revision\":9}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "prefix=",
                "start=&end=",
                "limit=5",
                "prefix=b&limit=0",
                "prefix=b&limit=1001",
                "prefix=b&keys",
                "prefix=b&ttl=1s"
            })
    void whatWouldDeleteAllOrIsNotUnderstoodDeletesNothing(String query) throws Exception {
        HttpResponse<String> answer = delete(query);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("bad-parameter", "not-applied");
        assertThat(fish.get("/kv?count").body()).contains("\"count\":5");
    }

    @Test
    void conditionsAreOfOneRecord() throws Exception {
        assertThat(delete("prefix=b/", "If-Match", "*").statusCode()).isEqualTo(400);
        assertThat(delete("prefix=b/", "If-None-Match", "*").statusCode()).isEqualTo(400);
        assertThat(fish.get("/kv?count").body()).contains("\"count\":5");
    }

    @Test
    void anIdempotentDeletionIsDoneOnce() throws Exception {
        String first = delete("prefix=b/&limit=2", "Idempotency-Key", "k").body();
        HttpResponse<String> again = delete("limit=2&prefix=b%2F", "Idempotency-Key", "k");
        assertThat(again.body()).isEqualTo(first);
        assertThat(again.headers().firstValue("Idempotency-Replayed")).hasValue("true");
        assertThat(delete("prefix=b/&limit=1", "Idempotency-Key", "k").statusCode())
                .isEqualTo(422);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cursor=", "cursor", "cursor=x", "cursor=AQAA"})
    void aCursorThatWasNotGivenOutIsNamed(String cursor) throws Exception {
        HttpResponse<String> answer = fish.get("/kv?prefix=b/&limit=1&" + cursor);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("bad-parameter", "'cursor'");
    }
}
