package fish.front;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens in a real group: made, used at every node, kept through a fail-over, removed, and open again. */
class TokensInGroupTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Pattern TOKEN = Pattern.compile("\"token\":\"(fish_[A-Za-z0-9_-]{43})\"");

    @TempDir
    Path directory;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static HttpRequest.Builder request(GroupInJvm group, String node, String path, String token) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(group.member(node).probe().base() + path));
        return token.isEmpty() ? request : request.header("Authorization", "Bearer " + token);
    }

    private HttpResponse<String> send(
            GroupInJvm group, String node, String method, String path, String body, String token) throws Exception {
        return client.send(
                request(group, node, path, token)
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private String add(GroupInJvm group, String token, String body) throws Exception {
        HttpResponse<String> answer = send(group, "r0", "POST", "/tokens", body, token);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        Matcher found = TOKEN.matcher(answer.body());
        assertThat(found.find()).isTrue();
        return found.group(1);
    }

    private int status(GroupInJvm group, String node, String method, String path, String token) throws Exception {
        return send(group, node, method, path, "", token).statusCode();
    }

    @Test
    void aGroupIsLockedUsedAndOpenedAgain() throws Exception {
        try (GroupInJvm group = new GroupInJvm(directory, 3, 2)) {
            group.start();
            group.master(SOON);
            assertThat(send(group, "r0", "PUT", "/kv/ci/before", "1", "").statusCode())
                    .isEqualTo(201);
            assertThat(send(group, "r0", "PUT", "/kv/z/before", "1", "").statusCode())
                    .isEqualTo(201);
            assertThat(send(group, "r0", "POST", "/tokens", "{\"name\":\"ci\",\"role\":\"write\"}", "")
                            .statusCode())
                    .isEqualTo(409);
            String root = add(group, "", "{\"name\":\"root\",\"role\":\"admin\"}");
            String ofAll = "{\"name\":\"all\",\"role\":\"write\",\"prefixes\":[\"\"]}";
            assertThat(send(group, "r0", "POST", "/tokens", ofAll, root).statusCode())
                    .isEqualTo(400);
            String ci = add(
                    group, root, "{\"name\":\"ci\",\"role\":\"write\",\"prefixes\":[\"ci/\",\"co/\"],\"ttl\":\"1h\"}");

            for (String node : List.of("r0", "r1", "b0", "b1", "b2")) {
                eventually(SOON, () -> {
                    assertThat(status(group, node, "GET", "/kv?consistency=local", ""))
                            .isEqualTo(401);
                    assertThat(status(group, node, "GET", "/kv?consistency=local", ci))
                            .isEqualTo(200);
                });
            }
            aTokenDoesWhatItMay(group, root, ci);

            nodesWithoutAnythingAreFilled(group, ci);

            String master = group.master(SOON);
            group.stop(master);
            group.master(SOON);
            assertThat(send(group, "r0", "PUT", "/kv/ci/after?timeout=60s", "2", ci)
                            .statusCode())
                    .isEqualTo(201);
            assertThat(status(group, "r0", "PUT", "/kv/ci/after", "")).isEqualTo(401);
            assertThat(status(group, "r0", "PUT", "/kv/z/after", ci)).isEqualTo(403);

            aWriteThatWaitsGoesWithItsToken(group, root);
            removedTokensCutStreams(group, root, ci);

            theLastAdminsTokenOpensTheGroup(group, root);
            assertThat(group.failures()).isEmpty();
            assertThat(group.log()).noneMatch(line -> line.contains(root) || line.contains(ci));
        }
    }

    private void aTokenDoesWhatItMay(GroupInJvm group, String root, String ci) throws Exception {
        assertThat(status(group, "r1", "PUT", "/kv/co/1", ci)).isEqualTo(201);
        assertThat(status(group, "r1", "PUT", "/kv/z/1", ci)).isEqualTo(403);
        assertThat(send(group, "r1", "GET", "/kv?keys", "", ci).body())
                .contains("ci/before", "co/1")
                .doesNotContain("z/before");
        assertThat(send(group, "r1", "GET", "/kv?count", "", ci).body()).contains("\"count\":2");
        assertThat(send(group, "r1", "GET", "/kv?keys&limit=1&reverse", "", ci).body())
                .contains("co/1");
        // From its own copy.
        eventually(SOON, () -> assertThat(
                        send(group, "r1", "GET", "/changes?since=0", "", ci).body())
                .contains("ci/before", "co/1")
                .doesNotContain("z/before"));
        assertThat(send(group, "r1", "GET", "/tokens", "", root).body())
                .contains("\"name\":\"ci\",\"role\":\"write\",\"prefixes\":[\"ci/\",\"co/\"],\"expires\":");
        assertThat(status(group, "r1", "POST", "/tokens", ci)).isEqualTo(403);
        eventually(SOON, () -> assertThat(
                        send(group, "r1", "GET", "/cluster", "", root).body())
                .contains("\"state\":\"master\""));
    }

    private void theLastAdminsTokenOpensTheGroup(GroupInJvm group, String root) throws Exception {
        assertThat(status(group, "r0", "DELETE", "/tokens/root", root)).isEqualTo(409);
        assertThat(status(group, "r0", "DELETE", "/tokens/root?force", root)).isEqualTo(200);
        assertThat(status(group, "r0", "GET", "/kv/z/before", "")).isEqualTo(200);
    }

    /** They cannot prove yet that they hold the group's data. */
    private void nodesWithoutAnythingAreFilled(GroupInJvm group, String token) throws Exception {
        String back = group.master(SOON).equals("b1") ? "b2" : "b1";
        for (String node : List.of("r1", back)) {
            group.wipe(node);
            group.start(node);
            eventually(Duration.ofSeconds(60), () -> {
                assertThat(status(group, node, "GET", "/kv/ci/before?consistency=local", token))
                        .isEqualTo(200);
                assertThat(status(group, node, "GET", "/health/ready", "")).isEqualTo(200);
            });
            assertThat(status(group, node, "GET", "/kv/ci/before?consistency=local", ""))
                    .isEqualTo(401);
        }
    }

    /** One back-end is down: what needs every one of them waits at the master. */
    private void aWriteThatWaitsGoesWithItsToken(GroupInJvm group, String root) throws Exception {
        String late = add(group, root, "{\"name\":\"late\",\"role\":\"write\"}");
        CompletableFuture<HttpResponse<String>> waits = client.sendAsync(
                request(group, "r0", "/kv/late?durability=all&timeout=1m", late)
                        .PUT(HttpRequest.BodyPublishers.ofString("1"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(status(group, "r0", "PUT", "/kv/beside", late)).isEqualTo(201);
        assertThat(waits).isNotDone();
        assertThat(status(group, "r0", "DELETE", "/tokens/late", root)).isEqualTo(200);
        HttpResponse<String> refused = waits.get(50, TimeUnit.SECONDS);
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
        assertThat(refused.body()).contains("\"unauthenticated\"", "\"not-applied\"");
        assertThat(status(group, "r0", "GET", "/kv/late", root)).isEqualTo(404);
    }

    private void removedTokensCutStreams(GroupInJvm group, String root, String ci) throws Exception {
        HttpResponse<InputStream> stream = client.send(
                request(group, "r1", "/changes?since=0", ci)
                        .header("Accept", "text/event-stream")
                        .build(),
                HttpResponse.BodyHandlers.ofInputStream());
        assertThat(stream.statusCode()).isEqualTo(200);
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        CompletableFuture<String> all = CompletableFuture.supplyAsync(() -> {
            try (InputStream in = stream.body()) {
                for (int b = in.read(); b >= 0; b = in.read()) {
                    text.write(b);
                }
            } catch (java.io.IOException e) {
                // cut
            }
            return text.toString(StandardCharsets.UTF_8);
        });
        assertThat(status(group, "r0", "DELETE", "/tokens/nobody", root)).isEqualTo(404);
        assertThat(status(group, "r0", "DELETE", "/tokens/root", root)).isEqualTo(409);
        eventually(SOON, () -> assertThat(text.toString(StandardCharsets.UTF_8)).contains("ci/before"));
        assertThat(status(group, "r0", "DELETE", "/tokens/ci", root)).isEqualTo(200);
        String seen = all.get(60, TimeUnit.SECONDS);
        assertThat(seen).doesNotContain("z/before", ci);
        assertThat(status(group, "r0", "GET", "/kv/ci/before", ci)).isEqualTo(401);
    }
}
