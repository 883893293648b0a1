package fish.api;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import fish.kv.Condition;
import fish.kv.Key;
import fish.kv.Operation;
import fish.kv.Outcome;
import fish.kv.Read;
import fish.kv.ReadOutcome;
import fish.kv.Service;
import fish.kv.Txn;
import fish.kv.Write;
import fish.testing.MemoryService;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Heads come before anybody knows who sends them: what they take of the heap is bounded, whole or not, and given back. */
class LargeHeadsTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int KIB = 1024;
    /** A quarter of what there is for requests. */
    private static final long ROOM = 256 * KIB;

    private static final String BEGINNING = "GET /kv/a HTTP/1.1\r\nHost: localhost\r\n";

    /** Holds reads until it is told to go on. */
    private static final class Held implements Service {
        final MemoryService memory = new MemoryService(System::currentTimeMillis);
        final Queue<Runnable> held = new ConcurrentLinkedQueue<>();

        @Override
        public void write(Write write, Consumer<? super Outcome> answer) {
            memory.write(write, answer);
        }

        @Override
        public void read(Read read, Consumer<? super ReadOutcome> answer) {
            held.add(() -> memory.read(read, answer));
        }
    }

    private final Held service = new Held();
    private final ServerFixture fish = new ServerFixture(
            ServerFixture.config(KIB * KIB, KIB * KIB, 1000, Duration.ofSeconds(5)),
            service,
            ServerFixture.health(true),
            List.of());
    private final List<Socket> sockets = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        fish.close();
    }

    private Socket send(String bytes) throws IOException {
        Socket socket = fish.connect();
        sockets.add(socket);
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static String field(int bytes) {
        return "X-Much: " + "a".repeat(bytes) + "\r\n";
    }

    private void assertTaken(long atLeast, long atMost) throws InterruptedException {
        eventually(SOON, () -> assertThat(fish.server.bytesInFlight()).isBetween(atLeast, atMost));
    }

    private void assertNothingTaken() throws InterruptedException {
        eventually(SOON, () -> assertThat(fish.server.bytesInFlight()).isZero());
    }

    @Test
    void thoseThatDoNotEndTakeNoMoreThanTheirPart() throws Exception {
        for (int i = 0; i < 40; i++) {
            try {
                send(BEGINNING + field(12 * KIB));
            } catch (IOException e) {
                assertThat(i).as("it was cut off").isGreaterThan(10);
            }
        }
        assertTaken(ROOM / 2, ROOM);
        eventually(SOON, () -> assertThat(refused()).isPositive());
        assertThat(fish.get("/health/live").statusCode()).isEqualTo(200);
        assertThat(fish.put("/kv/a", "x").statusCode()).isEqualTo(201);
        for (Socket socket : sockets) {
            socket.close();
        }
        assertNothingTaken();
    }

    @Test
    void oneThatStandsStillGivesWayToThoseThatCome() throws Exception {
        try (ServerFixture patient = new ServerFixture(
                ServerFixture.config(KIB * KIB, KIB * KIB, 1000, Duration.ofMinutes(5)),
                service,
                ServerFixture.health(true),
                List.of())) {
            Socket still = patient.connect();
            sockets.add(still);
            // 50 KiB that take all of the room, by their commas.
            String commas = "X-Much: " + ",".repeat(1_600);
            still.getOutputStream().write((BEGINNING + commas).getBytes(StandardCharsets.US_ASCII));
            eventually(SOON, () -> assertThat(patient.server.bytesInFlight()).isGreaterThan(240 * KIB));
            eventually(SOON, () -> {
                try (Socket large = patient.connect()) {
                    String head = "GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
                    large.getOutputStream()
                            .write((head + field(20 * KIB) + "\r\n").getBytes(StandardCharsets.US_ASCII));
                    assertThat(ServerFixture.readAll(large)).startsWith("HTTP/1.1 200 ");
                }
            });
            assertThat(ServerFixture.readAll(still)).startsWith("HTTP/1.1 408 ");
        }
    }

    /**
     * How many of the last are. One may have had the room of another that was refused, and an answer can be lost with its
     * connection; of those that are not refused nothing is heard here.
     */
    private int refused() throws IOException {
        int refused = 0;
        for (Socket socket : sockets.subList(25, sockets.size())) {
            if (socket.getInputStream().available() > 0) {
                assertThat(ServerFixture.readAll(socket))
                        .startsWith("HTTP/1.1 429 ")
                        .contains("overloaded", "Retry-After: 1");
                refused++;
            }
        }
        return refused;
    }

    @Test
    void whatManySmallPartsTakeIsCounted() throws Exception {
        String parameters = IntStream.range(0, 1000).mapToObj(i -> "p" + i).collect(Collectors.joining("&"));
        send("GET /kv/a?" + parameters + " HTTP/1.1\r\nHost: localhost\r\n");
        assertTaken(100 * KIB, ROOM);
    }

    @Test
    void itsRoomIsGivenBackWithTheAnswer() throws Exception {
        Socket socket = send("");
        for (int i = 0; i < 40; i++) {
            socket.getOutputStream().write((BEGINNING + field(20 * KIB) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            assertTaken(20 * KIB, 64 * KIB);
            eventually(SOON, () -> assertThat(service.held).hasSize(1));
            service.held.remove().run();
            assertThat(ServerFixture.readUntil(socket, "}")).startsWith("HTTP/1.1 404 ");
            assertNothingTaken();
        }
    }

    @Test
    void whatFollowsInOneBreathIsCountedToo() throws Exception {
        Socket socket = send(BEGINNING + "\r\n" + BEGINNING + field(8 * KIB));
        eventually(SOON, () -> assertThat(service.held).hasSize(1));
        service.held.remove().run();
        assertThat(ServerFixture.readUntil(socket, "}")).startsWith("HTTP/1.1 404 ");
        assertTaken(8 * KIB, 16 * KIB);
        socket.close();
        assertNothingTaken();
    }

    @Test
    void theRevisionsOfAConditionAreCounted() {
        Set<Long> revisions = LongStream.range(0, 1000).boxed().collect(Collectors.toSet());
        Operation.Delete delete = new Operation.Delete(Key.of("a"));
        Txn many =
                new Txn(List.of(new Condition.RevisionIn(delete.key(), revisions, true)), List.of(delete), List.of());
        assertThat(many.heapBytes()).isGreaterThan(1000 * Long.BYTES);
    }
}
