package fish.contract;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
    @ParameterizedTest
    @CsvSource({
        "250ms,250000000",
        "1.5s,1500000000",
        "5m,300000000000",
        "12h,43200000000000",
        "30d,2592000000000000",
        "0s,0",
        "0.5ms,500000"
    })
    void durations(String text, long nanos) {
        assertThat(Durations.nanos(text)).hasValue(nanos);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "5",
                "s",
                "-1s",
                "+1s",
                "1 s",
                " 1s",
                "1s ",
                ".5s",
                "5.s",
                "1e3s",
                "1S",
                "1us",
                "1w",
                "1.2.3s",
                "1,5s",
                "99999999999999999999d",
                "\u0661s"
            })
    void anythingElseIsNone(String text) {
        assertThat(Durations.nanos(text)).isEmpty();
    }
}
