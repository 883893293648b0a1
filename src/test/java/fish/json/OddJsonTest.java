package fish.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** JSON is JSON up to 1,000 levels, whatever its names and numbers are. */
final class OddJsonTest {
    private static String odd(String which) {
        return switch (which) {
            case "long name" -> "{\"" + "n".repeat(60_000) + "\":1}";
            case "longer name" -> "{\"" + "n".repeat(1 << 20) + "\":1}";
            case "long number" -> "[" + "7".repeat(2_000) + "]";
            case "longer number" -> "[1." + "7".repeat(1 << 20) + "]";
            case "long exponent" -> "[1e" + "7".repeat(1 << 20) + "]";
            case "600 levels" -> "[".repeat(600) + "]".repeat(600);
            case "1000 levels" -> "{\"a\":".repeat(1_000) + "1" + "}".repeat(1_000);
            case "many names" -> many();
            default -> throw new IllegalArgumentException(which);
        };
    }

    private static String many() {
        StringBuilder text = new StringBuilder("{\"\":0");
        for (int i = 0; i < 100_000; i++) {
            text.append(",\"").append(i).append("\":0");
        }
        return text.append('}').toString();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "long name",
                "longer name",
                "long number",
                "longer number",
                "long exponent",
                "600 levels",
                "1000 levels",
                "many names"
            })
    void isValidAndEqualsItselfSoon(String which) {
        String json = odd(which);
        Assertions.assertTimeout(Duration.ofSeconds(30), () -> {
            assertThat(Json.valid(json)).isTrue();
            assertThat(JsonEquality.same(json, json + " ")).isTrue();
            assertThat(JsonEquality.same(json, "[]")).isFalse();
        });
    }

    @Test
    void deeperThanThatIsNone() {
        assertThat(Json.valid("[".repeat(1001) + "]".repeat(1001))).isFalse();
    }
}
