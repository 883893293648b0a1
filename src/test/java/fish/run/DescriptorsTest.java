package fish.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fish.conf.ProgramException;
import org.junit.jupiter.api.Test;

class DescriptorsTest {
    @Test
    void httpGetsWhatIsLeftAndNeverMoreThanItWants() {
        assertThat(new Descriptors(1024).connections(10_000, 2)).isEqualTo(1024 - 300 - 16 - 2);
        assertThat(new Descriptors(65_536).connections(10_000, 2)).isEqualTo(10_000);
        assertThat(new Descriptors(Long.MAX_VALUE).connections(10_000, 2)).isEqualTo(10_000);
        assertThat(new Descriptors(0).connections(10_000, 2)).isEqualTo(1);
    }

    @Test
    void aNodeNeedsAThousandAndSaysWhatToDo() {
        assertThatCode(() -> new Descriptors(1024).requireEnough()).doesNotThrowAnyException();
        assertThatThrownBy(() -> new Descriptors(1023).requireEnough())
                .isInstanceOf(ProgramException.class)
                .hasMessageContaining("1023 files")
                .hasMessageContaining("ulimit -n");
    }

    @Test
    void theProcessKnowsItsOwnLimit() {
        assertThat(Descriptors.ofProcess().limit()).isPositive();
    }
}
