package fish.client;

import static fish.client.FaultyFrontEnd.problem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import fish.client.FaultyFrontEnd.Step;
import fish.kv.Key;
import fish.kv.StoredRecord;
import fish.testing.Eventually;
import fish.testing.FreePorts;
import fish.testing.MemoryService;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What breaks on the way, at every stage, and what the client makes of it. */
@Timeout(60)
class RetryTest {
    private static final Key A = Key.of("a");
    /** Shorter than a front-end keeps silent. */
    private static final Duration SOON = Duration.ofSeconds(12);

    private static final List<Step> BREAKS = List.of(
            FaultyFrontEnd.BREAK_BEFORE,
            FaultyFrontEnd.BREAK_AFTER,
            FaultyFrontEnd.HALF_A_HEAD,
            FaultyFrontEnd.HALF_AN_ANSWER,
            FaultyFrontEnd.SILENCE_BEFORE,
            FaultyFrontEnd.SILENCE_AFTER);

    private final TestServer server = new TestServer(new MemoryService(System::currentTimeMillis));
    private final FaultyFrontEnd faulty;
    private final FishClient fish;

    RetryTest() throws IOException {
        faulty = new FaultyFrontEnd(server.port());
        fish = FishClient.open(config(faulty.url()));
    }

    /** So patient that each try is answered, however slow the machine is: tries are counted. */
    private static ClientConfig config(String... urls) {
        return ClientConfig.of(urls)
                .withTimeouts(Duration.ofMinutes(1), Duration.ofSeconds(30))
                .withRetries(new Retries(5, 10, Duration.ofMillis(1), Duration.ofMillis(5)));
    }

    /** One that does not wait long for front-ends that keep silent; it may give up others, too, and tries again. */
    private FishClient impatient() {
        return FishClient.open(config(faulty.url())
                .withTimeouts(Duration.ofMinutes(1), Duration.ofMillis(400))
                .withRetries(new Retries(20, 10, Duration.ofMillis(1), Duration.ofMillis(5))));
    }

    @AfterEach
    void close() throws IOException {
        fish.close();
        faulty.close();
        server.close();
    }

    @Test
    void aWriteIsAppliedOnceWhereverTheConnectionBreaks() {
        try (FishClient impatient = impatient()) {
            long before = impatient.put(A, Values.text("0")).revision();
            for (Step step : BREAKS) {
                faulty.next(step);
                assertThat(impatient.put(A, Values.text("again")).revision()).isEqualTo(++before);
            }
            faulty.next(FaultyFrontEnd.BREAK_AFTER);
            assertThat(impatient.delete(A)).hasValue(++before);
            faulty.next(FaultyFrontEnd.BREAK_AFTER, FaultyFrontEnd.SILENCE_AFTER);
            assertThat(impatient
                            .txn(new TxnBuilder()
                                    .ifAbsent(A)
                                    .put(A, Values.text("1"))
                                    .build())
                            .conditionsHeld())
                    .isTrue();
        }
    }

    @Test
    void aReadIsTriedAgainWhereverTheConnectionBreaks() {
        try (FishClient impatient = impatient()) {
            impatient.put(A, Values.text("1"));
            for (Step step : BREAKS) {
                faulty.next(step);
                assertThat(impatient.get(A).map(StoredRecord::value)).contains(Values.text("1"));
            }
        }
    }

    @Test
    void everyTryOfAWriteHasTheSameKeyAndEveryWriteAnotherOne() {
        faulty.next(FaultyFrontEnd.BREAK_BEFORE, problem(503, "no-master", "not-applied"));
        fish.put(A, Values.text("1"));
        fish.put(A, Values.text("1"));

        List<String> keys = faulty.headers("Idempotency-Key");
        assertThat(keys).hasSize(4);
        assertThat(keys.get(1)).isEqualTo(keys.get(0)).isEqualTo(keys.get(2));
        assertThat(new HashSet<>(keys)).hasSize(2);
    }

    @Test
    void whatMayPassIsTriedAgain() {
        for (Map.Entry<String, Integer> refusal : Map.of(
                        "in-progress",
                        409,
                        "overloaded",
                        429,
                        "not-master",
                        421,
                        "no-quorum",
                        503,
                        "starting",
                        503,
                        "shutting-down",
                        503,
                        "unknown-outcome",
                        504)
                .entrySet()) {
            faulty.next(problem(refusal.getValue(), refusal.getKey(), "unknown"));
            fish.put(A, Values.text(refusal.getKey()));
        }
        faulty.next(FaultyFrontEnd.answer(502, "text/html", "<p>no", "X: y"));
        fish.put(A, Values.text("by a proxy"));
    }

