package fish.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TxnTest {
    private final ServerFixture fish = ServerFixture.memory();

    @AfterEach
    void close() {
        fish.close();
    }

    private HttpResponse<String> txn(String body) throws Exception {
        return fish.send("POST", "/txn", body, "Content-Type", "text/weird");
    }

    @Test
    void conditionsOfOneRecordAreNotIgnored() throws Exception {
        for (String header : List.of("If-Match", "If-None-Match")) {
            assertThat(fish.send("POST", "/txn", "{\"then\":[{\"put\":{\"key\":\"c\",\"text\":\"1\"}}]}", header, "*"))
                    .satisfies(answer -> {
                        assertThat(answer.statusCode()).isEqualTo(400);
                        assertThat(answer.body()).contains(header, "not-applied");
                    });
        }
        assertThat(fish.send("GET", "/kv/c", "").statusCode()).isEqualTo(404);
    }

    @Test
    void runsThenWhereAllHold() throws Exception {
        fish.put("/kv/a", "1");
        fish.put("/kv/c", "x", "Content-Type", "text/plain");
        fish.put("/kv/d", "1.0");
        HttpResponse<String> response = txn("""
                {"if":[{"key":"a","revision":1},{"key":"b","exists":false},{"exists":true,"key":"c","text":"x",
                        "base64":"eA=="},{"key":"d","json":1}],
                 "then":[{"put":{"key":"a","json":{"n": 1.00},"ttl":"30s"}},{"delete":{"key":"b"}},{"get":{"key":"c"}},
                         {"get":{"key":"z"}}],
                 "else":[{"get":{"key":"a"}}]}""");
        assertThat(response.body())
                .matches("\\Q{\"branch\":\"then\",\"revision\":4,\"results\":["
                        + "{\"put\":{\"key\":\"a\",\"revision\":4,\"created\":1,\"expires\":\"\\E[0-9T:.-]+Z\\Q\"}},"
                        + "{\"delete\":{\"key\":\"b\",\"deleted\":false}},"
                        + "{\"get\":{\"key\":\"c\",\"revision\":2,\"created\":2,\"contentType\":\"text/plain\",\"text\":\"x\"}},"
                        + "{\"get\":{\"key\":\"z\",\"exists\":false}}]}\\E");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(fish.get("/kv/a").body()).isEqualTo("{\"n\": 1.00}");
        assertThat(fish.get("/kv/a").headers().firstValue("Content-Type")).hasValue("application/json");
    }

    @Test
    void runsElseWhereOneFails() throws Exception {
        assertThat(txn("{\"if\":[{\"key\":\"a\",\"exists\":true}],\"then\":[{\"delete\":{\"key\":\"a\"}}]}")
                        .body())
                .isEqualTo("{\"branch\":\"else\",\"revision\":0,\"results\":[]}");
        assertThat(txn("{\"if\":[{\"key\":\"a\",\"exists\":true}],\"else\":[{\"put\":{\"key\":\"a\",\"text\":\"\"}}]}")
                        .body())
                .contains("\"branch\":\"else\",\"revision\":1");
        assertThat(fish.get("/kv/a").headers().firstValue("Content-Type")).hasValue("text/plain; charset=utf-8");
    }

    @Test
    void aTransactionOfGetsIsARead() throws Exception {
        HttpResponse<String> read =
                fish.send("POST", "/txn?after=0&max-lag=1s", "{\"then\":[{\"get\":{\"key\":\"a\"}}]}");
        assertThat(read.statusCode()).isEqualTo(200);
        assertThat(read.headers().firstValue("Fish-Consistency")).hasValue("local");
        assertThat(txn("{}").body()).isEqualTo("{\"branch\":\"then\",\"revision\":0,\"results\":[]}");
        HttpResponse<String> refused = fish.send("POST", "/txn?durability=all", "{}");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("'durability'").doesNotContain("outcome");
        assertThat(fish.send("POST", "/txn?consistency=local", "{\"then\":[{\"delete\":{\"key\":\"a\"}}]}")
                        .body())
                .contains("'consistency'", "\"outcome\":\"not-applied\"");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    {"when":[]} | bad-json | /when
                    {"if":{}} | bad-json | /if
                    {"if":[{"key":"a"}]} | bad-json | /if/0
                    {"if":[{"exists":true}]} | bad-json | /if/0
                    {"if":[{"key":"a","exists":1}]} | bad-json | /if/0/exists
                    {"if":[{"key":"a","revision":0}]} | bad-json | /if/0/revision
                    {"if":[{"key":"a","revision":1.5}]} | bad-json | /if/0/revision
                    {"if":[{"key":"a","revision":99999999999999999999}]} | bad-json | /if/0/revision
                    {"if":[{"key":"","exists":true}]} | bad-key | /if/0/key
                    {"then":[{"put":{"key":"a"}}]} | bad-json | /then/0/put
                    {"then":[{"put":{"key":"a","json":1,"text":"x"}}]} | bad-json | /then/0/put
                    {"then":[{"put":{"key":"a","base64":"*"}}]} | bad-json | /then/0/put/base64
                    {"then":[{"put":{"key":"a","text":"\\ud800"}}]} | bad-json | /then/0/put/text
                    {"then":[{"put":{"key":"a","text":"","ttl":"0ms"}}]} | bad-json | /then/0/put/ttl
                    {"then":[{"put":{"key":"a","text":"","contentType":"a\\nb"}}]} | bad-json | /then/0/put/contentType
                    {"then":[{"get":{"key":"a"}},{"get":{"key":"a","x":1}}]} | bad-json | /then/1/get/x
                    {"then":[{"get":{}}]} | bad-json | /then/0/get
                    {"then":[{}]} | bad-json | /then/0
                    {"then":[{"get":{"key":"a"},"delete":{"key":"a"}}]} | bad-json | /then/0
                    {"then":[{"get":{"key":"a\\u0000"}}]} | bad-key | /then/0/get/key
                    {"then":[],"then":[]} | bad-json | /then
                    {"else":[{"jump":1}]} | bad-json | /else/0/jump
                    """)
    void everyRefusalSaysWhere(String body, String code, String at) throws Exception {
        HttpResponse<String> response = txn(body);
        assertThat(response.statusCode()).isEqualTo(400);
        var problem = new ObjectMapper().readTree(response.body());
        assertThat(problem.get("code").textValue()).isEqualTo(code);
        assertThat(problem.get("at").textValue()).isEqualTo(at);
        assertThat(problem.get("outcome").textValue()).isEqualTo("not-applied");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "1", "{", "{} {}", "{'a':1}", "nonsense", "{\"then\":[}"})
    void whatIsNoTransaction(String body) throws Exception {
        HttpResponse<String> response = txn(body);
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("bad-json", "\"at\":");
    }

    @Test
    void listsAndValuesAreBounded() throws Exception {
        String entry = "{\"get\":{\"key\":\"a\"}}";
        assertThat(txn("{\"then\":[" + (entry + ",").repeat(127) + entry + "]}").statusCode())
                .isEqualTo(200);
        assertThat(txn("{\"then\":[" + (entry + ",").repeat(128) + entry + "]}").statusCode())
                .isEqualTo(400);
        String big = "x".repeat((1 << 20) + 1);
        HttpResponse<String> tooLarge = txn("{\"then\":[{\"put\":{\"key\":\"a\",\"text\":\"" + big + "\"}}]}");
        assertThat(tooLarge.statusCode()).isEqualTo(413);
        assertThat(tooLarge.body()).contains("too-large", "/then/0/put/text");
        String fits = "{\"put\":{\"key\":\"a\",\"text\":\"" + "x".repeat(1 << 20) + "\"}},";
        assertThat(txn("{\"then\":[" + fits.repeat(7) + entry + "]}").statusCode())
                .isEqualTo(200);
        assertThat(txn("{\"then\":[" + fits.repeat(8) + entry + "]}").statusCode())
                .isEqualTo(413);
        assertThat(txn("{\"then\":[{\"get\":{\"key\":\"" + "k".repeat(1025) + "\"}}]}")
                        .body())
                .contains("bad-key");
    }

    @Test
    void escapesInJsonValuesAreKept() throws Exception {
        HttpResponse<String> response = txn("{\"then\":[{\"put\":{\"key\":\"a\",\"json\":\"\\ud800 \\u00e9\"}}]}");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(fish.get("/kv/a").body()).isEqualTo("\"\\ud800 \\u00e9\"");
    }

    @Test
    void jsonValuesAreKeptAsWritten() throws Exception {
        for (String value : new String[] {"1.00", "-0", "true", "null", "\"x\"", "[1 , 2]", "{}", "1e999999999"}) {
            txn("{\"then\":[{\"put\":{\"json\": " + value + " ,\"key\":\"a\"}}]}");
            assertThat(fish.get("/kv/a").body()).isEqualTo(value);
            assertThat(txn("{\"if\":[{\"key\":\"a\",\"json\":" + value + "}]}").body())
                    .contains("then");
        }
    }
}
