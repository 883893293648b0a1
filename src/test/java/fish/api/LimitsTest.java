package fish.api;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fish.budget.ByteBudget;
import fish.contract.Code;
import fish.http.HttpConfig;
import fish.kv.Outcome;
import fish.kv.Read;
import fish.kv.ReadOutcome;
import fish.kv.Reason;
import fish.kv.Service;
import fish.kv.Write;
import fish.testing.MemoryService;
import fish.testing.Standard;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Bounds, ends, and what is given back after them. */
class LimitsTest {
    /** Holds every request until it is told to go on. */
    private static final class Held implements Service {
        final MemoryService memory = new MemoryService(System::currentTimeMillis);
        final Queue<Runnable> held = new ConcurrentLinkedQueue<>();

        @Override
        public void write(Write write, Consumer<? super Outcome> answer) {
            held.add(() -> memory.write(write, answer));
        }

        @Override
        public void read(Read read, Consumer<? super ReadOutcome> answer) {
            held.add(() -> memory.read(read, answer));
        }

        /** Lets what is held now go on; not what comes in its place. */
        void goOn() {
            for (int left = held.size(); left > 0; left--) {
                Runnable next = held.poll();
                if (next != null) {
                    next.run();
                }
            }
        }
    }

    private static final Duration SOON = Duration.ofSeconds(40);

    private final Held service = new Held();
    private ServerFixture fish = ServerFixture.over(service);

    @AfterEach
    void close() {
        service.goOn();
        fish.close();
    }

    private void with(HttpConfig config, ByteBudget answers) {
        fish.close();
        fish = new ServerFixture(config, service, ServerFixture.health(true), List.of(), List.of(), answers);
    }

    private void with(HttpConfig config) {
        fish.close();
        fish = new ServerFixture(config, service, ServerFixture.health(true), List.of());
    }

    private CompletableFuture<HttpResponse<String>> later(String method, String path, String body) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return fish.send(method, path, body);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private void awaitHeld(int count) throws Exception {
        eventually(SOON, () -> assertThat(service.held).hasSize(count));
    }

    private void assertNothingHeld() throws Exception {
        eventually(SOON, () -> {
            assertThat(fish.server.requestsInFlight()).isZero();
            assertThat(fish.server.bytesInFlight()).isZero();
        });
    }

