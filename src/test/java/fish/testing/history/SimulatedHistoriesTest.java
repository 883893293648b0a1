package fish.testing.history;

import static org.assertj.core.api.Assertions.assertThat;

import fish.testing.history.LinearizabilityChecker.Order;
import fish.testing.history.RegisterOp.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SimulatedHistoriesTest {
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
    void aCorrectStoreIsFoundCorrect(long seed) {
        List<RegisterOp> history = new SimulatedRegister(seed, 4).run(5, 400);
        for (Order order : Order.values()) {
            Verdict verdict = new LinearizabilityChecker().check(history, order);
            assertThat(verdict.kind())
                    .as("seed %s, %s: %s", seed, order, verdict.explanation())
                    .isEqualTo(Verdict.Kind.CORRECT);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
    void aReadOfAnEarlierEraIsFound(long seed) {
        List<RegisterOp> history = new ArrayList<>(new SimulatedRegister(seed, 4).run(4, 120));
        Random random = new Random(seed);
        RegisterOp old = pickRead(history.subList(0, history.size() / 4), random);
        int late = history.indexOf(pickRead(history.subList(history.size() / 2, history.size()), random));
        RegisterOp read = history.get(late);
        history.set(
                late,
                new RegisterOp(
                        read.client(),
                        read.key(),
                        Kind.READ,
                        RegisterOp.ANY,
                        old.value(),
                        Ending.DONE,
                        old.revision(),
                        read.invoked(),
                        read.returned()));
        for (Order order : Order.values()) {
            assertThat(new LinearizabilityChecker().check(history, order).isCorrect())
                    .as("seed %s, %s", seed, order)
                    .isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(Order.class)
    void thousandsOfOperationsOnOneKeyAreQuick(Order order) {
        int unknownPercent = order == Order.BLIND ? 0 : 4;
        List<RegisterOp> history = new SimulatedRegister(99, unknownPercent).run(8, 6_000);
        Verdict verdict = new LinearizabilityChecker().check(history, order);
        assertThat(verdict.kind()).as(verdict.explanation()).isEqualTo(Verdict.Kind.CORRECT);
    }

    @Test
    void theShortestFailingKeyIsTheOneExplained() {
        List<RegisterOp> history = new ArrayList<>(new SimulatedRegister(3, 4).run(3, 50));
        history.add(new RegisterOp(9, "short", Kind.READ, RegisterOp.ANY, "ghost", Ending.DONE, 5, 0, 1));
        Verdict verdict = new LinearizabilityChecker().check(history, Order.BY_REVISION);
        assertThat(verdict.explanation()).contains("ghost");
    }

    private static RegisterOp pickRead(List<RegisterOp> ops, Random random) {
        List<RegisterOp> reads = ops.stream()
                .filter(op -> op.kind() == Kind.READ && op.ending() == Ending.DONE)
                .toList();
        return reads.get(random.nextInt(reads.size()));
    }
}
