package fish.tool;

import static org.assertj.core.api.Assertions.assertThat;

import fish.client.ClientConfig;
import fish.client.FishClient;
import fish.client.Values;
import fish.http.HttpServer;
import fish.kv.Key;
import fish.kv.Outcome;
import fish.kv.Reason;
import fish.kv.Write;
import fish.testing.Eventually;
import fish.testing.MemoryService;
import fish.testing.Standard;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A command under a lock that its group does not renew. */
@Timeout(180)
class LockHolderTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    private final List<String> told = new CopyOnWriteArrayList<>();
    private final RefusingService service = new RefusingService();
    private final HttpServer server = new HttpServer(Standard.http(), Standard.routes(service));
    private final Uptime uptime = Uptime.ofSystem();
    private FishClient client;

    /** Refuses writes while it should. */
    private static final class RefusingService extends MemoryService {
        private volatile BooleanSupplier refuses = () -> false;

        RefusingService() {
            super(System::currentTimeMillis);
        }

        @Override
        public void write(Write write, Consumer<? super Outcome> answer) {
            if (refuses.getAsBoolean()) {
                answer.accept(Outcome.refused(Reason.NO_QUORUM, "too few"));
            } else {
                super.write(write, answer);
            }
        }
    }

    @BeforeEach
    void start() {
        server.start();
        client = FishClient.open(
                ClientConfig.of("http://127.0.0.1:" + server.address().getPort()));
    }

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    /** Gets the lock, and runs a command under it that the group then fails, as the service says. */
    private int run(Duration ttl, BooleanSupplier refuses, String script) throws Exception {
        LockTimes times = LockTimes.of(ttl);
        LockRecord lock = new LockRecord(client, Key.of("lock"), Values.text("ours"), times, uptime);
        assertThat(lock.tryToGet(Duration.ofSeconds(10))).isTrue();
        service.refuses = refuses;
        return new LockHolder(lock, times, uptime, told::add)
                .run(List.of("sh", "-c", script, "" + directory), ProcessBuilder.Redirect.INHERIT);
    }

    @Test
    void aRenewalThatFailsIsToldBeforeTheCommandIsStopped() throws Exception {
        String untilTold = "trap 'exit 3' TERM; while :; do sleep 0.05; done";
        assertThat(run(Duration.ofSeconds(12), () -> true, untilTold)).isEqualTo(LockHolder.LOST);
        assertThat(told).hasSize(2);
        assertThat(told.get(0)).contains("could not be renewed, which is tried again");
        assertThat(told.get(1)).contains("could not be renewed in time: the command is stopped");
    }

    @Test
    void oneThatGoesWellAgainIsToldAndNothingIsStopped() throws Exception {
        Thread end = new Thread(() -> {
            Eventually.eventually(SOON, () -> assertThat(told).hasSize(2));
            try {
                Files.createFile(directory.resolve("end"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        end.start();
        String untilTheEnd = "until [ -e $0/end ]; do sleep 0.05; done; exit 5";
        assertThat(run(Duration.ofSeconds(12), told::isEmpty, untilTheEnd)).isEqualTo(5);
        end.join();
        assertThat(told.get(0)).contains("could not be renewed, which is tried again");
        assertThat(told.get(1)).contains("renewed again");
    }
}
