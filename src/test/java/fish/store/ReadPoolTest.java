package fish.store;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fish.kv.Failure;
import fish.kv.Reason;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReadPoolTest {
    private static final long SLOW_NANOS = Duration.ofMillis(20).toNanos();
    private static final int MORE_THAN_WAIT = 3_000;

    private final AtomicLong waits = new AtomicLong();
    private final ReadPool pool = new ReadPool("test-reads", waits::get);

    @AfterEach
    void close() {
        pool.close();
    }

    private void slowly() {
        waits.incrementAndGet();
        processorless();
    }

    /** Takes as long, and neither a disk nor a lock is why. */
    private static void processorless() {
        long end = System.nanoTime() + SLOW_NANOS;
        while (System.nanoTime() - end < 0) {
            LockSupport.parkNanos(SLOW_NANOS);
        }
    }

    private Thread threadOf() {
        CompletableFuture<Thread> seen = new CompletableFuture<>();
        Runnable reading = () -> seen.complete(Thread.currentThread());
        assertThat(pool.runQuick(reading, reading)).isTrue();
        return seen.join();
    }

    @Test
    void whatIsQuickRunsOnTheCallingThread() {
        eventually(Duration.ofSeconds(40), () -> assertThat(threadOf()).isSameAs(Thread.currentThread()));
    }

    private String slowly(String result) {
        slowly();
        return result;
    }

    @Test
    void afterASlowOneOthersRunElsewhereForAWhile() {
        assertThat(pool.timed(() -> slowly("read"))).isEqualTo("read");
        assertThat(threadOf()).isNotSameAs(Thread.currentThread());
        eventually(Duration.ofSeconds(40), () -> assertThat(threadOf()).isSameAs(Thread.currentThread()));
    }

    @Test
    void oneThatWaitedForAProcessorAloneIsNotSlow() {
        eventually(Duration.ofSeconds(40), () -> assertThat(threadOf()).isSameAs(Thread.currentThread()));
        boolean read = pool.timed(() -> {
            processorless();
            return true;
        });
        assertThat(read).isTrue();
        assertThat(threadOf()).isSameAs(Thread.currentThread());
    }

    @Test
    void aSlowOneOfAStoreThatIsClosedIsSlow() {
        try (ReadPool closed = new ReadPool("test-reads", () -> {
            throw new UnavailableException(new Failure(Reason.STARTING, "planned"));
        })) {
            CompletableFuture<Thread> seen = new CompletableFuture<>();
            Runnable reading = () -> seen.complete(Thread.currentThread());
            closed.timed(() -> slowly("read"));
            assertThat(closed.runQuick(reading, reading)).isTrue();
            assertThat(seen.join()).isNotSameAs(Thread.currentThread());
        }
    }

    @Test
    void whatComesOfAReadIsNotPartOfIt() {
        eventually(Duration.ofSeconds(40), () -> assertThat(threadOf()).isSameAs(Thread.currentThread()));
        assertThat(pool.runQuick(this::slowly, () -> {})).isTrue();
        assertThat(threadOf()).isSameAs(Thread.currentThread());
    }

    @Test
    void aSlowOneThatFailsIsSlowToo() {
        assertThatThrownBy(() -> pool.timed(() -> {
                    throw new IllegalStateException(slowly("planned"));
                }))
                .hasMessage("planned");
        assertThat(threadOf()).isNotSameAs(Thread.currentThread());
    }

    @Test
    void shortOnesDoNotWaitBehindLongOnes() {
        CompletableFuture<Void> free = new CompletableFuture<>();
        while (pool.run(free::join)) {
            // until no more is taken
        }
        pool.timed(() -> slowly("read"));
        assertThat(threadOf()).isNotSameAs(Thread.currentThread());
        free.complete(null);
    }

    @Test
    void whatIsTooMuchIsRefusedAndNotDone() {
        CountDownLatch free = new CountDownLatch(1);
        AtomicInteger done = new AtomicInteger();
        int taken = 0;
        for (int i = 0; i < MORE_THAN_WAIT; i++) {
            boolean one = pool.run(() -> {
                try {
                    free.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                done.incrementAndGet();
            });
            taken += one ? 1 : 0;
        }
        assertThat(taken).isLessThan(MORE_THAN_WAIT);
        free.countDown();
        int all = taken;
        eventually(Duration.ofSeconds(40), () -> assertThat(done).hasValue(all));
    }

    @Test
    void closedItTakesNothingAndDoesWhatItTook() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        assertThat(pool.run(() -> done.complete(null))).isTrue();
        pool.close();
        assertThat(pool.run(() -> {})).isFalse();
        done.join();
    }
}
