package fish.store.master;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import fish.budget.OverloadLimit;
import fish.kv.Durability;
import fish.kv.RequestId;
import fish.kv.Txn;
import fish.kv.Write;
import fish.store.LoneMaster;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PenQueueTest {
    private final PenQueue queue = new PenQueue(20_000, 64 << 20);

    private static Write write() {
        return Write.of(Txn.of(LoneMaster.putting("a", "1")), Durability.DEFAULT, Long.MAX_VALUE, new RequestId(1, 1));
    }

    private boolean reserve(Write write) {
        WriteTask task = new WriteTask(write, outcome -> {});
        boolean reserved = queue.reserve(task);
        if (reserved) {
            queue.addReserved(task);
        }
        return reserved;
    }

    @Test
    void refusesWhenManyWaitAndThePenTakesNone() {
        for (int i = 0; i < OverloadLimit.BURST; i++) {
            assertThat(reserve(write())).isTrue();
        }
        eventually(Duration.ofSeconds(40), () -> assertThat(reserve(write())).isFalse());
        assertThat(reserve(write().again(1))).as("one that may have happened").isTrue();

        queue.takeOut(Integer.MAX_VALUE, Long.MAX_VALUE);
        assertThat(reserve(write())).isTrue();
    }

    @Test
    void holdsAnyNumberWhileThereIsNoMajority() {
        for (int i = 0; i < 10_000; i++) {
            queue.held();
            assertThat(reserve(write())).isTrue();
        }
    }
}
