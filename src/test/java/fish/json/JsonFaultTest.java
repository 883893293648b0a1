package fish.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonFaultTest {
    private static String told(String text) {
        JsonProcessingException problem = catchThrowableOfType(JsonProcessingException.class, () -> {
            try (JsonParser parser = Json.parser(text)) {
                while (parser.nextToken() != null) {
                    parser.finishToken();
                }
            }
        });
        return JsonFault.of(problem);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":NaN}",
                "{\"a\":-Infinity}",
                "/* x */ {}",
                "{} // x",
                "# x",
                "{a:1}",
                "{'a':1}",
                "[1,]",
                "[01]",
                "[+1]",
                "[.5]",
                "[1.]",
                "[tru]",
                "[\"\t\"]",
                "[\"\\x\"]",
                "{\"a\":1,\"a\":2}",
                "{\"a\":",
                "{\"a",
                "]"
            })
    void noSettingOfTheLibraryIsNamed(String text) {
        assertThat(told(text))
                .doesNotContain("`", "Feature", "Source", "marker", "enable")
                .contains(", at line 1, column ");
    }

    @Test
    void thePlaceIsThatOfTheFault() {
        assertThat(told("{\"a\":1,\n \"b\":NaN}")).contains("NaN").contains("at line 2, column ");
        assertThat(told("{\"a\":1,\"a\":2}")).startsWith("field 'a' is given twice");
        assertThat(told("{\"a\":")).startsWith("the text ends too early");
        assertThat(told("[".repeat(2000))).startsWith("there are more than 1000 levels");
        assertThat(told("[" + "x".repeat(5000) + "]")).hasSizeLessThan(300);
    }
}
