package fish.link;

import static fish.link.TestFrontEnd.SOON;
import static fish.link.TestFrontEnd.now;
import static fish.link.TestFrontEnd.put;
import static fish.link.TestFrontEnd.send;
import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import fish.kv.Outcome;
import fish.kv.ReadOutcome;
import fish.kv.Reason;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ClientFaultsTest {
    private static final long SEED = 20_260_102L;
    private static final int LARGE = 8 << 20;

    private TestFrontEnd front;

    @BeforeEach
    void start() throws Exception {
        // Which pings nobody: the first byte that a server reads is one of a request.
        front = new TestFrontEnd(
                TestFrontEnd.limits(LinkLimits.CONNECTIONS_MAX, Duration.ofMinutes(1), Duration.ofMinutes(5)));
    }

    @AfterEach
    void stop() {
        front.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4, 13, 60, 150})
    void aWriteThatWasGivenToTheSocketMayHaveHappened(int bytesRead) throws Exception {
        try (ScriptedServer server = new ScriptedServer((in, socket) -> {
                    ScriptedServer.accept(socket);
                    in.readNBytes(bytesRead + 1);
                })
                .start()) {
            var ending = send(front.connect(server.uri()), put(1, 200));
            assertThat(now(ending)).isEqualTo("lost true");
        }
    }

    @Test
    void aWriteThatNeverReachedTheSocketHasNotHappened() throws Exception {
        CountDownLatch sent = new CountDownLatch(1);
        try (ScriptedServer server = new ScriptedServer((in, socket) -> {
                    ScriptedServer.accept(socket);
                    in.read();
                    sent.await(SOON.toSeconds(), TimeUnit.SECONDS);
                })
                .start()) {
            LinkClient client = front.connect(server.uri());
            List<CompletableFuture<String>> endings = new ArrayList<>();
            for (int i = 0; i < 7; i++) {
                endings.add(send(client, put(i, LARGE)));
            }
            assertThat(send(client, put(7, LARGE))).isCompletedWithValue("refused OVERLOADED");
            sent.countDown();
            List<String> ends = new ArrayList<>();
            for (CompletableFuture<String> ending : endings) {
                ends.add(now(ending));
            }
            assertThat(ends.get(0)).isEqualTo("lost true");
            assertThat(ends.get(6)).isEqualTo("lost false");
            assertThat(ends.lastIndexOf("lost true")).isLessThan(ends.indexOf("lost false"));
        }
    }

    @Test
    void anAnswerBeforeTheEndCounts() throws Exception {
        try (ScriptedServer server = new ScriptedServer((in, socket) -> {
                    ScriptedServer.accept(socket);
                    DataInputStream frames = new DataInputStream(in);
                    frames.skipNBytes(frames.readInt());
                    Outcome outcome = Outcome.refused(Reason.NOT_MASTER, "another is");
                    ScriptedServer.write(socket, MessagesTest.bytes(AnswerCodec.frame(outcome, 1)));
                    frames.read();
                })
                .start()) {
            LinkClient client = front.connect(server.uri());
            var first = send(client, put(1, 1));
            var second = send(client, put(2, 1));
            assertThat(now(first)).isEqualTo("refused NOT_MASTER");
            assertThat(now(second)).isEqualTo("lost true");
        }
    }

    @Test
    void garbageEndsTheConnection() throws Exception {
        Random random = new Random(SEED);
        for (int i = 0; i < 20; i++) {
            byte[] garbage = new byte[1 + random.nextInt(1000)];
            random.nextBytes(garbage);
            garbage[0] = (byte) (1 + random.nextInt(255));
            assertThat(endAfter(garbage)).contains("MalformedMessageException");
        }
    }

    @Test
    void anAnswerThatNobodyWaitsForEndsTheConnection() throws Exception {
        Outcome outcome = Outcome.unknown(Reason.UNKNOWN_OUTCOME, "x");
        assertThat(endAfter(MessagesTest.bytes(AnswerCodec.frame(outcome, 99)))).contains("no request waits");
    }

    @Test
    void anAnswerOfTheWrongKindEndsTheConnection() throws Exception {
        var failed = ReadOutcome.failed(Reason.LAGGING, "x");
        assertThat(endAfter(MessagesTest.bytes(AnswerCodec.frame(failed, 1)))).contains("no request waits");
    }

    @Test
    void aSilentServerIsGivenUp() throws Exception {
        CountDownLatch sent = new CountDownLatch(1);
        try (TestFrontEnd brisk = new TestFrontEnd(LinkTest.brisk());
                ScriptedServer server = new ScriptedServer((in, socket) -> {
                            ScriptedServer.accept(socket);
                            keepPinging(socket, sent);
                            drain(in);
                        })
                        .start()) {
            var ending = send(brisk.connect(server.uri()), put(1, 1));
            sent.countDown();
            assertThat(now(ending)).isEqualTo("lost true");
            eventually(
                    SOON, () -> assertThat(brisk.endings()).containsExactly("nothing came from the peer for 4000 ms"));
        }
    }

    @Test
    void aServerThatTakesNothingIsGivenUpThoughItSpeaks() throws Exception {
        try (TestFrontEnd brisk = new TestFrontEnd(LinkTest.brisk());
                ScriptedServer server = new ScriptedServer((in, socket) -> {
                            ScriptedServer.accept(socket);
                            keepPinging(socket, new CountDownLatch(1));
                        })
                        .start()) {
            LinkClient client = brisk.connect(server.uri());
            List<CompletableFuture<String>> endings = new ArrayList<>();
            for (int i = 0; i < 7; i++) {
                endings.add(send(client, put(i, LARGE)));
            }
            assertThat(now(endings.get(0))).isEqualTo("lost true");
            assertThat(now(endings.get(6))).isEqualTo("lost false");
            eventually(SOON, () -> assertThat(brisk.endings()).containsExactly("the peer took nothing for 4000 ms"));
        }
    }

    @Test
    void whatComesWithTheUpgradeIsRead() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        byte[] accept = ScriptedServer.ACCEPT.getBytes(StandardCharsets.US_ASCII);
        byte[] wrong = MessagesTest.bytes(new MessageWriter().frame(FrameKind.WRITE, 1));
        byte[] both = new byte[accept.length + wrong.length];
        System.arraycopy(accept, 0, both, 0, accept.length);
        System.arraycopy(wrong, 0, both, accept.length, wrong.length);
        try (ScriptedServer server = new ScriptedServer((in, socket) -> {
                    ScriptedServer.write(socket, both);
                    done.await(SOON.toSeconds(), TimeUnit.SECONDS);
                })
                .start()) {
            front.connect(server.uri());
            eventually(SOON, () -> assertThat(front.endings()).hasSize(1));
            assertThat(front.endings().get(0)).contains("no request waits for WRITE");
            done.countDown();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: smoke/1\r\nConnection: Upgrade\r\n\r\n",
                "HTTP/1.1 503 Service Unavailable\r\n\r\n",
                "\r\n\r\nhello",
                ""
            })
    void anotherAnswerThanTheUpgradeFails(String answer) throws Exception {
        try (ScriptedServer server = new ScriptedServer(
                        (in, socket) -> ScriptedServer.write(socket, answer.getBytes(StandardCharsets.US_ASCII)))
                .start()) {
            assertThat(front.connecting(server.uri(), Duration.ofSeconds(2)))
                    .failsWithin(SOON)
                    .withThrowableOfType(ExecutionException.class)
                    .withCauseInstanceOf(IOException.class);
            assertThat(front.endings()).isEmpty();
        }
    }

    @Test
    void noAnswerToTheUpgradeFailsInTime() throws Exception {
        try (ScriptedServer server = new ScriptedServer((in, socket) -> in.read()).start()) {
            assertThat(front.connecting(server.uri(), Duration.ofMillis(100)))
                    .failsWithin(SOON)
                    .withThrowableOfType(ExecutionException.class)
                    .withMessageContaining("within PT0.1S");
        }
    }

    @Test
    void nobodyThereFails() {
        assertThat(front.connecting(URI.create("http://localhost:1"), SOON)).failsWithin(SOON);
        assertThat(front.connecting(URI.create("https://localhost:1"), SOON)).failsWithin(SOON);
    }

    /** Sends one write, lets the server answer these bytes, and tells why the connection ended. */
    private String endAfter(byte[] answer) throws Exception {
        int before = front.endings().size();
        try (ScriptedServer server = new ScriptedServer((in, socket) -> {
                    ScriptedServer.accept(socket);
                    in.read();
                    ScriptedServer.write(socket, answer);
                    drain(in);
                })
                .start()) {
            var ending = send(front.connect(server.uri()), put(1, 1));
            assertThat(now(ending)).isEqualTo("lost true");
            eventually(SOON, () -> assertThat(front.endings()).hasSize(before + 1));
            return front.endings().get(before);
        }
    }

    private static void drain(InputStream in) throws Exception {
        in.transferTo(OutputStream.nullOutputStream());
    }

    /** Until then, or the end of the connection. */
    private static void keepPinging(Socket socket, CountDownLatch until) throws Exception {
        do {
            ScriptedServer.write(socket, MessagesTest.bytes(new MessageWriter().frame(FrameKind.PING, 0)));
        } while (!until.await(50, TimeUnit.MILLISECONDS));
    }
}
