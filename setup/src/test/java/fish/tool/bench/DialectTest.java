package fish.tool.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class DialectTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    static Plan plan(String dialect, BenchWork workload, InetSocketAddress address) {
        return new Plan(
                new Plan.Target(List.of(address), dialect, "strong", "", ""),
                workload,
                new Plan.Load(4, 0, 0.5, 8),
                new Plan.Data("bench/", 100, 64, true),
                new Plan.Times(Duration.ZERO, Duration.ofSeconds(1), Duration.ofSeconds(10)));
    }

    private static String request(String dialect, Op op) {
        HttpBytes out = new HttpBytes();
        Dialect.of(plan(dialect, BenchWork.PUT, InetSocketAddress.createUnresolved("db", 80)))
                .write(out, op, 42, 3);
        return new String(out.toBytes(), StandardCharsets.ISO_8859_1);
    }

    private static JsonNode body(String request) throws IOException {
        String[] parts = request.split("\r\n\r\n", 2);
        assertThat(parts[0]).contains("\r\nContent-Length: " + parts[1].length());
        return JSON.readTree(parts[1]);
    }

    private static String plain(JsonNode base64) {
        return new String(Base64.getDecoder().decode(base64.asText()), StandardCharsets.UTF_8);
    }

    @Test
    void fishIsAskedAsItsPageSays() throws IOException {
        assertThat(request("fish", Op.PUT)).startsWith("PUT /kv/bench/00000042 HTTP/1.1\r\nHost: db\r\n");
        assertThat(request("fish", Op.PUT).split("\r\n\r\n", 2)[1]).hasSize(64);
        assertThat(request("fish", Op.GET)).isEqualTo("GET /kv/bench/00000042 HTTP/1.1\r\nHost: db\r\n\r\n");
        assertThat(request("fish", Op.LIST)).startsWith("GET /kv?prefix=bench/&start=bench/00000042&limit=100 ");
        JsonNode txn = body(request("fish", Op.TXN));
        assertThat(txn.at("/if/0/key").asText()).isEqualTo("bench/00000042");
        assertThat(txn.at("/then/1/put/key").asText()).isEqualTo("bench/00000043");
        assertThat(txn.at("/then/0/put/text").asText()).hasSize(64);
    }

    @Test
    void etcdIsAskedThroughItsGateway() throws IOException {
        JsonNode put = body(request("etcd", Op.PUT));
        assertThat(request("etcd", Op.PUT)).startsWith("POST /v3/kv/put HTTP/1.1");
        assertThat(plain(put.path("key"))).isEqualTo("bench/00000042");
        assertThat(plain(put.path("value"))).hasSize(64);
        assertThat(body(request("etcd", Op.LIST)).path("limit").asText()).isEqualTo("100");
        JsonNode txn = body(request("etcd", Op.TXN));
        assertThat(plain(txn.at("/compare/0/key"))).isEqualTo("bench/00000042");
        assertThat(plain(txn.at("/success/1/request_put/key"))).isEqualTo("bench/00000043");
        Dialect etcd = Dialect.of(plan("etcd", BenchWork.PUT, InetSocketAddress.createUnresolved("db", 80)));
        assertThat(etcd.isGood(Op.TXN, 200, "{\"header\":{},\"succeeded\":true"))
                .isTrue();
        assertThat(etcd.isGood(Op.TXN, 200, "{\"header\":{}")).isFalse();
        assertThat(etcd.isGood(Op.GET, 200, "{\"header\":{}}")).isFalse();
    }

    @Test
    void consulIsAskedToo() throws IOException {
        assertThat(request("consul", Op.GET)).startsWith("GET /v1/kv/bench/00000042?raw&consistent HTTP/1.1");
        JsonNode txn = body(request("consul", Op.TXN));
        assertThat(txn.at("/0/KV/Verb").asText()).isEqualTo("get");
        assertThat(txn.at("/2/KV/Key").asText()).isEqualTo("bench/00000043");
        assertThat(plain(txn.at("/2/KV/Value"))).hasSize(64);
    }

    @Test
    void whatADialectCannotDoIsToldBefore() {
        InetSocketAddress nobody = InetSocketAddress.createUnresolved("db", 80);
        assertThatThrownBy(() -> Dialect.of(plan("etcd", BenchWork.WATCH, nobody)))
                .hasMessageContaining("fish alone");
        assertThatThrownBy(() -> Dialect.of(plan("consul", BenchWork.LIST, nobody)))
                .hasMessageContaining("consul");
        assertThatThrownBy(() -> Dialect.of(plan("redis", BenchWork.PUT, nobody)))
                .hasMessageContaining("fish, etcd");
    }
}
