package fish.group.probe;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fish.contract.HostPort;
import fish.group.JeNode;
import fish.group.probe.GroupProbe.Kind;
import fish.group.probe.GroupProbe.Result;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.SocketFactory;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Buddies that are not what a newcomer hopes for. */
@Timeout(120)
class GroupProbeTroubleTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration BRIEFLY = Duration.ofSeconds(1);
    private static final long SEED = 20_260_101;

    private final GroupProbe probe = new GroupProbe(SocketFactory.getDefault());

    @Test
    void nobodyListens() throws Exception {
        HostPort nobody = JeNode.freeAddress();

        Result found = probe.probe(Set.of(nobody), "fish", LIMIT);

        assertThat(found.kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(found.reasons().get(nobody)).startsWith("nothing listens there");
    }

    @Test
    void theHostIsUnknown() throws Exception {
        HostPort nowhere = new HostPort("no-such-host.invalid", 9000);

        Result found = probe.probe(Set.of(nowhere), "fish", LIMIT);

        assertThat(found.kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(found.reasons().get(nowhere)).contains("no-such-host.invalid");
    }

    @Test
    void aBuddyAcceptsAndNeverAnswers() throws Exception {
        long began = System.nanoTime();
        try (Buddy silent = new Buddy(socket -> {})) {
            Result found = probe.probe(Set.of(silent.address()), "fish", BRIEFLY);

            assertThat(found.kind()).isEqualTo(Kind.UNREACHABLE);
            assertThat(found.reasons().get(silent.address()))
                    .startsWith("does not answer in time though it listens: is that its --address");
        }
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(LIMIT);
        eventually(LIMIT, () -> assertThat(threads()).isZero());
    }

    @Test
    void aBuddySendsRandomBytes() throws Exception {
        System.out.println("seed " + SEED);
        Random random = new Random(SEED);
        for (int i = 0; i < 50; i++) {
            byte[] noise = new byte[random.nextInt(2000)];
            random.nextBytes(noise);
            assertThat(kindAfter(noise)).isIn(Kind.NOT_A_NODE, Kind.UNREACHABLE);
        }
    }

    @Test
    void aBuddySpeaksHttpOrSaysLittle() throws Exception {
        assertThat(kindAfter("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII)))
                .isEqualTo(Kind.NOT_A_NODE);
        assertThat(kindAfter(new byte[0])).isEqualTo(Kind.NOT_A_NODE);
        assertThat(kindAfter("\0hello\n".getBytes(StandardCharsets.US_ASCII))).isEqualTo(Kind.NOT_A_NODE);
        assertThat(kindAfter(("\0" + "1.0|fish|1|WHAT\n").getBytes(StandardCharsets.US_ASCII)))
                .isEqualTo(Kind.NOT_A_NODE);
    }

    @Test
    void aBuddyThatSpeaksTlsOrMaySaysWhatTheHomeLacks() throws Exception {
        byte[] alert = {21, 3, 3, 0, 2, 2, 80};
        assertThat(reasonAfter(alert)).contains("speaks TLS, and this node does not", "--force --tls");
        assertThat(reasonAfter(new byte[0])).contains("without TLS", "If its group uses TLS", "--force --tls");
    }

    @Test
    void aBuddyWithoutTlsIsToldFromOneThatIsGone() throws Exception {
        try (Buddy plain = new Buddy(socket -> {
            socket.getOutputStream().write("\0hello\n".getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
        })) {
            Result found = new GroupProbe(SSLSocketFactory.getDefault()).probe(Set.of(plain.address()), "fish", LIMIT);

            assertThat(found.kind()).isEqualTo(Kind.UNREACHABLE);
            assertThat(found.reasons().get(plain.address())).startsWith("no TLS with it: it speaks without");
        }
    }

    @Test
    void aBuddyDescribesItsGroupInNonsense() throws Exception {
        byte[] state = ("\0" + "1.0|fish|1|STATERESP|b0|b0|1|MASTER\n").getBytes(StandardCharsets.US_ASCII);
        byte[] group = ("\0" + "4|fish|1|GRESP|zz0|00|\n").getBytes(StandardCharsets.US_ASCII);
        int[] calls = {0};
        try (Buddy buddy = new Buddy(socket -> {
            socket.getOutputStream().write(calls[0]++ == 0 ? state : group);
            socket.shutdownOutput();
        })) {
            assertThat(probe.probe(Set.of(buddy.address()), "fish", LIMIT).kind())
                    .isEqualTo(Kind.NOT_A_NODE);
        }
    }

    @Test
    void aBuddyThatLooksForItsGroupItselfIsOfNoUseYet() throws Exception {
        byte[] state = ("\0" + "1.0|fish|1|STATERESP|b1|null|0|UNKNOWN\n").getBytes(StandardCharsets.US_ASCII);
        byte[] none = ("\0" + "4|fish|1|FAIL|DEFAULT|no group info yet\n").getBytes(StandardCharsets.US_ASCII);
        int[] calls = {0};
        try (Buddy buddy = new Buddy(socket -> socket.getOutputStream().write(calls[0]++ == 0 ? state : none))) {
            Result found = probe.probe(Set.of(buddy.address()), "fish", LIMIT);

            assertThat(found.kind()).isEqualTo(Kind.UNREACHABLE);
            assertThat(found.reasons()).containsEntry(buddy.address(), "is itself still looking for its group");
        }
    }

    @Test
    void noBuddyOrTooMany() {
        assertThatThrownBy(() -> probe.probe(Set.of(), "fish", LIMIT)).isInstanceOf(IllegalArgumentException.class);
    }

    private Kind kindAfter(byte[] answer) throws Exception {
        return foundAfter(answer).kind();
    }

    private String reasonAfter(byte[] answer) throws Exception {
        return String.join("", foundAfter(answer).reasons().values());
    }

    private Result foundAfter(byte[] answer) throws Exception {
        try (Buddy buddy = new Buddy(socket -> {
            socket.getOutputStream().write(answer);
            socket.shutdownOutput();
        })) {
            return probe.probe(Set.of(buddy.address()), "fish", LIMIT);
        }
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("fish-group-probe"))
                .count();
    }

    private interface Behaviour {
        void answer(Socket socket) throws IOException;
    }

    /** Accepts one connection after the other, behaves, and keeps them open to the end. */
    private static final class Buddy implements AutoCloseable {
        private final ServerSocket server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        private final Behaviour behaviour;
        private final List<Socket> accepted = new CopyOnWriteArrayList<>();

        Buddy(Behaviour behaviour) throws IOException {
            this.behaviour = behaviour;
            Thread thread = new Thread(this::run, "test-buddy");
            thread.setDaemon(true);
            thread.start();
        }

        HostPort address() {
            return new HostPort("localhost", server.getLocalPort());
        }

        private void run() {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    accepted.add(socket);
                    behaviour.answer(socket);
                } catch (IOException e) {
                    // The probe has hung up, or the test is over.
                }
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
            for (Socket socket : accepted) {
                socket.close();
            }
        }
    }
}
