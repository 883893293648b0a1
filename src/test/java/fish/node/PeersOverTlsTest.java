package fish.node;

import static org.assertj.core.api.Assertions.assertThat;

import fish.access.Gate;
import fish.access.Tokens;
import fish.budget.ByteBudget;
import fish.contract.NodeState;
import fish.contract.NodeStatus;
import fish.contract.NodeType;
import fish.http.HttpConfig;
import fish.http.HttpServer;
import fish.kv.TokenTable;
import fish.testing.Standard;
import fish.tls.NodeTransport;
import fish.tls.TestCertificates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class PeersOverTlsTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    private Path homes;

    private final List<String> told = new CopyOnWriteArrayList<>();

    /** Connections are kept, and show the certificate that was there when they were made. */
    @Test
    void aNodeWhoseCertificateIsNotForItIsRefusedWithALineUntilItHasAnother() throws Exception {
        NodeTransport back = TestCertificates.transport(TestCertificates.home(homes.resolve("b0"), "one"));
        back.tls().orElseThrow().tell((name, more) -> told.add(name + " " + Arrays.toString(more)), List.of());
        Path home = TestCertificates.home(homes.resolve("r0"), "one", List.of("elsewhere"), Duration.ofDays(90));
        NodeTransport front = TestCertificates.transport(home);
        NodeReport report = new NodeReport(
                "fish",
                new NodeStatus(
                        "r0",
                        NodeType.SECONDARY,
                        NodeState.REPLICA,
                        "localhost:9001",
                        "https://localhost:8000",
                        0,
                        0,
                        7,
                        Double.NaN),
                1,
                0,
                0,
                0,
                false,
                0,
                List.of());
        try (Tokens tokens = new Tokens(known -> TokenTable.UNREAD, Clock.systemUTC());
                HttpServer server = server(back, tokens)) {
            server.start();
            String master = "https://localhost:" + server.address().getPort();
            Peers peers = new Peers(front, SOON);
            assertThat(peers.announce(master, report, SOON).get(1, TimeUnit.MINUTES))
                    .isEqualTo("the certificate is not for localhost");
            assertThat(told).singleElement().asString().contains("peer-refused", "at, /node", "not for localhost");

            Path renewed = TestCertificates.home(homes.resolve("x/r0"), "one");
            Files.writeString(home.resolve("tls/node.pem"), Files.readString(renewed.resolve("tls/node.pem")));
            front.tls().orElseThrow().look();
            assertThat(peers.announce(master, report, SOON).get(1, TimeUnit.MINUTES))
                    .isEmpty();
        }
    }

    private static HttpServer server(NodeTransport transport, Tokens tokens) {
        HttpConfig usual = Standard.http();
        NodesOnly nodes = new NodesOnly(transport);
        return new HttpServer(
                new HttpConfig(usual.address(), 2, usual.bounds(), usual.times(), transport),
                nodes.routes(PeerRoutes.announcements("fish", tokens, nodes, (report, proven) -> Optional.empty())),
                List.of(),
                new ByteBudget(1 << 20),
                new ByteBudget(1 << 20),
                Gate.OPEN);
    }
}
