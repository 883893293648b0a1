package fish.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fish.contract.Code;
import fish.http.ProblemException;
import fish.kv.Operation;
import fish.kv.Txn;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TxnJsonTest {
    private static final String[] LETTERS = {"a", "\u00e9", "\u20ac", "\ud83d\udc1f", "\\u0041", " "};

    @Test
    void valuesAreKeptAsTheyWereWrittenWhateverTheirLettersTake() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<String> values = new ArrayList<>();
        StringBuilder body = new StringBuilder("{\"then\":[");
        for (int i = 0; i < 100; i++) {
            StringBuilder value = new StringBuilder("{ \"n\" : 1.50e+2, \"t\" :\"");
            for (int letters = random.nextInt(400); letters > 0; letters--) {
                value.append(LETTERS[random.nextInt(LETTERS.length)]);
            }
            values.add(value.append("\" }").toString());
            body.append(i == 0 ? "" : " ,")
                    .append("{\"put\":{\"key\":\"\u20ac")
                    .append(i)
                    .append("\",\"json\": ")
                    .append(values.get(i))
                    .append(" }}");
        }
        Txn txn = TxnJson.parse(body.append("]}").toString().getBytes(StandardCharsets.UTF_8), 1 << 20);
        assertThat(txn.then())
                .as("seed %d", seed)
                .extracting(put -> new String(((Operation.Put) put).value().bytes(), StandardCharsets.UTF_8))
                .isEqualTo(values);
    }

    /** Long before its end: the parser keeps the names of an object. */
    @Test
    void aValueThatIsTooLargeIsRefusedWhereItStands() {
        String members =
                IntStream.range(0, 200_000).mapToObj(i -> "\"n" + i + "\":{}").collect(Collectors.joining(","));
        for (String test :
                List.of("{\"then\":[{\"put\":{\"key\":\"a\",\"json\":", "{\"if\":[{\"key\":\"a\",\"json\":")) {
            String body = test + "[{}," + "{" + members;
            assertThatThrownBy(() -> TxnJson.parse(body.getBytes(StandardCharsets.UTF_8), 1 << 20))
                    .isInstanceOfSatisfying(ProblemException.class, e -> {
                        assertThat(e.problem().code()).isEqualTo(Code.TOO_LARGE);
                        assertThat(String.valueOf(e.problem().members().get("at")))
                                .matches("/(then/0/put|if/0)/json");
                    });
        }
    }

    @Test
    void whatIsNotUtf8IsRefusedWhereverItStands() {
        for (int[] bad : new int[][] {{0xc0, 0x80}, {0xed, 0xa0, 0x80}, {0xff}, {0xe2, 0x82}}) {
            byte[] body =
                    ("{\"then\":[]}" + " ".repeat(9_000) + "?".repeat(bad.length)).getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < bad.length; i++) {
                body[body.length - bad.length + i] = (byte) bad[i];
            }
            assertThatThrownBy(() -> TxnJson.parse(body, 1 << 20)).isInstanceOfSatisfying(ProblemException.class, e -> {
                assertThat(e.problem().code()).isEqualTo(Code.BAD_JSON);
                assertThat(e.problem().detail()).isEqualTo("the body is not UTF-8");
            });
        }
    }
}
