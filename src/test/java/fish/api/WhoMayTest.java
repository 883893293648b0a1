package fish.api;

import static org.assertj.core.api.Assertions.assertThat;

import fish.access.Need;
import fish.access.Tokens;
import fish.budget.ByteBudget;
import fish.http.HttpServer;
import fish.http.Route;
import fish.kv.Scope;
import fish.kv.StoredRecord;
import fish.kv.Token;
import fish.kv.TokenRole;
import fish.kv.TokenTable;
import fish.testing.MemoryService;
import fish.testing.Standard;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Every route and method of the table, with no token, a wrong one, an ended one, one of other keys, a lesser role. */
class WhoMayTest {
    /** What each line of the table needs, and a request to it. A line that is missing here fails the test. */
    private static final Map<String, Asked> TABLE = new LinkedHashMap<>();

    private record Asked(Need need, String path, String body) {}

    static {
        line("GET /kv/*", Need.READ, "/kv/a/1", "");
        line("PUT /kv/*", Need.WRITE, "/kv/a/1", "x");
        line("DELETE /kv/*", Need.WRITE, "/kv/a/1", "");
        line("POST /kv/*", Need.WRITE, "/kv/a/1?ttl=30s", "");
        line("GET /kv", Need.READ, "/kv?prefix=a/", "");
        line("DELETE /kv", Need.WRITE, "/kv?prefix=a/", "");
        line("POST /txn", Need.READ, "/txn", "{\"then\":[{\"get\":{\"key\":\"a/1\"}}]}");
        line("GET /changes", Need.READ, "/changes?since=0", "");
        line("GET /cluster", Need.ADMIN, "/cluster", "");
        line("POST /cluster/master", Need.ADMIN, "/cluster/master", "{\"node\":\"b1\"}");
        line("DELETE /cluster/nodes/*", Need.ADMIN, "/cluster/nodes/b1", "");
        line("POST /tokens", Need.ADMIN, "/tokens", "{\"name\":\"x\",\"role\":\"read\"}");
        line("GET /tokens", Need.ADMIN, "/tokens", "");
        line("DELETE /tokens/*", Need.ADMIN, "/tokens/x", "");
        line("GET /cluster/backup", Need.ADMIN, "/cluster/backup", "");
        line("GET /cluster/report", Need.ADMIN, "/cluster/report", "");
        line("GET /cluster/digest", Need.ADMIN, "/cluster/digest", "");
        line("GET /cluster/verify", Need.ADMIN, "/cluster/verify", "");
        line("GET /openapi.json", Need.ANY, "/openapi.json", "");
        line("GET /metrics", Need.ANY, "/metrics", "");
        line("GET /metrics/history", Need.ANY, "/metrics/history", "");
        line("GET /health/live", Need.NOTHING, "/health/live", "");
        line("GET /health/ready", Need.NOTHING, "/health/ready", "");
        line("GET /", Need.NOTHING, "/", "");
        line("GET /ui/*", Need.NOTHING, "/ui/nothing.js", "");
    }

    private static void line(String route, Need need, String path, String body) {
        TABLE.put(route, new Asked(need, path, body));
    }

    private final MemoryService service = new MemoryService(System::currentTimeMillis);
    private final List<Token> tokens = new ArrayList<>();
    private long revision = 1;
    private final Tokens gate =
            new Tokens(known -> new TokenTable(revision, !tokens.isEmpty(), tokens), Clock.systemUTC());
    private final List<Route> routes = Standard.routes(service);
    private final HttpServer server = new HttpServer(
            Standard.http(), routes, List.of(), new ByteBudget(64 << 20), new ByteBudget(64 << 20), gate);
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    WhoMayTest() {
        server.start();
        add("root", TokenRole.ADMIN, StoredRecord.NEVER, "");
        add("writer", TokenRole.WRITE, StoredRecord.NEVER, "a/");
        add("reader", TokenRole.READ, StoredRecord.NEVER, "a/", "c/");
        add("elsewhere", TokenRole.WRITE, StoredRecord.NEVER, "b/");
        add("ended", TokenRole.ADMIN, 1, "");
    }

    private void add(String name, TokenRole role, long expiresAtMillis, String... prefixes) {
        List<byte[]> bytes = List.of(prefixes).stream()
                .map(prefix -> prefix.getBytes(StandardCharsets.UTF_8))
                .toList();
        tokens.add(Tokens.described(name, role, Scope.of(bytes), expiresAtMillis, "secret-" + name));
        revision++;
        gate.refresh();
    }

    @AfterEach
    void close() {
        server.close();
        gate.close();
    }

