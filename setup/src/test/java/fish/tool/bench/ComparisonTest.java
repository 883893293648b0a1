package fish.tool.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static BenchResult result(String dialect, int good, int micros, Map<String, Long> failures) {
        Histogram latencies = Recording.histogram();
        latencies.recordValueWithCount(micros, good);
        return new BenchResult(
                DialectTest.plan(dialect, BenchWork.PUT, InetSocketAddress.createUnresolved("db", 80)),
                Machine.here(),
                List.of(),
                Map.of(Op.PUT, latencies),
                failures,
                new BenchResult.Totals(2, good, 10, 5, 0));
    }

    @Test
    void mediansAndTheirRatioAreTold() throws IOException {
        Comparison comparison = new Comparison();
        for (int good : new int[] {600, 200, 400}) {
            comparison.add("put", result("fish", good, good, Map.of()));
        }
        comparison.add("put", result("etcd", 100, 4000, Map.of()));
        comparison.add("put", result("etcd", 60, 8000, Map.of("status 503", 2L)));
        assertThat(comparison.rows()).hasSize(1);
        assertThat(comparison.rows().get(0).subList(0, 5)).containsExactly("put", "4", "200", "40", "5.00");
        assertThat(comparison.rows().get(0)).hasSameSizeAs(Comparison.HEAD).contains("0.40", "6.00");
        assertThat(comparison.failures()).containsExactly("etcd, put, 4: {status 503=2}");

        JsonNode json = new ObjectMapper().readTree(comparison.json());
        assertThat(json.path("runs")).hasSize(5);
        assertThat(json.at("/medians/0/fish/rate").asDouble()).isEqualTo(200);
    }
}
