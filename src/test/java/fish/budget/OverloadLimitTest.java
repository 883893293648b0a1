package fish.budget;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class OverloadLimitTest {
    private static final long SLOW = TimeUnit.MILLISECONDS.toNanos(80);

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
    private final OverloadLimit limit = new OverloadLimit(now::get);

    private void pass(long millis) {
        now.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    @Test
    void takesAnyNumberThatIsServedSoon() {
        for (int i = 0; i < 100; i++) {
            pass(100);
            limit.waited(TimeUnit.MILLISECONDS.toNanos(10));
            assertThat(limit.admits(20_000)).isTrue();
        }
    }

    @Test
    void takesABurstHoweverLongItWaits() {
        pass(10_000);
        limit.waited(SLOW);
        assertThat(limit.admits(OverloadLimit.BURST)).isTrue();
    }

    @Test
    void takesALargerOneForAsLongAsItIsNew() {
        limit.waited(0);
        pass(499);
        limit.waited(SLOW);
        assertThat(limit.admits(5_000)).isTrue();
        pass(1);
        assertThat(limit.admits(5_000)).isFalse();
    }

    @Test
    void whatTakesLongByItselfIsNotTakenForAQueue() {
        for (int i = 0; i < 100; i++) {
            pass(100);
            assertThat(limit.admits(1)).isTrue();
            limit.waited(SLOW);
        }
        pass(10_000);
        limit.waited(SLOW * 3 / 2);
        assertThat(limit.admits(5_000)).isTrue();
        pass(500);
        limit.waited(SLOW * 3);
        assertThat(limit.admits(5_000)).isFalse();
    }

    @Test
    void whatACrowdWaitsIsNotTakenForUsual() {
        pass(10_000);
        for (int i = 0; i < 100; i++) {
            assertThat(limit.admits(OverloadLimit.PRESSED)).isTrue();
            limit.waited(SLOW);
        }
        assertThat(limit.admits(5_000)).isFalse();
    }

    /** As on a new master of distant nodes that many come to at once. */
    @Test
    void whatTakesLongByItselfIsNoQueueThoughThereWereNeverFew() {
        for (int i = 0; i < 100; i++) {
            limit.takes(SLOW);
        }
        pass(10_000);
        limit.waited(SLOW);
        assertThat(limit.admits(5_000)).isTrue();
        pass(10_000);
        limit.waited(3 * SLOW);
        assertThat(limit.admits(5_000)).isFalse();
    }

    @Test
    void servesFewerWhileTooManyComeAndAllAgainWhenTheyDoNot() {
        pass(10_000);
        assertThat(limit.admits(OverloadLimit.BURST + 1)).isFalse();
        limit.waited(0);
        for (int i = 0; i < 10; i++) {
            pass(900);
            limit.waited(0);
            assertThat(limit.admits(OverloadLimit.PRESSED + 1)).isFalse();
            assertThat(limit.admits(OverloadLimit.PRESSED)).isTrue();
        }
        pass(1_000);
        limit.waited(0);
        assertThat(limit.admits(OverloadLimit.BURST + 1)).isTrue();
    }
}
