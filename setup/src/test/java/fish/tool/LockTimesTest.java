package fish.tool;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LockTimesTest {
    @Test
    void aCommandIsToldThenKilledThenTheLockEnds() {
        LockTimes times = LockTimes.of(Duration.ofSeconds(15));
        assertThat(times.renewEvery()).isLessThan(times.term() / 2);
        assertThat(times.term()).isGreaterThan(times.renewEvery());
        assertThat(times.kill()).isGreaterThan(times.term()).isLessThan(times.ttl());
    }

    @Test
    void theUptimeGoesOnAndIsTheMachines() {
        Uptime uptime = Uptime.ofSystem();
        long now = uptime.millis();
        assertThat(now).isPositive();
        assertThat(uptime.millis()).isGreaterThanOrEqualTo(now);
    }
}