    private HttpResponse<String> send(String method, String path, String body, String token) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server.address().getPort() + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer secret-" + token);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private int status(String route, String token) throws Exception {
        Asked asked = Objects.requireNonNull(TABLE.get(route));
        return send(route.split(" ", 2)[0], asked.path, asked.body, token).statusCode();
    }

    @Test
    void everyLineOfTheTableIsHereWithWhatItNeeds() {
        Map<String, Need> needs = new LinkedHashMap<>();
        routes.forEach(route -> needs.put(route.method() + " " + route.path(), route.need()));
        Map<String, Need> expected = new LinkedHashMap<>();
        TABLE.forEach((route, asked) -> expected.put(route, asked.need));
        assertThat(needs).containsExactlyInAnyOrderEntriesOf(expected);
    }

    @Test
    void nobodyGetsAnythingWithoutATokenThatIsGood() throws Exception {
        for (Map.Entry<String, Asked> line : TABLE.entrySet()) {
            for (String token : List.of("", "wrong", "ended")) {
                HttpResponse<String> answer =
                        send(line.getKey().split(" ", 2)[0], line.getValue().path, line.getValue().body, token);
                if (line.getValue().need == Need.NOTHING) {
                    assertThat(answer.statusCode()).as(line.getKey()).isNotIn(401, 403);
                } else {
                    assertThat(answer.statusCode()).as(line.getKey()).isEqualTo(401);
                    assertThat(answer.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
                    assertThat(answer.body()).contains("\"unauthenticated\"");
                }
            }
        }
        assertThat(send("GET", "/nowhere", "", "").statusCode()).isEqualTo(401);
        assertThat(send("PATCH", "/kv/a", "", "").statusCode()).isEqualTo(401);
        assertThat(send("GET", "/health/ready?master", "", "").statusCode()).isEqualTo(200);
        assertThat(send("GET", "/health/ready?verbose", "", "").statusCode()).isEqualTo(401);
        assertThat(send("GET", "/health/ready?verbose", "", "writer").statusCode())
                .isEqualTo(403);
        assertThat(send("GET", "/health/ready?verbose", "", "root").statusCode())
                .isEqualTo(200);
    }

    @Test
    void aLesserRoleIsRefusedWhatNeedsMore() throws Exception {
        for (Map.Entry<String, Asked> line : TABLE.entrySet()) {
            Need need = line.getValue().need;
            if (need == Need.ADMIN) {
                assertThat(status(line.getKey(), "writer")).as(line.getKey()).isEqualTo(403);
            }
            if (need == Need.ADMIN || need == Need.WRITE) {
                assertThat(status(line.getKey(), "reader")).as(line.getKey()).isEqualTo(403);
            }
            if (need == Need.ANY) {
                assertThat(status(line.getKey(), "reader")).as(line.getKey()).isNotIn(401, 403);
            }
        }
        HttpResponse<String> write =
                send("POST", "/txn", "{\"then\":[{\"put\":{\"key\":\"a/1\",\"text\":\"x\"}}]}", "reader");
        assertThat(write.statusCode()).isEqualTo(403);
        assertThat(write.body()).contains("\"outcome\":\"not-applied\"");
    }

    @Test
    void keysOfOthersAreRefusedAlikeWhetherTheyAreThereOrNot() throws Exception {
        send("PUT", "/kv/a/there", "x", "root");
        for (String method : List.of("GET", "PUT", "DELETE")) {
            HttpResponse<String> there = send(method, "/kv/a/there", "", "elsewhere");
            HttpResponse<String> not = send(method, "/kv/a/not", "", "elsewhere");
            assertThat(there.statusCode()).as(method).isEqualTo(403);
            assertThat(there.body()).isEqualTo(not.body());
            assertThat(there.headers().map().keySet())
                    .isEqualTo(not.headers().map().keySet());
        }
        for (String txn : List.of(
                "{\"if\":[{\"key\":\"a/there\",\"exists\":true}],\"then\":[{\"put\":{\"key\":\"b/1\",\"text\":\"x\"}}]}",
                "{\"then\":[{\"get\":{\"key\":\"a/there\"}}]}",
                "{\"then\":[{\"put\":{\"key\":\"b/1\",\"text\":\"x\"}},{\"delete\":{\"key\":\"a/there\"}}]}",
                "{\"else\":[{\"touch\":{\"key\":\"a/there\",\"ttl\":\"1s\"}}]}")) {
            assertThat(send("POST", "/txn", txn, "elsewhere").statusCode())
                    .as(txn)
                    .isEqualTo(403);
        }
        assertThat(send("GET", "/kv/b/1", "", "root").statusCode()).isEqualTo(404);
        assertThat(send("GET", "/kv/a/there", "", "root").body()).isEqualTo("x");
    }

    @Test
    void withoutTokensAllIsOpen() throws Exception {
        tokens.clear();
        revision++;
        gate.refresh();
        assertThat(send("PUT", "/kv/a/1", "x", "").statusCode()).isEqualTo(201);
        assertThat(send("GET", "/cluster", "", "wrong").statusCode()).isEqualTo(200);
    }
}
