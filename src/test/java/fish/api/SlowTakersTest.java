package fish.api;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import fish.access.Need;
import fish.budget.ByteBudget;
import fish.contract.Code;
import fish.http.Call;
import fish.http.HttpConfig;
import fish.http.Problem;
import fish.http.Route;
import fish.testing.MemoryService;
import fish.testing.Standard;
import io.undertow.util.Methods;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whoever asks for a large answer and does not take it keeps its room only as long as nobody else wants it. */
@Timeout(90)
class SlowTakersTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    /** An answer may be taken for a minute; a request waits for ten seconds. */
    private static final HttpConfig.Times TIMES = new HttpConfig.Times(
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            Duration.ofSeconds(60),
            Duration.ofSeconds(2));

    private static final int LARGE_BYTES = 8 << 20;
    private static final int BUFFER_BYTES = 4096;

    private final List<Socket> sockets = new ArrayList<>();
    private final ByteBudget answers = new ByteBudget(16 << 20);
    private ServerFixture fish;

    @BeforeEach
    void serve() {
        fish = new ServerFixture(
                Standard.http(new HttpConfig.Bounds(1 << 20, 64 << 20, 1000, 1000), TIMES),
                new MemoryService(System::currentTimeMillis),
                ServerFixture.health(true),
                List.of(Route.read(Methods.GET, "/large", Need.NOTHING, SlowTakersTest::answer)),
                List.of(),
                answers);
    }

    private static void answer(Call call) {
        Runnable send = () -> call.sendHeld(200, new byte[LARGE_BYTES]);
        call.await(
                System.nanoTime() + TIMES.request().toNanos(),
                LARGE_BYTES,
                () -> new Problem(Code.OVERLOADED, "late"),
                () -> call.answer(send));
    }

    @AfterEach
    void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        fish.close();
    }

    /** One that has sent its request, and takes nothing by itself. */
    private Socket asking() throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(BUFFER_BYTES);
        socket.setSoTimeout((int) SOON.toMillis());
        socket.connect(fish.server.address());
        sockets.add(socket);
        socket.getOutputStream()
                .write("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    @Test
    void someWhoTakeNothingDoNotKeepAnotherOut() throws Exception {
        for (int i = 0; i < 4; i++) {
            asking();
        }
        eventually(SOON, () -> assertThat(answers.used()).isGreaterThanOrEqualTo(LARGE_BYTES));
        HttpResponse<String> other = fish.get("/large");
        assertThat(other.statusCode()).isEqualTo(200);
        assertThat(other.body()).hasSize(LARGE_BYTES);
    }

    @Test
    void whoIsSlowHasTimeAsLongAsNobodyWaits() throws Exception {
        Socket slow = asking();
        eventually(SOON, () -> assertThat(answers.used()).isGreaterThanOrEqualTo(LARGE_BYTES));
        long began = System.nanoTime();
        eventually(SOON, () -> assertThat(System.nanoTime() - began).isGreaterThan(1_500_000_000L));
        assertThat(answers.used()).isGreaterThanOrEqualTo(LARGE_BYTES);
        slow.shutdownOutput();
        assertThat(ServerFixture.readAll(slow)).startsWith("HTTP/1.1 200").hasSizeGreaterThan(LARGE_BYTES);
        eventually(SOON, () -> assertThat(answers.used()).isZero());
    }
}
