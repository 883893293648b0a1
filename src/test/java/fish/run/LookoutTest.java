package fish.run;

import static org.assertj.core.api.Assertions.assertThat;

import fish.testing.Eventually;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LookoutTest {
    private static final long HOUR_MILLIS = TimeUnit.HOURS.toMillis(1);

    private final Semaphore looks = new Semaphore(0);
    private final AtomicBoolean waits = new AtomicBoolean();
    private final AtomicReference<String> ended = new AtomicReference<>("");
    private final Guard guard = new Guard(ended::set);
    private final Lookout lookout = new Lookout("lookout", 1, HOUR_MILLIS);

    @AfterEach
    void close() {
        lookout.close();
    }

    @Test
    void itSleepsWhileNothingWaitsAndIsWoken() throws Exception {
        lookout.start(this::look, guard);
        assertThat(looks()).isTrue();
        for (int i = 0; i < 1_000; i++) {
            lookout.wake();
            assertThat(looks()).isTrue();
        }
    }

    @Test
    void itLooksOftenWhileSomethingWaits() throws Exception {
        waits.set(true);
        lookout.start(this::look, guard);
        for (int i = 0; i < 20; i++) {
            assertThat(looks()).isTrue();
        }
    }

    @Test
    void oneThatEndsIsTold() throws Exception {
        lookout.start(
                () -> {
                    looks.release();
                    throw new IllegalStateException("planted");
                },
                guard);
        assertThat(looks()).isTrue();
        Eventually.eventually(
                Duration.ofSeconds(10), () -> assertThat(ended.get()).contains("lookout", "planted"));
    }

    private boolean look() {
        looks.release();
        return waits.get();
    }

    private boolean looks() throws InterruptedException {
        return looks.tryAcquire(10, TimeUnit.SECONDS);
    }
}
