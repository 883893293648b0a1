package fish.group;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.sleepycat.je.rep.ReplicatedEnvironment.State;
import fish.contract.HostPort;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Peers that connect to a node's replication port and say no more, as one that was paused does. */
@Timeout(120)
class SilentPeersTest {
    private static final Duration LIMIT = Duration.ofSeconds(50);

    @TempDir
    Path homes;

    private final List<Socket> silent = new ArrayList<>();

    @AfterEach
    void hangUp() throws IOException {
        for (Socket socket : silent) {
            socket.close();
        }
    }

    @Test
    void doNotKeepANodeOutOfElections() throws Exception {
        HostPort first = JeNode.freeAddress();
        try (JeNode master = JeNode.backEnd("fish", "b0", homes.resolve("b0"), first, first);
                JeNode one = JeNode.backEnd("fish", "b1", homes.resolve("b1"), JeNode.freeAddress(), first);
                JeNode other = JeNode.backEnd("fish", "b2", homes.resolve("b2"), JeNode.freeAddress(), first)) {
            eventually(LIMIT, () -> assertThat(master.replicasInTouch()).isEqualTo(2));
            for (JeNode voter : List.of(one, other)) {
                beginAndSayNoMore(voter, "Acceptor");
                beginAndSayNoMore(voter, "Learner");
            }
            master.stop();
            eventually(LIMIT, () -> assertThat(List.of(one.state(), other.state()))
                    .containsExactlyInAnyOrder(State.MASTER, State.REPLICA));
        }
    }

    @Test
    void areForgotten() throws Exception {
        HostPort address = JeNode.freeAddress();
        try (JeNode master = JeNode.backEnd("fish", "b0", homes.resolve("b0"), address, address)) {
            Socket nothing = connect(address);
            Socket half = connect(address);
            half.getOutputStream().write("Serv".getBytes(StandardCharsets.US_ASCII));

            for (Socket socket : silent) {
                socket.setSoTimeout(Math.toIntExact(LIMIT.toMillis()));
                assertThat(socket.getInputStream().read()).isEqualTo(-1);
            }
            assertThat(nothing.isConnected() && master.isValid()).isTrue();
        }
    }

    private Socket connect(HostPort to) throws IOException {
        Socket socket = new Socket(to.host(), to.port());
        silent.add(socket);
        return socket;
    }

    private void beginAndSayNoMore(JeNode node, String service) throws IOException {
        Socket socket = connect(node.address());
        byte[] request = ("Service:?" + service).getBytes(StandardCharsets.US_ASCII);
        request[8] = (byte) service.length();
        socket.getOutputStream().write(request);
        assertThat(socket.getInputStream().read()).as("JE's OK").isZero();
    }
}