    private static HttpResponse<String> get(CompletableFuture<HttpResponse<String>> answer)
            throws InterruptedException, ExecutionException, java.util.concurrent.TimeoutException {
        return answer.get(SOON.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void answersMayComeFromAnyThread() throws Exception {
        var put = later("PUT", "/kv/a", "x");
        awaitHeld(1);
        service.goOn();
        assertThat(get(put).statusCode()).isEqualTo(201);
        assertNothingHeld();
    }

    @Test
    void whatTheServiceNeverAnswersEndsAllTheSame() throws Exception {
        var put = later("PUT", "/kv/a?timeout=1ms", "x");
        var strong = later("GET", "/kv/a?timeout=1ms", "");
        var local = later("GET", "/kv/a?timeout=1ms&consistency=local", "");
        assertThat(get(put).statusCode()).isEqualTo(504);
        assertThat(get(put).body()).contains("unknown-outcome", "\"outcome\":\"unknown\"");
        assertThat(get(strong).statusCode()).isEqualTo(503);
        assertThat(get(strong).headers().firstValue("Retry-After")).isPresent();
        assertThat(get(local).statusCode()).isEqualTo(504);
        assertThat(get(local).body()).contains("lagging");
        assertNothingHeld();
        service.goOn(); // answers that come too late are dropped
        assertThat(fish.get("/health/live").statusCode()).isEqualTo(200);
    }

    @Test
    void requestsInFlightAreBounded() throws Exception {
        with(ServerFixture.config(1 << 20, 64 << 20, 1, SOON));
        var first = later("GET", "/kv/a", "");
        awaitHeld(1);
        HttpResponse<String> second = fish.put("/kv/a", "x");
        assertThat(second.statusCode()).isEqualTo(429);
        assertThat(second.body()).contains("overloaded", "not-applied");
        assertThat(second.headers().firstValue("Retry-After")).isPresent();
        service.goOn();
        assertThat(get(first).statusCode()).isEqualTo(404);
        assertNothingHeld();
    }

    @Test
    void bytesInFlightAreBounded() throws Exception {
        // Room is waited for as long as a request may take that does not say how long.
        with(Standard.http(
                ServerFixture.config(100_000, 100_000, 100, SOON).bounds(),
                ServerFixture.times(Duration.ofSeconds(1), SOON, SOON)));
        var first = later("PUT", "/kv/a?timeout=2m", "x".repeat(90_000));
        awaitHeld(1);
        HttpResponse<String> second = fish.put("/kv/b", "x".repeat(20_000));
        assertThat(second.statusCode()).isEqualTo(429);
        service.goOn();
        assertThat(get(first).statusCode()).isEqualTo(201);
        assertNothingHeld();
    }

    @Test
    void aLargeBodyWaitsForRoomAndIsRefusedWithoutAnyInTime() throws Exception {
        with(ServerFixture.config(400_000, 400_000, 100, SOON));
        var first = later("PUT", "/kv/a", "x".repeat(300_000));
        awaitHeld(1);
        var second = later("PUT", "/kv/b", "x".repeat(300_000));
        HttpResponse<String> small = fish.get("/health/live");
        assertThat(small.statusCode()).isEqualTo(200);
        assertThat(service.held).hasSize(1);
        service.goOn();
        assertThat(get(first).statusCode()).isEqualTo(201);
        awaitHeld(1);
        service.goOn();
        assertThat(get(second).statusCode()).isEqualTo(201);
        assertNothingHeld();
    }

    @Test
    void aReadWaitsUntilItsAnswerHasRoomAndIsOverloadedAtItsDeadline() throws Exception {
        ByteBudget answers = new ByteBudget(400_000);
        with(ServerFixture.config(100_000, 400_000, 100, SOON), answers);
        answers.force(400_000);
        HttpResponse<String> late = fish.get("/kv/a?timeout=100ms");
        assertThat(late.statusCode()).isEqualTo(429);
        assertThat(late.body()).contains("overloaded").doesNotContain("outcome");
        assertThat(late.headers().firstValue("Retry-After")).isPresent();
        var read = later("GET", "/kv/a", "");
        answers.give(400_000);
        awaitHeld(1);
        service.goOn();
        assertThat(get(read).statusCode()).isEqualTo(404);
        assertNothingHeld();
        assertThat(answers.used()).isZero();
    }

    @Test
    void aBodyThatDoesNotComeIsGivenUp() throws Exception {
        with(ServerFixture.config(1 << 20, 64 << 20, 100, Duration.ofMillis(200)));
        try (Socket socket = fish.connect()) {
            socket.getOutputStream()
                    .write("PUT /kv/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nxyz"
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(ServerFixture.readAll(socket)).startsWith("HTTP/1.1 408").contains("not-applied");
        }
        assertThat(service.held).isEmpty();
        assertNothingHeld();
    }

    @Test
    void aClientThatGoesAwayLeavesNothing() throws Exception {
        for (int i = 0; i < 50; i++) {
            try (Socket socket = fish.connect()) {
                socket.setSoLinger(i % 2 == 0, 0); // every other one resets the connection
                String body = i % 3 == 0 ? "xyz" : "123456789";
                socket.getOutputStream()
                        .write(("PUT /kv/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n" + body)
                                .getBytes(StandardCharsets.US_ASCII));
            }
        }
        eventually(SOON, () -> {
            service.goOn();
            assertThat(fish.server.requestsInFlight()).isZero();
            assertThat(fish.server.bytesInFlight()).isZero();
        });
    }

    @Test
    void closingLetsWhatIsUnderWayFinishAndRefusesTheRest() throws Exception {
        with(Standard.http(ServerFixture.CONFIG.bounds(), ServerFixture.times(SOON, SOON, Duration.ofMinutes(2))));
        var put = later("PUT", "/kv/a", "x");
        awaitHeld(1);
        int port = fish.server.address().getPort();
        CompletableFuture<Void> closing = CompletableFuture.runAsync(fish.server::close);
        // Which is never held: a write that came before the close would be waited for.
        eventually(SOON, () -> assertThat(fish.get("/health/live").statusCode()).isEqualTo(503));
        HttpResponse<String> refused = fish.put("/kv/b", "x");
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.body()).contains("shutting-down", "not-applied");
        String reads = fish.send("POST", "/txn", "{\"then\":[{\"get\":{\"key\":\"a\"}}]}")
                .body();
        assertThat(reads).contains("shutting-down").doesNotContain("outcome");
        String writes = fish.send("POST", "/txn", "{\"then\":[{\"delete\":{\"key\":\"a\"}}]}")
                .body();
        assertThat(writes).contains("shutting-down", "not-applied");
        assertThat(fish.send("POST", "/txn", "{").body()).contains("shutting-down", "not-applied");
        service.goOn();
        assertThat(get(put).statusCode()).isEqualTo(201);
        closing.get(SOON.toSeconds(), TimeUnit.SECONDS);
        fish.server.close();
        assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close())
                .isInstanceOf(ConnectException.class);
    }

    @Test
    void closingDoesNotWaitForEver() throws Exception {
        var put = later("PUT", "/kv/a?timeout=1m", "x");
        awaitHeld(1);
        CompletableFuture.runAsync(fish.server::close).get(SOON.toSeconds(), TimeUnit.SECONDS);
        assertThat(put.handle((response, failure) -> failure != null).get(SOON.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
    }

    @Test
    void everyReasonHasItsStatus() throws Exception {
        for (Reason reason : Reason.values()) {
            Code code = Statuses.code(reason);
            ServerFixture refusing = ServerFixture.over(new Service() {
                @Override
                public void write(Write write, Consumer<? super Outcome> answer) {
                    answer.accept(Outcome.refused(reason, "because"));
                }

                @Override
                public void read(Read read, Consumer<? super ReadOutcome> answer) {
                    answer.accept(ReadOutcome.failed(reason, "because"));
                }
            });
            try (refusing) {
                HttpResponse<String> put = refusing.put("/kv/a", "x");
                assertThat(put.statusCode()).isEqualTo(code.status());
                assertThat(put.body())
                        .contains("\"code\":\"" + code.text() + "\"")
                        .contains("\"outcome\":\"" + (code.outcomeUnknown() ? "unknown" : "not-applied") + "\"");
                assertThat(put.headers().firstValue("Retry-After").isPresent())
                        .isEqualTo(code.status() == 503 || code.status() == 429);
                assertThat(refusing.get("/kv/a").body())
                        .contains("\"code\":\"" + code.text() + "\"")
                        .doesNotContain("\"outcome\"");
            }
        }
    }
}
