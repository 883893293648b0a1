package fish.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReadsTest {
    @ParameterizedTest
    @CsvSource({"0, 0.000", "0.001, 0.001", "0.0194, 0.019", "0.9996, 1.000", "59.07, 59.070", "86400, 86400.000"})
    void anAgeHasThreeDigitsAfterThePoint(double seconds, String text) {
        assertThat(Reads.seconds(seconds)).isEqualTo(text);
    }

    @Test
    void anAgeIsWrittenAsAFormatterWould() {
        Random random = new Random(1);
        for (int i = 0; i < 1_000; i++) {
            double seconds = random.nextInt(100_000_000) / 1e3;
            assertThat(Reads.seconds(seconds)).isEqualTo(String.format(Locale.ROOT, "%.3f", seconds));
        }
    }
}
