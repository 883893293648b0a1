package fish.store.master;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CompanyTest {
    private final Company company = new Company();

    @Test
    void afterALargeBatchTheFirstOnesWaitForTheOthers() {
        company.committed(60, 800_000);
        assertThat(company.nanosFor(1)).isEqualTo(400_000);
        assertThat(company.nanosFor(44)).isEqualTo(400_000);
        assertThat(company.nanosFor(45)).isZero();
        assertThat(company.nanosFor(60)).isZero();
    }

    @Test
    void nobodyWaitsWhoComesAloneAllTheTime() {
        assertThat(company.nanosFor(1)).isZero();
        company.committed(Company.MANY - 1, 800_000);
        assertThat(company.nanosFor(1)).isZero();
        assertThat(company.nanosFor(0)).isZero();
    }

    @Test
    void aSlowDiskIsNotWaitedForTwice() {
        company.committed(60, 500_000_000);
        assertThat(company.nanosFor(1)).isEqualTo(Company.NANOS_MAX);
        company.committed(1, 500_000_000);
        assertThat(company.nanosFor(1)).isZero();
    }

    @Test
    void aCommitOfNothingSaysNothing() {
        company.committed(60, 800_000);
        company.committed(0, 800_000);
        assertThat(company.nanosFor(1)).isEqualTo(400_000);
    }

    @Test
    void whenNobodyWaitsThePenRests() {
        company.committed(60, 800_000);
        assertThat(company.nanosFor(0)).isZero();
    }
}
