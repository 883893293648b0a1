package fish.budget;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class ByteBudgetTest {
    private static final long LARGE = 1 << 20;
    private static final long SMALL = 1000;

    private final ByteBudget budget = new ByteBudget(4 * LARGE);
    private final List<String> served = new ArrayList<>();

    @Test
    void largeOnesLeaveAQuarterToSmallOnes() {
        assertThat(budget.tryTake(3 * LARGE / 2)).isTrue();
        assertThat(budget.tryTake(3 * LARGE / 2)).isTrue();
        assertThat(budget.tryTake(ByteBudget.SMALL_BYTES + 1)).isFalse();
        assertThat(budget.tryTake(ByteBudget.SMALL_BYTES)).isTrue();
        assertThat(budget.used()).isEqualTo(3 * LARGE + ByteBudget.SMALL_BYTES);
    }

    @Test
    void whoWaitsIsServedInItsLineAndSmallOnesFirst() {
        budget.force(4 * LARGE);
        budget.take(LARGE, () -> served.add("large 1"));
        budget.take(LARGE, () -> served.add("large 2"));
        budget.take(SMALL, () -> served.add("small 1"));
        budget.take(SMALL, () -> served.add("small 2"));
        assertThat(budget.waiting()).isEqualTo(4);
        budget.give(2 * LARGE + 2 * SMALL);
        assertThat(served).containsExactly("small 1", "small 2", "large 1");
        budget.give(LARGE);
        assertThat(served).hasSize(4);
        assertThat(budget.waiting()).isZero();
        assertThat(budget.used()).isEqualTo(3 * LARGE);
    }

    @Test
    void clientsTakeTurnsHoweverManyOfOneWait() {
        budget.force(4 * LARGE);
        ByteBudget.Waiting second = null;
        for (int i = 1; i <= 4; i++) {
            String name = "many " + i;
            ByteBudget.Waiting waiting = budget.take(LARGE, "many", () -> served.add(name));
            second = i == 2 ? waiting : second;
        }
        budget.take(LARGE, "other", () -> served.add("other 1"));
        budget.take(LARGE, "other", () -> served.add("other 2"));
        assertThat(budget.wanted()).isEqualTo(6 * LARGE);
        assertThat(Objects.requireNonNull(second).cancel()).isTrue();
        assertThat(second.cancel()).isFalse();
        assertThat(budget.wanted()).isEqualTo(5 * LARGE);
        budget.give(LARGE);
        for (int i = 0; i < 5; i++) {
            budget.give(LARGE);
        }
        assertThat(served).containsExactly("many 1", "other 1", "many 3", "other 2", "many 4");
        assertThat(budget.wanted()).isZero();
        assertThat(budget.waiting()).isZero();
    }

    @Test
    void nobodyOvertakesWhoWaits() {
        budget.force(4 * LARGE);
        budget.take(SMALL, () -> served.add("first"));
        assertThat(budget.tryTake(1)).isFalse();
        budget.give(LARGE);
        assertThat(served).containsExactly("first");
        assertThat(budget.tryTake(1)).isTrue();
    }

    @Test
    void whatIsLargerThanAllOfItWaitsUntilLittleIsInUseAndGoesBeyond() {
        budget.force(3 * LARGE);
        budget.take(9 * LARGE, () -> served.add("huge"));
        budget.give(LARGE);
        assertThat(served).isEmpty();
        budget.give(LARGE);
        assertThat(served).containsExactly("huge");
        assertThat(budget.used()).isEqualTo(10 * LARGE);
        assertThat(budget.hasRoom()).isFalse();
    }

    @Test
    void aPartIsNoMoreThanThatAndCountsInTheWhole() {
        ByteBudget part = budget.part(4);
        assertThat(part.bytesMax()).isEqualTo(LARGE);
        assertThat(part.tryTake(SMALL)).isTrue();
        part.take(LARGE / 2, () -> served.add("half"));
        part.take(LARGE / 2, () -> served.add("other half"));
        assertThat(served).containsExactly("half");
        assertThat(budget.used()).isEqualTo(SMALL + LARGE / 2);
        part.give(LARGE / 2);
        assertThat(served).containsExactly("half", "other half");
        part.force(LARGE);
        assertThat(budget.used()).isEqualTo(SMALL + LARGE / 2 + LARGE);
        part.give(LARGE + LARGE / 2 + SMALL);
        assertThat(budget.used()).isZero();
        assertThat(part.used()).isZero();
    }

    @Test
    void whoIsCalledOffGetsNothingAndLetsTheNextOneThrough() {
        budget.force(2 * LARGE);
        ByteBudget.Waiting huge = budget.take(9 * LARGE, () -> served.add("huge"));
        budget.take(LARGE, () -> served.add("large"));
        assertThat(huge.cancel()).isTrue();
        assertThat(served).containsExactly("large");
        assertThat(huge.cancel()).isFalse();
        assertThat(budget.used()).isEqualTo(3 * LARGE);
    }

    @Test
    void aThreadCanWaitForSomeTime() throws Exception {
        budget.force(4 * LARGE);
        assertThat(budget.await(SMALL, TimeUnit.MILLISECONDS.toNanos(1))).isFalse();
        assertThat(budget.waiting()).isZero();
        Thread giver = new Thread(() -> budget.give(LARGE));
        giver.start();
        assertThat(budget.await(SMALL, TimeUnit.SECONDS.toNanos(60))).isTrue();
        giver.join();
        assertThat(budget.used()).isEqualTo(3 * LARGE + SMALL);
    }

    @Test
    void underManyThreadsNothingIsLostAndNobodyWaitsForEver() throws Exception {
        ByteBudget small = new ByteBudget(100_000);
        AtomicLong most = new AtomicLong();
        int threads = 8;
        CountDownLatch done = new CountDownLatch(threads);
        for (int t = 0; t < threads; t++) {
            Random random = new Random(t);
            new Thread(() -> {
                        try {
                            for (int i = 0; i < 2000; i++) {
                                long bytes = 1L + random.nextInt(random.nextBoolean() ? 30_000 : 75_000);
                                if (small.await(bytes, TimeUnit.SECONDS.toNanos(50))) {
                                    most.accumulateAndGet(small.used(), Math::max);
                                    small.give(bytes);
                                } else {
                                    return;
                                }
                            }
                            done.countDown();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    })
                    .start();
        }
        assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(small.used()).isZero();
        assertThat(small.waiting()).isZero();
        // The large ones count as half of it.
        assertThat(most.get()).isLessThanOrEqualTo(100_000 + 25_000);
    }
}