    @Test
    void whatCannotPassIsToldAtOnceWithItsOutcome() {
        faulty.next(problem(507, "disk-full", "not-applied"));
        assertThatThrownBy(() -> fish.put(A, Values.text("1")))
                .isInstanceOfSatisfying(
                        NotAppliedException.class, e -> assertThat(e.code()).isEqualTo("disk-full"));
        faulty.next(FaultyFrontEnd.answer(404, "text/html", "another server"));
        assertThatThrownBy(() -> fish.put(A, Values.text("1"))).isInstanceOf(NotAppliedException.class);
        faulty.next(FaultyFrontEnd.answer(404, "text/html", "another server"));
        assertThatThrownBy(() -> fish.delete(A)).isInstanceOf(NotAppliedException.class);
        faulty.next(FaultyFrontEnd.answer(404, "text/html", "another server"));
        assertThatThrownBy(() -> fish.get(A)).isInstanceOf(ReadFailedException.class);
        faulty.next(FaultyFrontEnd.answer(200, "application/json", "{\"key\":"));
        assertThatThrownBy(() -> fish.put(A, Values.text("1")))
                .isInstanceOfSatisfying(
                        UnknownOutcomeException.class, e -> assertThat(e.code()).isEqualTo("bad-answer"));
        faulty.next(FaultyFrontEnd.answer(200, "application/json", "{\"records\":7}"));
        assertThatThrownBy(() -> fish.list(Listing.ALL).toList()).isInstanceOf(ReadFailedException.class);
        assertThat(faulty.requests).hasSize(6);
    }

    @Test
    void aRefusalAfterATryThatMayHaveBeenAppliedLeavesItUnknown() {
        faulty.next(FaultyFrontEnd.BREAK_AFTER);
        faulty.next(
                Collections.nCopies(4, problem(503, "no-master", "not-applied")).toArray(Step[]::new));
        WriteOptions options = WriteOptions.DEFAULT.withIdempotencyKey("w1");

        UnknownOutcomeException unknown =
                catchThrowableOfType(UnknownOutcomeException.class, () -> fish.put(A, Values.text("1"), options));
        assertThat(unknown.code()).isEqualTo("no-master");
        assertThat(unknown.idempotencyKey()).isEqualTo("w1");
        assertThat(fish.put(A, Values.text("1"), options).revision()).isEqualTo(1);
    }

    @Test
    void triesEndAndWhereNoneCanHaveBeenAppliedThatIsSaid() {
        faulty.next(
                Collections.nCopies(5, problem(503, "no-master", "not-applied")).toArray(Step[]::new));
        assertThatThrownBy(() -> fish.put(A, Values.text("1")))
                .isInstanceOf(NotAppliedException.class)
                .hasMessageContaining("5 tries");
        assertThat(faulty.requests).hasSize(5);
    }

    @Test
    void aFrontEndThatIsGoneIsPassedOver() throws IOException {
        try (FishClient client = FishClient.open(config(closedPort(), faulty.url(), closedPort()))) {
            for (int i = 0; i < 10; i++) {
                client.put(A, Values.text("1"));
            }
        }
        assertThat(faulty.requests).hasSize(10);
    }

    @Test
    void requestsAreSpreadOverTheFrontEnds() throws IOException {
        try (FaultyFrontEnd other = new FaultyFrontEnd(server.port());
                FishClient client = FishClient.open(config(faulty.url(), other.url()))) {
            for (int i = 0; i < 10; i++) {
                client.get(A);
            }
            assertThat(faulty.requests).hasSize(5);
            assertThat(other.requests).hasSize(5);
        }
    }

