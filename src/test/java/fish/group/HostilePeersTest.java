package fish.group;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.sleepycat.je.rep.ReplicatedEnvironment.State;
import fish.contract.HostPort;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Peers that name a service at a node's replication port and then send what no node would. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostilePeersTest {
    private static final Duration LIMIT = Duration.ofSeconds(40);
    private static final int UNKNOWN_OP = 99;
    private static final int ENTRY = 101;
    private static final int REPLICA_VERSION = 1;
    private static final int CLIENT_VERSION = 1001;
    private static final int OK = 0;

    private HostPort address = JeNode.freeAddress();
    private JeNode master;
    private JeNode replica;

    @BeforeAll
    void start(@TempDir Path homes) throws Exception {
        master = JeNode.backEnd("fish", "b0", homes.resolve("b0"), address, address);
        replica = JeNode.backEnd("fish", "b1", homes.resolve("b1"), JeNode.freeAddress(), address);
        eventually(LIMIT, () -> assertThat(master.replicasInTouch()).isEqualTo(1));
    }

    @AfterAll
    void stop() {
        replica.close();
        master.close();
    }

    static Stream<Map.Entry<String, byte[][]>> attacks() {
        Map<String, byte[][]> attacks = new LinkedHashMap<>();
        for (String service : List.of("Feeder", "LogFileFeeder", "BinaryNodeState")) {
            attacks.put(service + " unknown op", new byte[][] {message(UNKNOWN_OP, 0)});
            attacks.put(service + " huge", new byte[][] {message(opening(service), Integer.MAX_VALUE)});
            attacks.put(service + " negative", new byte[][] {message(opening(service), -1)});
            attacks.put(service + " beyond what peers ask", new byte[][] {message(opening(service), 70_000)});
            attacks.put(service + " none", new byte[][] {message(opening(service), 0)});
            attacks.put(service + " short", new byte[][] {message(opening(service), 3, 1, 2, 3)});
            attacks.put(service + " out of turn", new byte[][] {message(1004, 5, 1, 0, 0, 0, 'x')});
        }
        for (String service : List.of("Feeder", "BinaryNodeState")) {
            attacks.put(service + " long name", new byte[][] {message(1, 8, -1, -1, -1, 0x7f, 0, 0, 0, 0)});
        }
        attacks.put("Feeder entry", new byte[][] {message(ENTRY, 4, 1, 1, 1, 1)});
        attacks.put("Feeder heartbeat first", new byte[][] {message(104, 16, new int[16])});
        attacks.put("LogFileFeeder another file", new byte[][] {
            message(CLIENT_VERSION, 8, 3, 0, 0, 0, 7, 0, 0, 0),
            message(1, 0),
            message(3, 0),
            file("../../../../../../etc/passwd"),
        });
        attacks.put("LogFileFeeder file that is not there", new byte[][] {
            message(CLIENT_VERSION, 8, 3, 0, 0, 0, 8, 0, 0, 0), message(1, 0), message(3, 0), file("7abcdef0.jdb"),
        });
        for (String service : List.of("Acceptor", "Learner", "Group", "NodeState")) {
            attacks.put(service + " shutdown", new byte[][] {text("2.0|fish|1|X")});
            attacks.put(service + " no proposal", new byte[][] {text("2.0|fish|1|P|x")});
            attacks.put(service + " an empty proposal", new byte[][] {text("2.0|fish|1|P||")});
            attacks.put(service + " an answer", new byte[][] {text("2.0|fish|1|RE|1"), text("2.0|fish|1|MQR|1")});
            attacks.put(service + " nonsense", new byte[][] {text("|"), text("x|fish|x|P"), text("NaN|fish|1|R|1|2")});
        }
        attacks.put("LDiff", new byte[][] {message(UNKNOWN_OP, 0)});
        return attacks.entrySet().stream();
    }

    private static int opening(String service) {
        return switch (service) {
            case "Feeder" -> REPLICA_VERSION;
            case "LogFileFeeder" -> CLIENT_VERSION;
            default -> 1;
        };
    }

    private static byte[] message(int op, int length, int... body) {
        ByteBuffer bytes = ByteBuffer.allocate(6 + body.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putShort((short) op).putInt(length);
        for (int b : body) {
            bytes.put((byte) b);
        }
        return bytes.array();
    }

    private static byte[] file(String name) {
        byte[] chars = name.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(10 + chars.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort((short) 5)
                .putInt(4 + chars.length)
                .putInt(chars.length)
                .put(chars)
                .array();
    }

    private static byte[] text(String line) {
        return (line + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @MethodSource("attacks")
    void endTheirConnectionAndNothingElse(Map.Entry<String, byte[][]> attack) throws Exception {
        String service = attack.getKey().split(" ", 2)[0];
        List<String> heard = new ArrayList<>();
        for (JeNode node : List.of(master, replica)) {
            try (Socket socket =
                    new Socket(node.address().host(), node.address().port())) {
                socket.setSoTimeout(Math.toIntExact(LIMIT.toMillis()));
                ByteArrayOutputStream all = new ByteArrayOutputStream();
                all.writeBytes(named(service));
                for (byte[] message : attack.getValue()) {
                    all.writeBytes(message);
                }
                // One write: after the first message the connection may have ended.
                socket.getOutputStream().write(all.toByteArray());
                heard.add(new String(untilEnd(socket), StandardCharsets.ISO_8859_1));
            }
        }
        assertThat(heard).noneMatch(answer -> answer.contains("root:"));
        assertThat(List.of(master.isValid(), replica.isValid())).containsOnly(true);
        for (String voting : List.of("Acceptor", "Learner")) {
            // Who asks has a second for it, in which this test may stand still.
            eventually(
                    LIMIT,
                    () -> assertThat(answers(master, voting)).as("master votes").isTrue());
            eventually(LIMIT, () -> assertThat(answers(replica, voting))
                    .as("replica votes")
                    .isTrue());
        }
        assertThat(master.state()).isEqualTo(State.MASTER);
        eventually(LIMIT, () -> assertThat(master.replicasInTouch()).isEqualTo(1));
    }

    @Test
    void cannotSendALineWithoutEnd() throws IOException {
        try (Socket socket = new Socket(address.host(), address.port())) {
            socket.setSoTimeout(Math.toIntExact(LIMIT.toMillis()));
            socket.getOutputStream().write(named("Group"));
            byte[] letters = "x".repeat(1 << 16).getBytes(StandardCharsets.US_ASCII);
            int sent = 0;
            try {
                while (sent < 64 << 20) {
                    socket.getOutputStream().write(letters);
                    sent += letters.length;
                }
            } catch (SocketException closed) {
                assertThat(closed).hasMessageMatching("(?i).*(reset|broken|closed).*");
            }
            assertThat(sent).isLessThan(64 << 20);
        }
        assertThat(master.isValid()).isTrue();
    }

    private static byte[] named(String service) {
        byte[] request = ("Service:?" + service).getBytes(StandardCharsets.US_ASCII);
        request[8] = (byte) service.length();
        return request;
    }

    private static byte[] untilEnd(Socket socket) throws IOException {
        ByteArrayOutputStream heard = new ByteArrayOutputStream();
        try (InputStream in = socket.getInputStream()) {
            int b = in.read();
            while (b >= 0) {
                heard.write(b);
                b = in.read();
            }
        } catch (SocketException reset) {
            heard.writeBytes("reset".getBytes(StandardCharsets.US_ASCII));
        }
        return heard.toByteArray();
    }

    /** Whether a service is still there: an empty request is refused by its answer, or by the end. */
    private static boolean answers(JeNode node, String service) throws IOException {
        try (Socket socket = new Socket(node.address().host(), node.address().port())) {
            socket.setSoTimeout(Math.toIntExact(LIMIT.toMillis()));
            socket.getOutputStream().write(named(service));
            if (socket.getInputStream().read() != OK) {
                return false;
            }
            socket.getOutputStream().write(text("2.0|other|1|P|x"));
            return socket.getInputStream().read() >= 0;
        }
    }
}
