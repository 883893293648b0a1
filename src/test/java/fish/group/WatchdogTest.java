package fish.group;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class WatchdogTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final Watchdog watchdog = new Watchdog(Duration.ofSeconds(2), Duration.ZERO);

    @Test
    void aMasterWithAMajorityStays() {
        assertThat(watchdog.mustLeave(true, 0)).isFalse();
        assertThat(watchdog.mustLeave(true, 100 * SECOND)).isFalse();
    }

    @Test
    void aMasterAloneLeavesOnceItsPatienceIsOver() {
        assertThat(watchdog.mustLeave(false, 10 * SECOND)).isFalse();
        assertThat(watchdog.mustLeave(false, 12 * SECOND - 1)).isFalse();
        assertThat(watchdog.mustLeave(false, 12 * SECOND)).isTrue();
    }

    @Test
    void aMajorityInBetweenStartsThePatienceAnew() {
        assertThat(watchdog.mustLeave(false, 0)).isFalse();
        assertThat(watchdog.mustLeave(true, SECOND)).isFalse();
        assertThat(watchdog.mustLeave(false, 2 * SECOND)).isFalse();
        assertThat(watchdog.mustLeave(false, 3 * SECOND)).isFalse();
        assertThat(watchdog.mustLeave(false, 4 * SECOND)).isTrue();
    }

    @Test
    void thePatienceCountsFromTheLastSignOfLife() {
        Watchdog strict = new Watchdog(Duration.ofSeconds(2), Duration.ofSeconds(1));
        assertThat(strict.mustLeave(true, 0)).isFalse();
        assertThat(strict.mustLeave(false, 3 * SECOND)).isFalse();
        assertThat(strict.mustLeave(false, 4 * SECOND)).isTrue();
    }
}
