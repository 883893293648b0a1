package fish.tool.bulk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fish.kv.Key;
import fish.kv.StoredRecord;
import fish.kv.Value;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LineParserTest {
    private static LoadRecord parse(String line) throws WrongLineException {
        return LineParser.parse(7, line.getBytes(StandardCharsets.UTF_8));
    }

    private static Value value(String text, String type) {
        return new Value(text.getBytes(StandardCharsets.UTF_8), type, "");
    }

    @Test
    void aPlainLineIsCutAtItsFirstSpace() throws WrongLineException {
        assertThat(parse("a/ü b  c ").key()).isEqualTo(Key.of("a/ü"));
        assertThat(parse("a/ü b  c ").value()).isEqualTo(value("b  c ", "text/plain; charset=utf-8"));
        assertThat(parse("empty ").value()).isEqualTo(value("", "text/plain; charset=utf-8"));
        assertThat(parse("a b").expiresAtMillis()).isEqualTo(StoredRecord.NEVER);
        assertThat(parse("a b").line()).isEqualTo(7);
    }

    @Test
    void aPlainValueThatIsNotUtf8HasNoType() throws WrongLineException {
        byte[] line = {'k', ' ', (byte) 0xff, 0};
        assertThat(LineParser.parse(1, line).value()).isEqualTo(new Value(new byte[] {(byte) 0xff, 0}, "", ""));
    }

    @Test
    void aRecordInJsonComesBackAsItWas() throws WrongLineException {
        LoadRecord json = parse("{\"key\":\"a b\",\"revision\":7,\"created\":3,\"contentType\":\"application/x+json\","
                + "\"expires\":\"2030-01-31T12:00:00.250Z\",\"json\": {\"n\":1.50,\"n\":[ 2 ]}}");
        assertThat(json.key()).isEqualTo(Key.of("a b"));
        assertThat(json.value()).isEqualTo(value("{\"n\":1.50,\"n\":[ 2 ]}", "application/x+json"));
        assertThat(json.expiresAtMillis())
                .isEqualTo(Instant.parse("2030-01-31T12:00:00.250Z").toEpochMilli());
        assertThat(parse("{\"key\":\"a\",\"json\":1}").value()).isEqualTo(value("1", "application/json"));
        assertThat(parse("{\"key\":\"a\",\"text\":\"x\\n\"}").value()).isEqualTo(value("x\n", ""));
        assertThat(parse("{\"text\":\"\",\"contentType\":\"text/css\",\"key\":\"a\"}\r")
                        .value())
                .isEqualTo(value("", "text/css"));
        assertThat(parse("{\"key\":\"a\",\"base64\":\"AAH/\",\"contentEncoding\":\"gzip\"}")
                        .value())
                .isEqualTo(new Value(new byte[] {0, 1, (byte) 0xff}, "", "gzip"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            nospace                                   | no space
            {                                         | not JSON
            {"key":"a","text":"x"                     | not JSON
            {"key":"a"}                               | exactly one
            {"key":"a","text":"x","json":1}           | exactly one
            {"text":"x"}                              | at least one byte
            {"key":1,"text":"x"}                      | 'key' is not a string
            {"key":"a","text":"x","ttl":"1s"}         | no member 'ttl'
            {"key":"a","base64":"?"}                  | not base64
            {"key":"a","text":"x","expires":"soon"}   | no time
            {"key":"a","text":"x"} {}                 | something follows
            {"key":"a","text":"x","contentType":"é\u0416"} | no header can carry
            """)
    void aWrongLineSaysWhatIsWrong(String line, String reason) {
        assertThatThrownBy(() -> parse(line))
                .isInstanceOf(WrongLineException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void aKeyMayNotBeEmpty() {
        assertThatThrownBy(() -> parse(" value")).hasMessageContaining("at least one byte");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 63, 64})
    void aKeyOfTooManyBytesIsTold(int more) {
        String key = "k".repeat(Key.BYTES_MAX + more);
        if (more > 0) {
            assertThatThrownBy(() -> parse(key + " v")).hasMessageContaining("at most 1024 bytes");
        } else {
            assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> parse(key + " v")))
                    .isNull();
        }
    }
}
