package fish.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListTest {
    private final ServerFixture fish = ServerFixture.memory();
    private final ObjectMapper json = new ObjectMapper();

    @AfterEach
    void close() {
        fish.close();
    }

    private JsonNode list(String query) throws Exception {
        HttpResponse<String> response = fish.get("/kv?" + query);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return json.readTree(response.body());
    }

    private static String keys(JsonNode page) {
        List<String> keys = new ArrayList<>();
        page.get("records").forEach(record -> keys.add(record.get("key").textValue()));
        return String.join(" ", keys);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    '' | a a/1 a/2 b c
                    prefix=a | a a/1 a/2
                    prefix=a/ | a/1 a/2
                    start=a/2 | a/2 b c
                    end=b | a a/1 a/2
                    start=a/1&end=c | a/1 a/2 b
                    start=a/1&end=c&reverse | b a/2 a/1
                    prefix=a&reverse=true&limit=2 | a/2 a/1
                    reverse=false&limit=1 | a
                    prefix=a&start=b | ''
                    start=c&end=b | ''
                    prefix=&start=&end= | a a/1 a/2 b c
                    """)
    void ranges(String query, String expected) throws Exception {
        for (String key : "b c a/2 a a/1".split(" ", -1)) {
            fish.put("/kv/" + key, "x");
        }
        assertThat(keys(list(query))).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "&reverse", "&prefix=k", "&keys", "&start=k1&end=k5&reverse"})
    void pagesGoOnWhereTheyStopped(String query) throws Exception {
        for (int i = 0; i < 7; i++) {
            fish.put("/kv/k" + i, "x");
        }
        String whole = keys(list("limit=1000" + query));
        List<String> pages = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = list("limit=" + (pages.size() % 2 + 1) + query + cursor);
            pages.add(keys(page));
            cursor = page.has("next") ? "&cursor=" + page.get("next").textValue() : "";
        } while (!cursor.isEmpty());
        assertThat(String.join(" ", pages)).isEqualTo(whole);
    }

    @Test
    void aCursorBelongsToItsList() throws Exception {
        fish.put("/kv/a", "x");
        fish.put("/kv/b", "x");
        String next = list("limit=1").get("next").textValue();
        assertThat(next).matches("[A-Za-z0-9_-]+");
        assertThat(fish.get("/kv?prefix=a&cursor=" + next).statusCode()).isEqualTo(400);
        assertThat(fish.get("/kv?reverse&cursor=" + next).statusCode()).isEqualTo(400);
        assertThat(fish.get("/kv?cursor=AAAA").statusCode()).isEqualTo(400);
        assertThat(fish.get("/kv?cursor=*").body()).contains("bad-parameter", "'cursor'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "limit=0",
                "limit=1001",
                "limit=",
                "limit",
                "limit=x",
                "reverse=1",
                "keys=",
                "prefix=%FF",
                "prefix",
                "ttl=1s",
                "limit=1&limit=1",
                "keys&keys"
            })
    void badParameters(String query) throws Exception {
        HttpResponse<String> response = fish.get("/kv?" + query);
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("bad-parameter", "'" + query.split("[=&]", -1)[0] + "'");
    }

    @Test
    void pageStopsAtItsBytes() throws Exception {
        for (int i = 0; i < 6; i++) {
            fish.put("/kv/" + i, "x".repeat(1 << 20));
        }
        JsonNode page = list("limit=100");
        assertThat(keys(page)).isEqualTo("0 1 2 3");
        assertThat(page.has("next")).isTrue();
        assertThat(keys(list("keys"))).isEqualTo("0 1 2 3 4 5");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    application/json | {"a": 1} | "json":{"a": 1}
                    application/json;charset=utf-8 | [1.0] | "json":[1.0]
                    application/Foo+JSON | 1 | "json":1
                    application/json | {bad | "base64":"e2JhZA=="
                    text/html | <b> | "text":"<b>"
                    application/x-www-form-urlencoded | a=b | "text":"a=b"
                    image/png | abc | "base64":"YWJj"
                    """)
    void aValueIsJsonTextOrBase64(String type, String value, String expected) throws Exception {
        fish.put("/kv/a", value, "Content-Type", type);
        assertThat(fish.get("/kv").body())
                .isEqualTo("{\"revision\":1,\"records\":[{\"key\":\"a\",\"revision\":1,\"created\":1,\"contentType\":\""
                        + type + "\"," + expected + "}]}");
    }

    @Test
    void noTypeIsTextWhereItIsUtf8AndACodingIsNeverRead() throws Exception {
        fish.put("/kv/a", "t");
        fish.put("/kv/b", "{}", "Content-Type", "application/json", "Content-Encoding", "gzip");
        JsonNode records = list("").get("records");
        assertThat(records.get(0).get("text").textValue()).isEqualTo("t");
        assertThat(records.get(1).get("base64").textValue()).isEqualTo("e30=");
        assertThat(records.get(1).get("contentEncoding").textValue()).isEqualTo("gzip");
        assertThat(list("keys").get("records").get(0).has("text")).isFalse();
    }

    @Test
    void aPlusInTheQueryIsASpaceAndInThePathAPlus() throws Exception {
        fish.put("/kv/a+b", "x");
        fish.put("/kv/a%20b", "x");
        assertThat(keys(list("prefix=a+"))).isEqualTo("a b");
        assertThat(keys(list("prefix=" + URLEncoder.encode("a+", StandardCharsets.UTF_8))))
                .isEqualTo("a+b");
    }
}
