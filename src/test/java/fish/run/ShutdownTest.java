package fish.run;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ShutdownTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final List<Integer> halts = new CopyOnWriteArrayList<>();
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final EventLog events =
            new EventLog(new PrintStream(written, true, StandardCharsets.UTF_8), Clock.systemUTC());

    @Test
    void aRequestClosesEverythingAndThenTheWaitIsOver() throws Exception {
        List<String> closed = new CopyOnWriteArrayList<>();
        Shutdown shutdown = shutdown(() -> closed.add("all"), LONG);
        shutdown.request("test", 0);

        assertThat(shutdown.await()).isZero();
        assertThat(closed).containsExactly("all");
        assertThat(written.toString(StandardCharsets.UTF_8)).contains("event=stopping reason=test", "event=stopped");
    }

    @Test
    void aLaterRequestChangesNothingButASecondSignalEndsTheProcess() throws Exception {
        CountDownLatch hanging = new CountDownLatch(1);
        Shutdown shutdown = shutdown(hanging::await, LONG);
        shutdown.signalled("TERM");
        shutdown.request("later", 1);
        assertThat(halts).isEmpty();

        shutdown.signalled("TERM");
        assertThat(halts).containsExactly(1);
        hanging.countDown();
        assertThat(shutdown.await()).isZero();
    }

    @Test
    void aCloseThatHangsIsCutShort() throws Exception {
        CountDownLatch hanging = new CountDownLatch(1);
        Shutdown shutdown = shutdown(hanging::await, Duration.ofMillis(20));
        shutdown.request("test", 0);

        eventually(LONG, () -> assertThat(halts).containsExactly(1));
        hanging.countDown();
    }

    @Test
    void aCloseThatFailsIsToldByTheExitCode() throws Exception {
        Shutdown shutdown = shutdown(
                () -> {
                    throw new IllegalStateException("disk");
                },
                LONG);
        shutdown.request("test", 0);

        assertThat(shutdown.await()).isEqualTo(1);
        assertThat(written.toString(StandardCharsets.UTF_8)).contains("event=stopped-badly");
    }

    @Test
    void theEndOfInputIsARequest() throws Exception {
        Shutdown shutdown = shutdown(() -> {}, LONG);
        shutdown.onEndOf(new ByteArrayInputStream(new byte[] {1, 2, 3}));

        assertThat(shutdown.await()).isZero();
    }

    private Shutdown shutdown(AutoCloseable everything, Duration limit) {
        return new Shutdown(everything, limit, events, halts::add);
    }
}
