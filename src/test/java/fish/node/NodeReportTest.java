package fish.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fish.contract.NodeState;
import fish.contract.NodeStatus;
import fish.contract.NodeType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeReportTest {
    private static final String GOOD = report("b0", NodeState.REPLICA).text();

    private record Text(String text) {}

    private static Text report(String name, NodeState state) {
        NodeStatus status = new NodeStatus(
                name,
                NodeType.ELECTABLE,
                state,
                "localhost:9000",
                "http://localhost:5000",
                1,
                0,
                7,
                Double.NaN,
                List.of("disk full"));
        NodeReport report = new NodeReport("fish", status, 1, 2, 3, 4, true, -5, List.of());
        return new Text(new String(report.toJson(), StandardCharsets.UTF_8));
    }

    private static NodeReport parsed(String json) throws IOException {
        return NodeReport.fromJson(json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void whatANodeSaysComesBack() throws IOException {
        NodeReport report = parsed(GOOD);
        assertThat(report.status().name()).isEqualTo("b0");
        assertThat(report.status().revision()).isEqualTo(7);
        assertThat(report.leaving()).isTrue();
        assertThat(report.writes()).isEqualTo(4);
        assertThat(report.room()).isEqualTo(-5);
        assertThat(report.status().warnings()).containsExactly("disk full");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"b0\"|\"\"",
                "\"b0\"|\"a\\nb\"",
                "\"b0\"|\"../x\"",
                "\"b0\"|7",
                "\"fish\"|\"a b\"",
                "\"localhost:9000\"|\"x\"",
                "\"localhost:9000\"|\"localhost:99999\"",
                "\"http://localhost:5000\"|\"x\"",
                "\"http://localhost:5000\"|\"http://localhost:5000/x\"",
                "\"http://localhost:5000\"|\"http://u@localhost:5000\"",
                "\"http://localhost:5000\"|\"http://a\\nb:5000\"",
                "\"priority\":1|\"priority\":-1",
                "\"priority\":1|\"priority\":1001",
                "\"priority\":1|\"priority\":\"x\"",
                "\"revision\":7|\"revision\":1e300",
                "\"revision\":7|\"revision\":99999999999999999999",
                "\"electable\"|\"king\"",
                "\"replica\"|\"king\""
            })
    void whatCannotBeOfANodeIsNone(String part, String instead) {
        assertThat(GOOD).contains(part);
        assertThatThrownBy(() -> parsed(GOOD.replace(part, instead))).isInstanceOf(IOException.class);
    }

    @Test
    void bytesOfAnySortAreARefusalAndNothingElse() {
        Random random = new Random(42);
        byte[] good = GOOD.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = good.clone();
            for (int change = 0; change <= random.nextInt(4); change++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try {
                NodeStatus status = NodeReport.fromJson(bytes).status();
                assertThat(status.name()).matches("[A-Za-z0-9._-]{1,64}");
            } catch (IOException e) {
                assertThat(e).hasMessageNotContaining("Exception");
            }
        }
        for (String text : List.of("", "[", "null", "7", "{}", "[[[[", "{\"followers\":[{}]}")) {
            assertThatThrownBy(() -> parsed(text)).isInstanceOf(IOException.class);
        }
    }
}
