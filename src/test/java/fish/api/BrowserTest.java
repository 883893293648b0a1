package fish.api;

import static org.assertj.core.api.Assertions.assertThat;

import fish.testing.MemoryService;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a page in somebody's browser can do. */
class BrowserTest {
    private static final String FRIEND = "https://app.example";

    private final ServerFixture fish = new ServerFixture(
            ServerFixture.CONFIG,
            new MemoryService(System::currentTimeMillis),
            ServerFixture.health(true),
            List.of(),
            List.of(FRIEND));

    @AfterEach
    void close() {
        fish.close();
    }

    private String send(String method, String path, String host, String... headers) throws IOException {
        StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nConnection: close\r\n");
        head.append("Host: ").append(host).append("\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        return fish.raw(head + "\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Origin: http://evil.example",
                "Origin: null",
                "Origin: http://localhost:1",
                "Origin: http://localhost",
                "Origin: http://127.0.0.1:8000",
                "Origin: http://localhost:8000\nOrigin: http://evil.example",
                "Origin: http://localhost:8000.evil.example",
                "Sec-Fetch-Site: cross-site",
                "Sec-Fetch-Site: same-site",
                "Sec-Fetch-Site: cross-site\nOrigin: http://localhost:8000\nSec-Fetch-Mode: navigate"
            })
    void pagesOfOtherOriginsCanDoNothing(String headers) throws Exception {
        for (String method : new String[] {"PUT", "DELETE"}) {
            assertThat(send(method, "/kv/a", "localhost:8000", headers.split("\n", -1)))
                    .startsWith("HTTP/1.1 403")
                    .contains("\"code\":\"forbidden\"", "\"outcome\":\"not-applied\"")
                    .doesNotContain("Access-Control");
        }
        assertThat(send("GET", "/kv/a", "localhost:8000", headers.split("\n", -1)))
                .startsWith("HTTP/1.1 403")
                .doesNotContain("outcome");
        assertThat(fish.get("/kv/a").statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Origin: http://localhost:8000",
                "Origin: https://LOCALHOST:8000\nSec-Fetch-Site: same-origin",
                "Sec-Fetch-Site: none"
            })
    void pagesOfTheNodesOwnCanDoAll(String headers) throws Exception {
        assertThat(send("PUT", "/kv/a", "localhost:8000", headers.split("\n", -1)))
                .startsWith("HTTP/1.1 201");
    }

    @Test
    void portsThatNeedNotBeNamedAreTheSame() throws Exception {
        assertThat(send("PUT", "/kv/a", "localhost:80", "Origin: http://localhost"))
                .startsWith("HTTP/1.1 201");
        assertThat(send("PUT", "/kv/a", "localhost", "Origin: https://localhost:443"))
                .startsWith("HTTP/1.1 200");
    }

    @Test
    void onlyALinkToThePageIsFollowed() throws Exception {
        String[] link = {"Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate"};
        assertThat(send("GET", "/", "localhost", link)).startsWith("HTTP/1.1 200");
        assertThat(send("GET", "/ui/main.js", "localhost", link)).startsWith("HTTP/1.1 403");
        assertThat(send("GET", "/kv/a", "localhost", link)).startsWith("HTTP/1.1 403");
        assertThat(send("GET", "/", "localhost", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors"))
                .startsWith("HTTP/1.1 403");
    }

    @Test
    void anAllowedOriginIsServed() throws Exception {
        assertThat(send("PUT", "/kv/a", "localhost", "Origin: " + FRIEND, "Sec-Fetch-Site: cross-site"))
                .startsWith("HTTP/1.1 201")
                .contains(
                        "Access-Control-Allow-Origin: " + FRIEND,
                        "Access-Control-Expose-Headers: ETag,",
                        "Vary: Origin");
        assertThat(send("GET", "/kv/none", "localhost", "Origin: " + FRIEND))
                .startsWith("HTTP/1.1 404")
                .contains("Access-Control-Allow-Origin: " + FRIEND);
        String preflight = send(
                "OPTIONS",
                "/kv/a",
                "localhost",
                "Origin: " + FRIEND,
                "Access-Control-Request-Method: PUT",
                "Access-Control-Request-Headers: if-match,content-type");
        assertThat(preflight)
                .startsWith("HTTP/1.1 204")
                .contains(
                        "Access-Control-Allow-Origin: " + FRIEND,
                        "Access-Control-Allow-Headers: if-match,content-type",
                        "Access-Control-Max-Age: 600")
                .containsPattern("Access-Control-Allow-Methods: .*PUT");
        assertThat(send(
                        "OPTIONS",
                        "/kv/a",
                        "localhost",
                        "Origin: http://evil.example",
                        "Access-Control-Request-Method: PUT"))
                .startsWith("HTTP/1.1 403");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "evil.example:8000",
                "localhost.evil.example",
                "127.0.0.1.evil.example",
                "10.0.0.1",
                "0.0.0.0"
            })
    void aNodeOnLoopbackAnswersToNoOtherName(String host) throws Exception {
        assertThat(send("GET", "/kv/a", host))
                .startsWith("HTTP/1.1 421 Misdirected Request\r\n")
                .contains("\"code\":\"wrong-host\"");
        assertThat(send("PUT", "/kv/a", host)).startsWith("HTTP/1.1 421").contains("not-applied");
        assertThat(send("GET", "/health/live", host)).startsWith("HTTP/1.1 421");
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LocalHost:1", "127.0.0.1", "127.1.2.3:99", "[::1]", "[::1]:8000"})
    void aNodeOnLoopbackAnswersToItsNames(String host) throws Exception {
        assertThat(send("GET", "/health/live", host)).startsWith("HTTP/1.1 200");
    }

    @Test
    void oldClientsNeedNoHost() throws Exception {
        assertThat(fish.raw("GET /health/live HTTP/1.0\r\n\r\n")).contains(" 200 ");
        assertThat(fish.raw("GET /health/live HTTP/1.0\r\nHost: evil.example\r\n\r\n"))
                .contains(" 421 ");
    }

    @Test
    void aStoredPageCanDoNothing() throws Exception {
        fish.put("/kv/a", "<script>alert(1)</script>", "Content-Type", "text/html");
        var headers = fish.get("/kv/a").headers();
        assertThat(headers.firstValue("X-Content-Type-Options")).hasValue("nosniff");
        assertThat(headers.firstValue("Content-Security-Policy")).hasValue("sandbox");
        assertThat(headers.firstValue("Content-Type")).hasValue("text/html");
    }

    @Test
    void aServerOfNoFriendsHasNone() throws Exception {
        try (ServerFixture alone = ServerFixture.memory()) {
            assertThat(alone.raw("PUT /kv/a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nOrigin: " + FRIEND
                            + "\r\n\r\n"))
                    .startsWith("HTTP/1.1 403");
        }
    }
}
