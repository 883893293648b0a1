package fish.front;

import static org.assertj.core.api.Assertions.assertThat;

import fish.testing.HttpAnswer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Large answers through a front-end: all of them come, the link stays, and nobody's small request waits. */
class ManyBytesTest {
    private static final int MB = 1_000_000;

    /** Clients and nodes share one JVM and its cores here. */
    private static final Duration SMALL_MAX = Duration.ofSeconds(4);

    @TempDir
    static Path directory;

    private static GroupInJvm group;
    private static final ExecutorService CLIENTS = Executors.newCachedThreadPool();

    @BeforeAll
    static void start() throws IOException {
        group = new GroupInJvm(directory, 1, 1);
        group.start();
        group.probe("r0").put("big", "x".repeat(MB)).param("timeout", "14s").send();
        for (int i = 0; i < 1000; i++) {
            group.probe("r0").put("five/" + i, "y".repeat(5_000)).send();
        }
    }

    @AfterAll
    static void stop() {
        CLIENTS.shutdownNow();
        group.close();
    }

    @AfterEach
    void theLinkStayed() {
        assertThat(group.log())
                .filteredOn(line -> line.contains("event=unlinked"))
                .isEmpty();
        assertThat(group.log())
                .filteredOn(line -> line.contains("event=linked"))
                .hasSize(1);
    }

    private static void allAnswered(int clients, int lengthMin, Callable<HttpAnswer> request) throws Exception {
        AtomicBoolean going = new AtomicBoolean(true);
        long began = System.nanoTime();
        Future<Long> slowest = CLIENTS.submit(() -> slowestPut(going));
        List<Future<HttpAnswer>> answers = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            answers.add(CLIENTS.submit(request));
        }
        for (Future<HttpAnswer> one : answers) {
            HttpAnswer answer = one.get(120, TimeUnit.SECONDS);
            assertThat(answer.status()).as("%s", answer.code()).isEqualTo(200);
            assertThat(answer.text().length()).isGreaterThanOrEqualTo(lengthMin);
        }
        going.set(false);
        long slowestNanos = slowest.get(60, TimeUnit.SECONDS);
        // Where all of this JVM stood still, small ones took long too; none waits until all others are answered.
        long most = Math.max(SMALL_MAX.toNanos(), (System.nanoTime() - began) / 4 * 3);
        assertThat(slowestNanos).isLessThan(most);
    }

    private static long slowestPut(AtomicBoolean going) throws IOException {
        long slowest = 0;
        while (going.get()) {
            long before = System.nanoTime();
            HttpAnswer put =
                    group.probe("r0").put("small", "z").param("timeout", "30s").send();
            assertThat(put.isSuccess()).as("%s", put).isTrue();
            slowest = Math.max(slowest, System.nanoTime() - before);
        }
        return slowest;
    }

    @Test
    void manyListsAtOnce() throws Exception {
        allAnswered(32, 4 * MB, () -> group.probe("r0")
                .list()
                .param("limit", "1000")
                .param("prefix", "five/")
                .param("timeout", "30s")
                .send());
    }

    @Test
    void manyLargeValuesAtOnce() throws Exception {
        allAnswered(
                256,
                MB,
                () -> group.probe("r0").get("big").param("timeout", "30s").send());
    }
}
