package fish.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import fish.access.Need;
import fish.contract.Code;
import fish.http.Route;
import fish.testing.HttpAnswer;
import fish.testing.HttpProbe;
import fish.testing.MemoryService;
import fish.testing.OpenApi;
import fish.testing.Standard;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code GET /openapi.json} against the table of routes, and against what is really answered. */
class OpenApiTest {
    private static final Map<String, String> BODIES =
            Map.of("POST /txn", "{}", "POST /cluster/master", "{\"node\":\"b1\"}");

    private static ServerFixture fish;
    private static HttpProbe probe;
    private static JsonNode document;
    private static OpenApi api;

    @BeforeAll
    static void read() throws IOException {
        fish = ServerFixture.memory();
        probe = HttpProbe.of(
                URI.create("http://localhost:" + fish.server.address().getPort()), Duration.ofSeconds(10));
        HttpAnswer answer = probe.request("GET", "/openapi.json").send();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).isEqualTo("application/json");
        document = answer.json();
        api = new OpenApi(document);
    }

    @AfterAll
    static void close() {
        fish.close();
    }

    private static List<Route> routes() {
        return Standard.routes(new MemoryService(() -> 0));
    }

    @Test
    void itDescribesTheTableOfRoutesLineByLine() {
        assertThat(document.path("openapi").asText()).startsWith("3.1");
        assertThat(api.brokenReferences()).isEmpty();
        assertThat(api.operations())
                .containsExactlyInAnyOrderElementsOf(routes().stream()
                        .map(route -> route.method() + " " + route.path())
                        .toList());
    }

    @Test
    void whatNeedsNoTokenSaysSo() {
        Set<String> open = new TreeSet<>();
        for (Route route : routes()) {
            if (route.need() == Need.NOTHING) {
                open.add(route.method() + " " + route.path());
            }
        }
        Set<String> described = new TreeSet<>(api.operations());
        described.removeIf(operation -> !api.needsNoToken(operation));

        assertThat(described).isEqualTo(open);
    }

    @Test
    void eachRouteTakesTheParametersThatItDescribesAndNoOther() throws IOException {
        Set<String> known = new TreeSet<>();
        api.operations().forEach(operation -> known.addAll(api.queryParameters(operation)));
        List<String> wrong = new ArrayList<>();
        for (String operation : api.operations()) {
            for (String name : known) {
                boolean described = api.queryParameters(operation).contains(name);
                if (described == isUnknown(operation, name)) {
                    wrong.add(operation + "?" + name + (described ? " is refused" : " is not described"));
                }
            }
        }
        assertThat(known).contains("ttl", "cursor", "since", "force", "timeout");
        assertThat(wrong).isEmpty();
    }

    private static boolean isUnknown(String operation, String name) throws IOException {
        String[] parts = operation.split(" ", 2);
        String path = parts[1].equals("/ui/*") ? "/ui/words.js" : parts[1].replace("*", "x");
        HttpAnswer answer = probe.request(parts[0], path + "?" + name + "=1s")
                .body(BODIES.getOrDefault(operation, "").getBytes(StandardCharsets.UTF_8))
                .send();
        String detail = answer.json().path("detail").asText();
        return answer.code().equals("bad-parameter") && detail.contains("'" + name + "' is not known here");
    }

    @Test
    void theCodesOfProblemsAreAllThereAre() {
        List<String> described = new ArrayList<>();
        document.at("/components/schemas/Code/enum").forEach(code -> described.add(code.asText()));

        assertThat(described)
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(Code.values()).map(Code::text).toList());
    }

    @Test
    void answersAreAsDescribed() throws IOException {
        check(201, "PUT", "/kv/*", "/kv/a", "1");
        check(200, "PUT", "/kv/*", "/kv/a?ttl=1h", "2");
        check(404, "DELETE", "/kv/*", "/kv/none", "");
        check(400, "PUT", "/kv/*", "/kv/a?ttl=1", "2");
        check(200, "GET", "/kv/*", "/kv/a", "");
        check(404, "GET", "/kv/*", "/kv/none", "");
        check(200, "POST", "/kv/*", "/kv/a?ttl=none", "");
        check(404, "POST", "/kv/*", "/kv/none?ttl=1s", "");
        check(200, "GET", "/kv", "/kv?limit=1", "");
        check(200, "GET", "/kv", "/kv?keys", "");
        check(200, "GET", "/kv", "/kv?count", "");
        check(400, "GET", "/kv", "/kv?cursor=x", "");
        String all = "{\"if\":[{\"key\":\"a\",\"exists\":true}],\"then\":[{\"put\":{\"key\":\"t\",\"json\":{\"n\":1},"
                + "\"ttl\":\"30s\"}},{\"get\":{\"key\":\"t\"}},{\"get\":{\"key\":\"none\"}},{\"touch\":{\"key\":\"a\","
                + "\"ttl\":\"1h\"}},{\"touch\":{\"key\":\"none\",\"ttl\":\"none\"}},{\"delete\":{\"key\":\"t\"}}]}";
        check(200, "POST", "/txn", "/txn", all);
        check(200, "POST", "/txn", "/txn", "{\"then\":[{\"get\":{\"key\":\"a\"}}]}");
        check(400, "POST", "/txn", "/txn", "{\"than\":[]}");
        check(200, "DELETE", "/kv/*", "/kv/a", "");
        check(200, "DELETE", "/kv", "/kv?prefix=t", "");
        check(503, "GET", "/changes", "/changes", "");
        check(200, "GET", "/cluster", "/cluster", "");
        check(400, "POST", "/cluster/master", "/cluster/master", "{}");
        check(200, "GET", "/health/live", "/health/live", "");
        check(200, "GET", "/health/ready", "/health/ready?verbose", "");
        check(200, "GET", "/metrics", "/metrics", "");
        check(200, "GET", "/metrics/history", "/metrics/history?step=1s", "");
        check(400, "GET", "/metrics/history", "/metrics/history?step=2s", "");
        check(200, "GET", "/openapi.json", "/openapi.json", "");
        check(200, "GET", "/", "/", "");
        check(200, "GET", "/ui/*", "/ui/words.js", "");
        check(404, "GET", "/ui/*", "/ui/none", "");
    }

    private static void check(int status, String method, String pattern, String path, String body) throws IOException {
        HttpAnswer answer = probe.request(method, path)
                .body(body.getBytes(StandardCharsets.UTF_8))
                .send();
        assertThat(answer.status()).as("%s %s: %s", method, path, answer).isEqualTo(status);
        assertThat(api.faults(method + " " + pattern, answer))
                .as("%s %s: %s", method, path, answer)
                .isEmpty();
    }

    @Test
    void anAnswerThatIsNotAsDescribedIsFound() throws IOException {
        HttpAnswer cluster = probe.request("GET", "/cluster").send();

        assertThat(api.faults("GET /kv", cluster)).isNotEmpty();
        assertThat(api.faults("GET /metrics", cluster)).isNotEmpty();
    }
}
