package fish.node;

import static org.assertj.core.api.Assertions.assertThat;

import fish.access.Tokens;
import fish.budget.ByteBudget;
import fish.http.HttpServer;
import fish.kv.Scope;
import fish.kv.StoredRecord;
import fish.kv.TokenRole;
import fish.kv.TokenTable;
import fish.testing.MemoryService;
import fish.testing.Standard;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who may ask the master how far it is: a node that shows that it is one, an admin, and nobody else. */
class RevisionRouteTest {
    private static final TokenTable LOCKED = new TokenTable(
            2,
            true,
            List.of(
                    Tokens.described("root", TokenRole.ADMIN, Scope.ALL, StoredRecord.NEVER, "secret-root"),
                    Tokens.described("ci", TokenRole.WRITE, Scope.ALL, StoredRecord.NEVER, "secret-ci")));

    private TokenTable table = LOCKED;
    private final Tokens tokens = new Tokens(known -> table, Clock.systemUTC());
    private final HttpServer server = new HttpServer(
            Standard.http(),
            List.of(PeerRoutes.revision(
                    new MemoryService(System::currentTimeMillis), tokens, TimeUnit.SECONDS.toNanos(5))),
            List.of(),
            new ByteBudget(1 << 20),
            new ByteBudget(1 << 20),
            tokens);
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    RevisionRouteTest() {
        server.start();
    }

    @AfterEach
    void close() {
        server.close();
        tokens.close();
    }

    private HttpResponse<String> get(String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + server.address().getPort() + Peers.REVISION_PATH));
        return client.send(
                (headers.length == 0 ? request : request.headers(headers)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void inALockedGroupNodesAndAdminsMayAsk() throws Exception {
        tokens.refresh();
        HttpResponse<String> nobody = get();
        assertThat(nobody.statusCode()).isEqualTo(401);
        assertThat(nobody.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
        assertThat(get(Peers.PROOF, "made up").statusCode()).isEqualTo(401);
        assertThat(get("Authorization", "Bearer wrong").statusCode()).isEqualTo(401);
        assertThat(get("Authorization", "Bearer secret-ci").statusCode()).isEqualTo(403);
        assertThat(get("Authorization", "Bearer secret-root").body()).isEqualTo("{\"revision\":0}");
        assertThat(get(Peers.PROOF, Tokens.proofOf(LOCKED)).body()).isEqualTo("{\"revision\":0}");
    }

    @Test
    void inAnOpenGroupEverybodyMay() throws Exception {
        table = new TokenTable(0, false, List.of());
        tokens.refresh();
        assertThat(get().statusCode()).isEqualTo(200);
    }

    @Test
    void aNodeThatDoesNotKnowItsTokensYetSaysSo() throws Exception {
        assertThat(get().statusCode()).isEqualTo(503);
    }
}
