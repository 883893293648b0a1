package fish.testing.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fish.testing.HttpProbe;
import fish.testing.history.Ending;
import fish.testing.history.LinearizabilityChecker;
import fish.testing.history.LinearizabilityChecker.Order;
import fish.testing.history.TransactionChecker;
import fish.testing.load.TinyFish.Flaw;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WorkloadTest {
    private static final Duration LONG = Duration.ofMinutes(3);

    @Test
    void aStoreThatKeepsItsPromisesPassesAll() throws IOException {
        try (TinyFish fish = started(Flaw.NONE)) {
            RegisterWorkload registers = new RegisterWorkload(load(fish), 3);
            BankWorkload bank = new BankWorkload(load(fish), 5);
            CounterWorkload counters = new CounterWorkload(load(fish), 2);
            AckedWrites acked = new AckedWrites(load(fish), "quorum");
            for (Workload workload : List.of(registers, bank, counters, acked)) {
                workload.run();
                assertThat(workload.complaints()).isEmpty();
                assertThat(workload.succeeded()).isPositive();
            }
            registers.verify();
            bank.verify();
            counters.verify(probe(fish));
            acked.verify(probe(fish));
            assertThat(acked.count(Ending.UNKNOWN)).isPositive();
            assertThat(acked.count(Ending.NOT_APPLIED)).isPositive();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"LOSES_WRITES", "READS_STALE", "APPLIES_WHAT_IT_REFUSES"})
    void registersTellALiar(Flaw flaw) throws IOException {
        try (TinyFish fish = started(flaw)) {
            RegisterWorkload workload = new RegisterWorkload(load(fish), 3);
            workload.run();
            assertThat(new LinearizabilityChecker()
                            .check(workload.history().ops(), Order.BY_REVISION)
                            .isCorrect())
                    .isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"LOSES_WRITES", "TEARS_SNAPSHOTS", "APPLIES_WHAT_IT_REFUSES"})
    void theBankTellsALiar(Flaw flaw) throws IOException {
        try (TinyFish fish = started(flaw)) {
            BankWorkload workload = new BankWorkload(load(fish), 5);
            workload.run();
            assertThat(new TransactionChecker().check(workload.history().ops()).isCorrect())
                    .isFalse();
            if (flaw == Flaw.TEARS_SNAPSHOTS) {
                assertThatThrownBy(workload::verify).hasMessageContaining("the sum is");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"APPLIES_TWICE", "APPLIES_WHAT_IT_REFUSES"})
    void countersTellALiar(Flaw flaw) throws IOException {
        try (TinyFish fish = started(flaw)) {
            CounterWorkload workload = new CounterWorkload(load(fish), 4);
            workload.run();
            assertThatThrownBy(() -> workload.verify(probe(fish))).hasMessageContaining("not from");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"LOSES_WRITES", "APPLIES_WHAT_IT_REFUSES"})
    void acknowledgedWritesTellALiar(Flaw flaw) throws IOException {
        try (TinyFish fish = started(flaw)) {
            AckedWrites workload = new AckedWrites(load(fish), "quorum");
            workload.run();
            assertThatThrownBy(() -> workload.verify(probe(fish))).hasMessageContaining("keys are wrong");
        }
    }

    @Test
    void aFailureWithoutItsOutcomeIsComplainedAbout() throws IOException {
        try (TinyFish fish = started(Flaw.HIDES_THE_OUTCOME)) {
            AckedWrites workload = new AckedWrites(load(fish), "quorum");
            workload.run();
            assertThat(workload.complaints()).anyMatch(complaint -> complaint.startsWith("no outcome"));
        }
    }

    @Test
    void whatReachesNobodyIsNotApplied() throws IOException {
        TinyFish gone = started(Flaw.NONE);
        gone.close();
        AckedWrites workload = new AckedWrites(Load.of(List.of(probe(gone)), 3, 2, LONG), "quorum");
        workload.run();
        assertThat(workload.count(Ending.NOT_APPLIED)).isEqualTo(16);
    }

    @Test
    void aWorkloadEndsWhenItIsStopped() throws IOException {
        try (TinyFish fish = started(Flaw.NONE);
                AckedWrites endless = new AckedWrites(
                        Load.of(List.of(probe(fish)), 3, Integer.MAX_VALUE, Duration.ofHours(1)), "quorum")) {
            endless.start();
            endless.stop();
            endless.await();
            endless.verify(probe(fish));
        }
    }

    private static TinyFish started(Flaw flaw) throws IOException {
        TinyFish fish = new TinyFish(flaw);
        fish.start();
        return fish;
    }

    private static Load load(TinyFish fish) {
        return Load.of(List.of(probe(fish), probe(fish)), 11, 80, LONG);
    }

    private static HttpProbe probe(TinyFish fish) {
        return HttpProbe.of(fish.url(), Duration.ofSeconds(60));
    }
}
