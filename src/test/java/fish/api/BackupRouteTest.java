package fish.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fish.access.Need;
import fish.contract.Code;
import fish.http.Problem;
import fish.http.Route;
import fish.testing.Eventually;
import fish.testing.MemoryService;
import io.undertow.util.Methods;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** How a backup goes over the wire, whatever is in it. */
class BackupRouteTest {
    private static final String PATH = "/made-backup";
    private static final BackupHandler.Pace FAST = new BackupHandler.Pace(Duration.ofMillis(500), 1 << 20);
    private static final BackupHandler.Pace PATIENT = new BackupHandler.Pace(Duration.ofMinutes(10), 1);

    private static ServerFixture serving(BackupHandler.Source source) {
        return serving(source, PATIENT);
    }

    private static ServerFixture serving(BackupHandler.Source source, BackupHandler.Pace pace) {
        BackupHandler handler = new BackupHandler(
                sink -> {
                    Thread thread = new Thread(() -> source.backup(sink), "test-backup");
                    thread.setDaemon(true);
                    thread.start();
                },
                pace);
        return new ServerFixture(
                ServerFixture.CONFIG,
                new MemoryService(System::currentTimeMillis),
                ServerFixture.health(true),
                List.of(Route.read(Methods.GET, PATH, Need.NOTHING, handler::get)));
    }

    private static void write(OutputStream out, int bytes) throws IOException {
        byte[] piece = new byte[1000];
        for (int written = 0; written < bytes; written += piece.length) {
            out.write(piece);
        }
    }

    /** One that does not end by itself, and says why it did. */
    private static BackupHandler.Source endless(CompletableFuture<String> ended, BackupHandler.Bounds bounds) {
        return sink -> {
            try {
                write(sink.begin(77, Integer.MAX_VALUE, bounds), Integer.MAX_VALUE - 2000);
                ended.complete("all");
            } catch (IOException e) {
                ended.complete(String.valueOf(e.getMessage()));
                sink.failed(new Problem(Code.INTERNAL, e.toString()));
            }
        };
    }

    /** A client that takes a byte of it, and no more by itself. */
    private static Socket begun(ServerFixture fish) throws IOException {
        Socket socket = fish.connect();
        socket.getOutputStream()
                .write(("GET " + PATH + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        assertThat(socket.getInputStream().read()).isEqualTo('H');
        return socket;
    }

    @Test
    void allOfItArrivesAndTheConnectionServesOn() throws Exception {
        BackupHandler.Source source = sink -> {
            try {
                write(sink.begin(77, 3_000_000, () -> {}), 3_000_000);
                sink.done();
            } catch (IOException e) {
                sink.failed(new Problem(Code.INTERNAL, e.toString()));
            }
        };
        try (ServerFixture fish = serving(source)) {
            for (int i = 0; i < 3; i++) {
                HttpResponse<String> answer = fish.get(PATH);
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.body()).hasSize(3_000_000);
                assertThat(answer.headers().firstValue("Fish-Revision")).hasValue("77");
                assertThat(answer.headers().firstValue("Fish-Backup-Bytes")).hasValue("3000000");
                assertThat(answer.headers().firstValue("Content-Length")).isEmpty();
            }
            HttpResponse<String> head = fish.send("HEAD", PATH, "");
            assertThat(head.statusCode()).isEqualTo(200);
            assertThat(head.headers().firstValue("Content-Type")).hasValue("application/x-tar");
            assertThat(fish.get(PATH + "?nonsense=1").statusCode()).isEqualTo(400);
        }
    }

    @Test
    void whatFailsBeforeItBeginsIsAProblemAndAfterwardsIsCut() throws Exception {
        try (ServerFixture fish = serving(sink -> sink.failed(new Problem(Code.OVERLOADED, "one at a time")))) {
            HttpResponse<String> refused = fish.get(PATH);
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();
        }
        BackupHandler.Source breaking = sink -> {
            try {
                write(sink.begin(77, 3_000_000, () -> {}), 1_000_000);
            } catch (IOException e) {
                // The client waits for it, so there is none.
            }
            sink.failed(new Problem(Code.INTERNAL, "no more"));
        };
        try (ServerFixture fish = serving(breaking)) {
            assertThatThrownBy(() -> fish.get(PATH)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aClientThatTakesTooLittleIsGivenUp() throws Exception {
        CompletableFuture<String> ended = new CompletableFuture<>();
        try (ServerFixture fish = serving(endless(ended, () -> {}), FAST);
                Socket slow = begun(fish)) {
            assertThat(slow.isConnected()).isTrue();
            assertThat(ended.get(60, TimeUnit.SECONDS)).contains("too slow");
        }
    }

    /** The pace leaves it half a second; a file of a backup is longer than what is asked here in between. */
    @Test
    void whatEndsABackupEndsItWhileItsClientTakesNothing() throws Exception {
        CompletableFuture<String> ended = new CompletableFuture<>();
        AtomicBoolean over = new AtomicBoolean();
        BackupHandler.Bounds bounds = () -> {
            if (over.get()) {
                throw new IOException("the disk fills");
            }
        };
        try (ServerFixture fish = serving(endless(ended, bounds));
                Socket slow = begun(fish)) {
            over.set(true);
            assertThat(ended.get(60, TimeUnit.SECONDS)).isEqualTo("the disk fills");
            assertThat(new String(slow.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
                    .as("without the end of a whole answer")
                    .doesNotEndWith("0\r\n\r\n");
        }
    }

    @Test
    void aClientIsNotTooSlowWhereTheBackupIs() throws Exception {
        BackupHandler.Pace pace = new BackupHandler.Pace(Duration.ofSeconds(4), 1 << 20);
        BackupHandler.Source source = sink -> {
            try {
                OutputStream out = sink.begin(77, 3_000_000, () -> {});
                write(out, 1_000_000);
                Eventually.pause(pace.window().plusSeconds(1));
                write(out, 2_000_000);
                sink.done();
            } catch (IOException e) {
                sink.failed(new Problem(Code.INTERNAL, e.toString()));
            }
        };
        try (ServerFixture fish = serving(source, pace)) {
            assertThat(fish.get(PATH).body()).hasSize(3_000_000);
        }
    }

    @Test
    void aClientThatGoesEndsIt() throws Exception {
        CompletableFuture<String> ended = new CompletableFuture<>();
        try (ServerFixture fish = serving(endless(ended, () -> {}))) {
            begun(fish).close();
            assertThat(ended.get(60, TimeUnit.SECONDS)).contains("gone");
        }
    }
}
