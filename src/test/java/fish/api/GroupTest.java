package fish.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fish.access.Need;
import fish.contract.Code;
import fish.http.Problem;
import fish.http.Route;
import fish.kv.Consistency;
import fish.kv.Failure;
import fish.kv.Outcome;
import fish.kv.Read;
import fish.kv.ReadOutcome;
import fish.kv.Reason;
import fish.kv.Service;
import fish.kv.TxnResult;
import fish.kv.Write;
import fish.testing.MemoryService;
import io.undertow.util.Methods;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** {@code /health}, {@code /cluster}, and routes that a node adds. */
class GroupTest {
    private static ServerFixture fish(Health health, Route... more) {
        return new ServerFixture(
                ServerFixture.CONFIG, new MemoryService(System::currentTimeMillis), health, List.of(more));
    }

    @Test
    void aWellNodeIsReady() throws Exception {
        try (ServerFixture fish = fish(ServerFixture.health(true))) {
            assertThat(fish.get("/health/live").statusCode()).isEqualTo(200);
            assertThat(fish.get("/health/ready").statusCode()).isEqualTo(200);
            assertThat(fish.get("/health/ready?master").statusCode()).isEqualTo(200);
            assertThat(fish.get("/health/ready?verbose").body()).isEqualTo("[+]replica ok\n[+]master ok\n");
            assertThat(fish.get("/health/ready?nonsense").statusCode()).isEqualTo(400);
            assertThat(fish.get("/health/live?verbose").statusCode()).isEqualTo(400);
        }
    }

    @Test
    void anIllNodeSaysWhy() throws Exception {
        try (ServerFixture fish = fish(ServerFixture.health(false))) {
            assertThat(fish.get("/health/live").statusCode()).isEqualTo(200);
            HttpResponse<String> ready = fish.get("/health/ready");
            assertThat(ready.statusCode()).isEqualTo(503);
            assertThat(ready.body()).contains("\"code\":\"starting\"", "[-]master none since 3.1 s");
            assertThat(ready.headers().firstValue("Retry-After")).isPresent();
            HttpResponse<String> verbose = fish.get("/health/ready?verbose");
            assertThat(verbose.statusCode()).isEqualTo(503);
            assertThat(verbose.body()).isEqualTo("[+]replica ok\n[-]master none since 3.1 s\n");
            assertThat(fish.get("/health/ready?master").body()).contains("no-master");
        }
    }

    @Test
    void theGroupIsTold() throws Exception {
        try (ServerFixture fish = fish(ServerFixture.health(true))) {
            assertThat(fish.get("/cluster").body())
                    .isEqualTo(
                            "{\"group\":\"fish\",\"master\":\"b0\",\"nodes\":[{\"name\":\"b0\",\"type\":\"electable\","
                                    + "\"state\":\"master\",\"address\":\"localhost:9000\",\"http\":\"http://localhost:5000\","
                                    + "\"priority\":10,\"term\":3,\"revision\":1250,\"lag\":0.0},{\"name\":\"r0\","
                                    + "\"type\":\"secondary\",\"state\":\"unreachable\",\"address\":\"localhost:9002\","
                                    + "\"http\":null,\"priority\":0,\"revision\":0,\"lag\":null}]}");
        }
    }

    @Test
    void aNodeMayServeMore() throws Exception {
        Route link = Route.upgrade("/link", "fish/1", exchange -> exchange.setStatusCode(299));
        Route nodes = Route.write(Methods.DELETE, "/elsewhere/*", Need.ADMIN, call -> {
            throw new Problem(Code.CONFLICT, "not " + call.rest()).exception();
        });
        Route broken = Route.read(Methods.GET, "/broken", Need.ANY, call -> {
            throw new IllegalStateException("on purpose");
        });
        try (ServerFixture fish = fish(ServerFixture.health(true), link, nodes, broken)) {
            String upgrade =
                    "GET /link HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nConnection: Upgrade\r\nUpgrade: ";
            assertThat(fish.raw(upgrade + "fish/1\r\n\r\n")).startsWith("HTTP/1.1 299");
            assertThat(fish.raw(upgrade + "other\r\n\r\n")).startsWith("HTTP/1.1 404");
            assertThat(fish.send("DELETE", "/elsewhere/b2", "").body()).contains("conflict", "not b2");
            assertThat(fish.get("/broken").statusCode()).isEqualTo(500);
        }
        assertThatThrownBy(() -> fish(ServerFixture.health(true), link, link).close())
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void unknownStaysUnknownAndTheMasterIsNamed() throws Exception {
        Service service = new Service() {
            @Override
            public void write(Write write, Consumer<? super Outcome> answer) {
                answer.accept(Outcome.unknown(Reason.NO_MASTER, "lost it"));
            }

            @Override
            public void read(Read read, Consumer<? super ReadOutcome> answer) {
                answer.accept(
                        read.consistency() == Consistency.LOCAL
                                ? new ReadOutcome.Found(
                                        new TxnResult(true, 1, List.of()), false, read.consistency(), "n", Double.NaN)
                                : new ReadOutcome.Failed(new Failure(Reason.NOT_MASTER, "no", "http://b1:5000")));
            }
        };
        try (ServerFixture fish = ServerFixture.over(service)) {
            HttpResponse<String> put = fish.put("/kv/a", "x");
            assertThat(put.statusCode()).isEqualTo(504);
            assertThat(put.body()).contains("unknown-outcome", "\"outcome\":\"unknown\"");
            HttpResponse<String> get = fish.get("/kv/a");
            assertThat(get.statusCode()).isEqualTo(421);
            assertThat(get.body()).contains("\"master\":\"http://b1:5000\"");
            assertThat(fish.get("/kv?consistency=local").headers().firstValue("Fish-Lag"))
                    .hasValue("unknown");
        }
    }
}