    @Test
    void oneThatSaysNothingLeavesTimeForTheNext() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            ClientConfig both = config("http://127.0.0.1:" + silent.getLocalPort(), server.url())
                    .withTimeouts(SOON, SOON);
            for (int first = 0; first < 2; first++) {
                // Whoever is asked first.
                try (FishClient client = FishClient.open(both, new Random(first), Time.SYSTEM)) {
                    client.put(A, Values.text("1"));
                    client.put(A, Values.text("2"));
                }
            }
        }
    }

    @Test
    void nothingWasSentWhereNobodyListens() throws IOException {
        try (FishClient client = FishClient.open(config(closedPort()))) {
            assertThatThrownBy(() -> client.put(A, Values.text("1")))
                    .isInstanceOfSatisfying(
                            NotAppliedException.class, e -> assertThat(e.code()).isEqualTo("no-connection"));
            assertThatThrownBy(() -> client.get(A)).isInstanceOf(ReadFailedException.class);
        }
    }

    @Test
    void pausesAreDrawnAndAtLeastWhatTheFrontEndAsksFor() {
        List<Long> pauses = new CopyOnWriteArrayList<>();
        Time unhurried = new Time() {
            @Override
            public long nanos() {
                return 0;
            }

            @Override
            public boolean pause(CountDownLatch end, long nanos) {
                pauses.add(nanos);
                return false;
            }
        };
        Step busy = FaultyFrontEnd.answer(429, "application/problem+json", "{\"code\":\"overloaded\"}");
        Step later =
                FaultyFrontEnd.answer(429, "application/problem+json", "{\"code\":\"overloaded\"}", "Retry-After: 2");
        faulty.next(busy, busy, later);
        try (FishClient client = FishClient.open(config(faulty.url()), new Random(1), unhurried)) {
            client.put(A, Values.text("1"));
        }
        assertThat(pauses.get(0)).isBetween(0L, Duration.ofMillis(1).toNanos());
        assertThat(pauses.get(1)).isBetween(0L, Duration.ofMillis(2).toNanos());
        assertThat(pauses.subList(2, pauses.size()))
                .containsExactly(Duration.ofSeconds(2).toNanos());
    }

    @Test
    void theTimeoutHoldsOverAllTries() {
        faulty.next(Collections.nCopies(5, FaultyFrontEnd.SILENCE_BEFORE).toArray(Step[]::new));
        long start = System.nanoTime();
        try (FishClient impatient = impatient()) {
            assertThatThrownBy(() -> impatient.get(A, ReadOptions.STRONG.withTimeout(Duration.ofMillis(600))))
                    .isInstanceOfSatisfying(
                            ReadFailedException.class, e -> assertThat(e.code()).isEqualTo("timeout"));
        }
        // For so long would even one of the front-ends keep silent.
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
        assertThat(faulty.requests.get(0)).containsPattern("timeout=(300|2\\d\\d)ms");
    }

    @Test
    void anAnswerThatIsTooLargeIsNotTaken() {
        fish.put(A, Values.bytes(new byte[10_000]));
        try (FishClient small = FishClient.open(config(faulty.url()).withLimits(1, 1, 5000))) {
            assertThatThrownBy(() -> small.get(A))
                    .isInstanceOf(ReadFailedException.class)
                    .hasMessageContaining("5000");
        }
    }

    @Test
    void whoeverWaitsIsToldWhenTheClientCloses() {
        faulty.next(FaultyFrontEnd.SILENCE_BEFORE);
        FishClient patient = FishClient.open(ClientConfig.of(faulty.url()));
        CompletableFuture<Object> waiting = CompletableFuture.supplyAsync(() -> patient.put(A, Values.text("1")));
        Eventually.eventually(SOON, () -> assertThat(faulty.requests).hasSize(1));

        patient.close();
        assertThatThrownBy(() -> waiting.get(SOON.toSeconds(), TimeUnit.SECONDS))
                .hasCauseInstanceOf(UnknownOutcomeException.class);
        assertThatThrownBy(() -> patient.get(A))
                .isInstanceOfSatisfying(
                        ReadFailedException.class, e -> assertThat(e.code()).isEqualTo("closed"));
    }

    @Test
    void anInterruptEndsTheWaitAndStaysSet() throws InterruptedException {
        faulty.next(FaultyFrontEnd.SILENCE_BEFORE);
        AtomicReference<String> code = new AtomicReference<>("");
        CountDownLatch stillSet = new CountDownLatch(1);
        Thread writer = new Thread(() -> {
            try {
                fish.put(A, Values.text("1"), WriteOptions.DEFAULT.withTimeout(Duration.ofMinutes(1)));
            } catch (UnknownOutcomeException e) {
                code.set(e.code());
            }
            if (Thread.currentThread().isInterrupted()) {
                stillSet.countDown();
            }
        });
        writer.start();
        Eventually.eventually(SOON, () -> assertThat(faulty.requests).hasSize(1));
        writer.interrupt();
        assertThat(stillSet.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(code.get()).isEqualTo("interrupted");
    }

    private static String closedPort() {
        return "http://127.0.0.1:" + FreePorts.any();
    }
}
