package fish.api;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import fish.testing.MemoryService;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever begins a body and does not go on keeps its room only as long as nobody else wants it. */
@Timeout(180)
class SlowBodiesTest {
    private static final Duration SOON = Duration.ofSeconds(40);
    private static final Duration BODY_MAX = Duration.ofSeconds(30);
    private static final int MANY = 400;

    private final List<Socket> sockets = new ArrayList<>();
    private ServerFixture fish = serving(64 << 20, BODY_MAX);

    private static ServerFixture serving(long bytesInFlight, Duration bodyMax) {
        return new ServerFixture(
                ServerFixture.config(1 << 20, bytesInFlight, 2000, bodyMax),
                new MemoryService(System::currentTimeMillis),
                ServerFixture.health(true),
                List.of());
    }

    @AfterEach
    void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        fish.close();
    }

    private static byte[] put(String header, int bytes) {
        String head = "PUT /kv/a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + header + "\r\n\r\n";
        return (head + "x".repeat(bytes)).getBytes(StandardCharsets.US_ASCII);
    }

    private Socket begun(String header, int bytes) throws IOException {
        Socket socket = fish.connect();
        sockets.add(socket);
        socket.getOutputStream().write(put(header, bytes));
        return socket;
    }

    private void assertNothingHeld() {
        eventually(SOON, () -> {
            assertThat(fish.server.requestsInFlight()).isZero();
            assertThat(fish.server.bytesInFlight()).isZero();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.0.0.2"})
    void manyThatStallDoNotKeepAnotherOut(String address) throws Exception {
        for (int i = 0; i < MANY; i++) {
            begun("Content-Length: 1000000", 150_000);
        }
        eventually(SOON, () -> assertThat(fish.server.bytesInFlight()).isGreaterThan(40 << 20));
        try (Socket other = new Socket()) {
            other.setSoTimeout((int) SOON.toMillis());
            other.bind(new InetSocketAddress(address, 0));
            other.connect(fish.server.address());
            other.getOutputStream().write(put("Content-Length: 500000", 500_000));
            assertThat(ServerFixture.readAll(other)).startsWith("HTTP/1.1 201");
        }
        // Another address has its turn at once, another connection of the same one only after those before it.
        if (!address.equals("127.0.0.1")) {
            assertThat(fish.server.requestsInFlight()).as("still under way").isPositive();
        }
        assertThat(ServerFixture.readAll(sockets.get(0)))
                .startsWith("HTTP/1.1 408")
                .contains("request-timeout", "others wait for its room", "not-applied");
    }

    @Test
    void whoIsSlowHasTimeAsLongAsNobodyWaits() throws Exception {
        Socket slow = begun("Content-Length: 200000", 100_000);
        long began = System.nanoTime();
        eventually(SOON, () -> assertThat(System.nanoTime() - began).isGreaterThan(1_500_000_000L));
        slow.getOutputStream().write("x".repeat(100_000).getBytes(StandardCharsets.US_ASCII));
        assertThat(ServerFixture.readAll(slow)).startsWith("HTTP/1.1 201");
        assertNothingHeld();
    }

    /** They hold what a small body has until there is room for more, which comes from nobody while all do so. */
    @Test
    void ofBodiesOfUnknownLengthOnlySomeWaitForRoom() throws Exception {
        fish.close();
        fish = serving(2 << 20, Duration.ofSeconds(5));
        begun("Content-Length: 1000000", 150_000);
        eventually(SOON, () -> assertThat(fish.server.bytesInFlight()).isGreaterThan(900_000));
        String chunk = Integer.toHexString(300_000);
        List<Socket> chunked = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Socket socket = begun("Transfer-Encoding: chunked", 0);
            socket.getOutputStream().write((chunk + "\r\n" + "x".repeat(100_000)).getBytes(StandardCharsets.US_ASCII));
            chunked.add(socket);
        }
        long began = System.nanoTime();
        List<String> answers = new ArrayList<>();
        for (Socket socket : chunked) {
            answers.add(ServerFixture.readAll(socket));
        }
        assertThat(answers).anyMatch(answer -> answer.startsWith("HTTP/1.1 429"));
        // By then who waits in vain would be told, too.
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(ServerFixture.REQUEST);
        assertThat(answers).allMatch(answer -> answer.startsWith("HTTP/1.1 4"));
        assertNothingHeld();
    }
}
