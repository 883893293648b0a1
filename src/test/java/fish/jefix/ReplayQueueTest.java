package fish.jefix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fish.testing.Eventually;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ReplayQueueTest {
    private final ReplayQueue queue = new ReplayQueue(3, 100, message -> (Integer) message);

    private boolean offer(int bytes) throws InterruptedException {
        return queue.offer(bytes, 1, TimeUnit.MILLISECONDS);
    }

    @Test
    void isFullByBytes() throws InterruptedException {
        assertThat(offer(60)).isTrue();
        assertThat(offer(41)).isFalse();
        assertThat(offer(40)).isTrue();
        assertThat(queue.poll(0, TimeUnit.SECONDS)).isEqualTo(60);
        assertThat(offer(60)).isTrue();
    }

    @Test
    void isFullByMessagesAndCountsOnlyWhatItTook() throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            assertThat(offer(1)).isTrue();
        }
        assertThat(offer(1)).isFalse();
        queue.clear();
        assertThat(offer(100)).isTrue();
    }

    @Test
    void takesOneLargerThanItsBoundAlone() throws InterruptedException {
        assertThat(offer(1000)).isTrue();
        assertThat(offer(1)).isFalse();
        assertThat(queue.poll()).isEqualTo(1000);
        assertThat(offer(1)).isTrue();
        assertThat(offer(1000)).isFalse();
    }

    @Test
    void whoWaitsForRoomGetsItAsSoonAsThereIsSome() throws Exception {
        assertThat(offer(100)).isTrue();
        CompletableFuture<Boolean> added = CompletableFuture.supplyAsync(() -> {
            try {
                return queue.offer(50, 1, TimeUnit.HOURS);
            } catch (InterruptedException e) {
                return false;
            }
        });
        assertThat(queue.poll()).isEqualTo(100);
        Eventually.eventually(Duration.ofSeconds(40), () -> assertThat(added).isCompletedWithValue(true));
    }

    @Test
    void refusesAReplicaThatMakesNoSuchQueue() {
        byte[] corrected = ReplayQueuePatch.corrected(JeClass.bytes(ReplayQueuePatch.TARGET));

        assertThatThrownBy(() -> ReplayQueuePatch.corrected(corrected))
                .isInstanceOf(JeFixException.class)
                .hasMessageContaining("found 0");
    }
}
