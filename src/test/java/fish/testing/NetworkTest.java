package fish.testing;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What gets through is tried with {@code ping}-like connections of bash, which knows /dev/tcp. */
class NetworkTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    private Network network;

    @BeforeEach
    void createNetwork() {
        assumeTrue(Network.isPossible(), "needs root and network namespaces");
        network = Network.create();
        Stream.of("a", "b", "c").forEach(network::add);
    }

    @AfterEach
    void closeNetwork() {
        if (network != null) {
            network.close();
            network.close();
            assertThat(Shell.run("ip", "netns", "list"))
                    .doesNotContain("fish-" + ProcessHandle.current().pid() + "-");
        }
    }

    @Test
    void nodesReachThisJvmAndCutsLeaveThat() throws IOException {
        try (ServerSocket server = new ServerSocket()) {
            server.bind(new InetSocketAddress(network.ownAddress(), 0));
            server.setSoTimeout((int) SOON.toMillis());
            network.isolate(Set.of("a"));
            try (Program client = say("a", network.ownAddress(), server.getLocalPort());
                    Socket socket = server.accept()) {
                assertThat(read(socket.getInputStream())).isEqualTo('x');
                assertThat(client.isAlive()).isTrue();
            }
        }
    }

    @Test
    void aCutIsSilentAndHeals() {
        assertThat(reaches("a", "b")).isTrue();
        network.cut("a", "b");
        assertThat(isCutFrom("a", "b")).isTrue();
        assertThat(isCutFrom("b", "a")).isTrue();
        assertThat(reaches("a", "c")).isTrue();
        network.heal();
        assertThat(reaches("a", "b")).isTrue();
        assertThat(reaches("b", "a")).isTrue();
    }

    @Test
    void connectingAcrossACutIsNeitherRefusedNorAnswered() {
        network.cut("a", "b");
        try (Program client = say("a", network.address("b"), 9)) {
            assertThatThrownBy(() -> client.awaitExit(Duration.ofMillis(500))).hasMessageContaining("still runs");
        }
    }

    @Test
    void aPartitionSparesWhoIsOnNeitherSide() {
        network.partition(Set.of("a"), Set.of("b"));
        assertThat(isCutFrom("a", "b")).isTrue();
        assertThat(reaches("c", "a")).isTrue();
        assertThat(reaches("c", "b")).isTrue();
        network.heal();
        network.isolate(Set.of("c"));
        assertThat(isCutFrom("c", "a")).isTrue();
        assertThat(reaches("a", "b")).isTrue();
    }

    @Test
    void anOpenConnectionOutlivesACutInSilence() throws IOException {
        try (ServerSocket server = new ServerSocket()) {
            server.bind(new InetSocketAddress(network.ownAddress(), 0));
            server.setSoTimeout((int) SOON.toMillis());
            String loop = "exec 3<>/dev/tcp/" + network.ownAddress() + "/" + server.getLocalPort()
                    + "; while printf x >&3; do sleep 0.02; done";
            try (Program talker = bash("a", loop);
                    Socket socket = server.accept()) {
                InputStream in = socket.getInputStream();
                assertThat(read(in)).isEqualTo('x');
                cutOff("a");
                socket.setSoTimeout(300);
                eventually(SOON, () -> assertThatThrownBy(() -> read(in)).isInstanceOf(SocketTimeoutException.class));
                assertThat(talker.isAlive()).isTrue();
                Shell.run("ip", "-netns", namespaceOf("a"), "neighbour", "delete", network.ownAddress(), "dev", "eth0");
                socket.setSoTimeout((int) SOON.toMillis());
                assertThat(read(in)).isEqualTo('x');
            }
        }
    }

    @Test
    void whatADeadRunLeftIsSweptAway() {
        long dead =
                Program.start("dead", List.of("true"), Map.of(), Path.of("/")).pid();
        eventually(SOON, () -> assertThat(ProcessHandle.of(dead)).isEmpty());
        Shell.run("ip", "netns", "add", "fish-" + dead + "-0-a");
        Network.create().close();
        assertThat(Shell.run("ip", "netns", "list")).doesNotContain("fish-" + dead + "-");
    }

    @Test
    void unknownAndDoubledNodesAreRefused() {
        assertThatThrownBy(() -> network.cut("a", "z")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> network.add("a")).isInstanceOf(IllegalArgumentException.class);
    }

    /** As {@link Network#cutOneWay}, towards this JVM, which a network never cuts off by itself. */
    private void cutOff(String node) {
        Shell.run(
                "ip",
                "-netns",
                namespaceOf(node),
                "neighbour",
                "replace",
                network.ownAddress(),
                "lladdr",
                "02:00:00:00:00:01",
                "nud",
                "permanent",
                "dev",
                "eth0");
    }

    private String namespaceOf(String node) {
        return network.prefix(node).get(3);
    }

    /** Nobody listens: a refusal shows that packets went there and back. */
    private boolean reaches(String from, String to) {
        return ends(from, to, SOON);
    }

    private boolean isCutFrom(String from, String to) {
        return !ends(from, to, Duration.ofMillis(700));
    }

    private boolean ends(String from, String to, Duration within) {
        try (Program client = say(from, network.address(to), 9)) {
            client.awaitExit(within);
            return true;
        } catch (AssertionError e) {
            return false;
        }
    }

    private Program say(String node, String host, int port) {
        return bash(node, "exec 3<>/dev/tcp/" + host + "/" + port + " && printf x >&3 && exec sleep 60");
    }

    private Program bash(String node, String script) {
        List<String> command = new ArrayList<>(network.prefix(node));
        command.addAll(List.of("bash", "-c", script));
        return Program.start(node, command, Map.of(), Path.of("/"));
    }

    private static int read(InputStream in) throws IOException {
        return in.read();
    }
}
