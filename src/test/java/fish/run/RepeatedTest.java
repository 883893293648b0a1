package fish.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RepeatedTest {
    private final AtomicLong now = new AtomicLong(-5);
    private final Repeated repeated = new Repeated(now::get);

    @Test
    void theSameIsToldSeldomAndAChangeAtOnce() {
        assertThat(repeated.isNews("down")).isTrue();
        assertThat(repeated.isNews("down")).isFalse();
        assertThat(repeated.isNews("unknown")).isTrue();
        assertThat(repeated.isNews("unknown")).isFalse();
        repeated.over();
        assertThat(repeated.isNews("unknown")).isTrue();
    }

    @Test
    void twiceASecondForADayIsNotToldTwiceASecond() {
        int told = 0;
        for (long at = 0; at < Duration.ofDays(1).toMillis(); at += 500) {
            now.set(Duration.ofMillis(at).toNanos());
            told += repeated.isNews("down") ? 1 : 0;
        }
        assertThat(told).isBetween(100, 200);
    }
}
