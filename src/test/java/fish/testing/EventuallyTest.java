package fish.testing;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class EventuallyTest {
    @Test
    void whatComesTrueLaterPasses() {
        AtomicInteger tries = new AtomicInteger();
        eventually(Duration.ofSeconds(60), () -> assertThat(tries.incrementAndGet())
                .isEqualTo(3));
        assertThat(tries).hasValue(3);
    }

    @Test
    void whatNeverComesTrueFailsWithTheLastError() {
        assertThatThrownBy(() -> eventually(Duration.ofMillis(50), () -> {
                    throw new IllegalStateException("still dark");
                }))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("still dark")
                .hasRootCauseInstanceOf(IllegalStateException.class);
    }
}
