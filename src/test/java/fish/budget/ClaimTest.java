package fish.budget;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

final class ClaimTest {
    private static final long LARGE = 1 << 20;

    private final ByteBudget budget = new ByteBudget(4 * LARGE);
    private final Queue<Runnable> later = new ArrayDeque<>();
    private final List<String> ran = new ArrayList<>();
    private final Claim claim = new Claim(budget, later::add);

    @Test
    void whereThereIsRoomItGoesOnAtOnceAndGivesBackWhenClosed() {
        claim.take(LARGE, () -> ran.add("went"));
        assertThat(ran).containsExactly("went");
        assertThat(budget.used()).isEqualTo(LARGE);
        claim.close();
        claim.close();
        assertThat(budget.used()).isZero();
    }

    @Test
    void itWaitsForRoomAndGoesOnElsewhere() {
        budget.force(4 * LARGE);
        claim.take(LARGE, () -> ran.add("went"));
        assertThat(claim.waiting()).isTrue();
        budget.give(4 * LARGE);
        assertThat(ran).isEmpty();
        later.remove().run();
        assertThat(ran).containsExactly("went");
        assertThat(claim.waiting()).isFalse();
        assertThat(claim.held()).isEqualTo(LARGE);
    }

    @Test
    void whatIsClosedWhileItWaitsTakesNothing() {
        budget.force(4 * LARGE);
        claim.take(LARGE, () -> ran.add("went"));
        claim.close();
        assertThat(budget.waiting()).isZero();
        budget.give(4 * LARGE);
        assertThat(later).isEmpty();
        assertThat(budget.used()).isZero();
    }

    @Test
    void whatIsClosedOnItsWayGivesBack() {
        budget.force(4 * LARGE);
        claim.take(LARGE, () -> ran.add("went"));
        budget.give(4 * LARGE);
        claim.close();
        later.remove().run();
        assertThat(ran).isEmpty();
        assertThat(budget.used()).isZero();
    }

    @Test
    void whoCannotBeToldGivesBack() {
        Claim stopped = new Claim(budget, task -> {
            throw new RejectedExecutionException("stopped");
        });
        budget.force(4 * LARGE);
        stopped.take(LARGE, () -> ran.add("went"));
        budget.give(4 * LARGE);
        assertThat(budget.used()).isZero();
    }

    @Test
    void aSmallOneThatTurnsOutLargeWaitsLikeALargeOne() {
        budget.force(3 * LARGE);
        claim.take(1000, () -> ran.add("small"));
        assertThat(claim.correct(2000)).isTrue();
        assertThat(budget.used()).isEqualTo(3 * LARGE + 2000);
        assertThat(claim.correct(LARGE)).isFalse();
        assertThat(budget.used()).isEqualTo(3 * LARGE);
        claim.take(LARGE, () -> ran.add("large"));
        assertThat(ran).containsExactly("small");
        budget.give(LARGE);
        later.remove().run();
        assertThat(claim.correct(2 * LARGE)).isTrue();
        assertThat(claim.correct(10)).isTrue();
        assertThat(budget.used()).isEqualTo(2 * LARGE + 10);
        claim.close();
        assertThat(claim.correct(10)).isTrue();
        assertThat(budget.used()).isEqualTo(2 * LARGE);
    }
}
