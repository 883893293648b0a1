package fish.link;

import static fish.link.TestFrontEnd.SOON;
import static fish.link.TestFrontEnd.now;
import static fish.link.TestFrontEnd.put;
import static fish.link.TestFrontEnd.send;
import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fish.kv.Condition;
import fish.kv.Consistency;
import fish.kv.Key;
import fish.kv.OpResult;
import fish.kv.Query;
import fish.kv.Read;
import fish.kv.ReadOutcome;
import fish.kv.Txn;
import fish.kv.Write;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class LinkTest {
    private static final LinkLimits FEW = new LinkLimits(
            LinkLimits.FRAME_BYTES_MAX,
            16,
            LinkLimits.QUEUE_BYTES_MAX,
            4,
            LinkLimits.REQUEST_BYTES_MAX,
            2,
            LinkLimits.PING_EVERY,
            LinkLimits.SILENCE_MAX);

    private TestFrontEnd front;

    @BeforeEach
    void start() throws Exception {
        front = new TestFrontEnd(LinkLimits.DEFAULT);
    }

    @AfterEach
    void stop() {
        front.close();
    }

    @Test
    void aWriteIsAnswered() throws Exception {
        try (TestBackEnd back = new TestBackEnd(new EchoService(), LinkLimits.DEFAULT).start()) {
            LinkClient client = front.connect(back.uri());
            assertThat(now(send(client, put(7, 100)))).isEqualTo("committed 7");
            assertThat(client.isOpen()).isTrue();
            assertThat(back.links().connections()).isEqualTo(1);
        }
    }

    @Test
    void nothingIsSentToAnotherGroup() throws Exception {
        LinkServer ours = new LinkServer(new EchoService(), LinkLimits.DEFAULT).identifiedBy(() -> "1");
        try (TestBackEnd back = new TestBackEnd(ours).start()) {
            assertThat(front.connect(back.uri()).isOpen()).isTrue();
            assertThat(front.inGroup("1").connect(back.uri()).isOpen()).isTrue();
            assertThatThrownBy(() -> front.inGroup("2").connect(back.uri()))
                    .hasCauseInstanceOf(OtherGroupException.class)
                    .hasMessageContaining("is of another group");
        }
        // One of an earlier version does not say which it is.
        try (TestBackEnd back = new TestBackEnd(new EchoService(), LinkLimits.DEFAULT).start()) {
            assertThat(front.inGroup("1").connect(back.uri()).isOpen()).isTrue();
        }
    }

    @Test
    void largeFramesGoBothWays() throws Exception {
        try (TestBackEnd back = new TestBackEnd(new EchoService(), LinkLimits.DEFAULT).start()) {
            LinkClient client = front.connect(back.uri());
            var write = send(client, put(1, 8 << 20));
            var small = send(client, put(2, 1));
            assertThat(read(client, 8 << 20)).isEqualTo("found " + (8 << 20));
            assertThat(now(write)).isEqualTo("committed 1");
            assertThat(now(small)).isEqualTo("committed 2");
        }
    }

    /** An entry of a transaction can test several things of its key. */
    @Test
    void asManyConditionsAsATransactionCanHaveAreTaken() throws Exception {
        try (TestBackEnd back = new TestBackEnd(new EchoService(), LinkLimits.DEFAULT).start()) {
            Write put = put(3, 10);
            Condition there = new Condition.Exists(Key.of("k"), true);
            Txn many = new Txn(
                    Collections.nCopies(Txn.CONDITIONS_MAX, there), put.txn().then(), List.of());
            assertThat(now(send(front.connect(back.uri()), put.of(many)))).isEqualTo("committed 3");
        }
    }

    @Test
    void anAnswerThatNoFrameCanHoldIsAFailure() throws Exception {
        try (TestBackEnd back = new TestBackEnd(new EchoService(), LinkLimits.DEFAULT).start()) {
            LinkClient client = front.connect(back.uri());
            assertThat(read(client, 10 << 20)).isEqualTo("failed OVERLOADED");
            assertThat(client.isOpen()).isTrue();
        }
    }

    @Test
    void manyAtOnceFromManyThreads() throws Exception {
        try (TestBackEnd back = new TestBackEnd(new EchoService(), LinkLimits.DEFAULT).start()) {
            LinkClient client = front.connect(back.uri());
            List<Thread> threads = new ArrayList<>();
            List<CompletableFuture<Void>> ends = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                long base = t * 1_000_000L;
                CompletableFuture<Void> end = new CompletableFuture<>();
                ends.add(end);
                Thread thread = new Thread(() -> sendMany(client, base, end), "sender-" + t);
                thread.start();
                threads.add(thread);
            }
            for (CompletableFuture<Void> end : ends) {
                end.get(60, TimeUnit.SECONDS);
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }

    @Test
    void theServiceSeesTheOrderOfSendingAndAnswersInItsOwn() throws Exception {
        HeldService service = new HeldService();
        try (TestBackEnd back = new TestBackEnd(service, LinkLimits.DEFAULT).start()) {
            LinkClient client = front.connect(back.uri());
            List<CompletableFuture<String>> endings = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                endings.add(send(client, put(i, i * 7)));
            }
            eventually(SOON, () -> assertThat(service.held()).hasSize(500));
            assertThat(service.held().stream().mapToLong(h -> h.write().id().low()))
                    .containsExactlyElementsOf(LongStream.range(0, 500).boxed().toList());
            for (int i = 499; i >= 0; i--) {
                service.held().get(i).commit();
                assertThat(now(endings.get(i))).isEqualTo("committed " + i);
            }
        }
    }

    @Test
    void whatIsOverTheClientsLimitIsRefused() throws Exception {
        HeldService service = new HeldService();
        try (TestFrontEnd small = new TestFrontEnd(FEW);
                TestBackEnd back = new TestBackEnd(service, LinkLimits.DEFAULT).start()) {
            LinkClient client = small.connect(back.uri());
            List<CompletableFuture<String>> held = LongStream.range(0, 4)
                    .mapToObj(i -> send(client, put(i, 1)))
                    .toList();
            assertThat(send(client, put(4, 1))).isCompletedWithValue("refused OVERLOADED");
            eventually(SOON, () -> assertThat(service.held()).hasSize(4));
            service.held().get(0).commit();
            assertThat(now(held.get(0))).isEqualTo("committed 0");
            assertThat(send(client, put(5, 1))).isNotDone();
            eventually(SOON, () -> assertThat(service.held()).hasSize(5));
        }
    }

    @Test
    void whatIsOverTheServersLimitIsRefused() throws Exception {
        HeldService service = new HeldService();
        try (TestBackEnd back = new TestBackEnd(service, FEW).start()) {
            LinkClient client = front.connect(back.uri());
            List<CompletableFuture<String>> sent = LongStream.range(0, 6)
                    .mapToObj(i -> send(client, put(i, 1)))
                    .toList();
            assertThat(now(sent.get(4))).isEqualTo("refused OVERLOADED");
            assertThat(now(sent.get(5))).isEqualTo("refused OVERLOADED");
            service.held().get(0).commit();
            assertThat(now(sent.get(0))).isEqualTo("committed 0");
        }
    }

    @Test
    void aFrameThatIsTooLargeIsRefusedAndNotSent() throws Exception {
        try (TestBackEnd back = new TestBackEnd(new EchoService(), LinkLimits.DEFAULT).start()) {
            LinkClient client = front.connect(back.uri());
            assertThat(send(client, put(1, 10 << 20))).isCompletedWithValue("refused OVERLOADED");
            assertThat(now(send(client, put(2, 1)))).isEqualTo("committed 2");
        }
    }

    @Test
    void oneConnectionTooManyIsRefused() throws Exception {
        try (TestBackEnd back = new TestBackEnd(new EchoService(), FEW).start()) {
            LinkClient first = front.connect(back.uri());
            front.connect(back.uri());
            assertThat(front.connecting(back.uri(), SOON)).failsWithin(SOON);
            first.close();
            eventually(SOON, () -> assertThat(back.links().connections()).isEqualTo(1));
            assertThat(now(send(front.connect(back.uri()), put(3, 1)))).isEqualTo("committed 3");
        }
    }

    @Test
    void hundredsOfFrontEndsHaveTheirLinksAndTheNextIsToldWhyNot() throws Exception {
        assertThat(LinkLimits.CONNECTIONS_MAX).isGreaterThanOrEqualTo(200);
        LinkLimits limits = TestFrontEnd.limits(200, LinkLimits.PING_EVERY, LinkLimits.SILENCE_MAX);
        try (TestBackEnd back = new TestBackEnd(new EchoService(), limits).start()) {
            List<LinkClient> links = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                links.add(front.connect(back.uri()));
            }
            for (int i = 0; i < 200; i++) {
                assertThat(now(send(links.get(i), put(i, 100)))).isEqualTo("committed " + i);
            }
            assertThat(back.links().connections()).isEqualTo(200);
            assertThat(front.connecting(back.uri(), SOON))
                    .failsWithin(SOON)
                    .withThrowableOfType(ExecutionException.class)
                    .withMessageContaining("the link is refused (503)");
            for (LinkClient link : links) {
                link.close();
            }
        }
    }

    @Test
    void closingLosesWhatIsUnderWayAndTheRequestRunsAllTheSame() throws Exception {
        HeldService service = new HeldService();
        try (TestBackEnd back = new TestBackEnd(service, LinkLimits.DEFAULT).start()) {
            LinkClient client = front.connect(back.uri());
            var ending = send(client, put(1, 1));
            eventually(SOON, () -> assertThat(service.held()).hasSize(1));
            client.close();
            client.close();
            assertThat(ending).isCompletedWithValue("lost true");
            assertThat(send(client, put(2, 1))).isCompletedWithValue("lost false");
            assertThat(front.endings()).containsExactly("closed by this side");
            eventually(SOON, () -> assertThat(back.links().connections()).isZero());
            service.held().get(0).commit();
        }
    }

    @Test
    void closingInsideACallbackIsFine() throws Exception {
        try (TestBackEnd back = new TestBackEnd(new EchoService(), LinkLimits.DEFAULT).start()) {
            LinkClient client = front.connect(back.uri());
            var answered = send(client, put(1, 1)).thenAccept(ending -> client.close());
            answered.get(SOON.toSeconds(), TimeUnit.SECONDS);
            assertThat(client.isOpen()).isFalse();
            assertThat(front.endings()).containsExactly("closed by this side");
        }
    }

    @Test
    void aClosedServerEndsItsConnectionsAndANewClientReconnects() throws Exception {
        HeldService service = new HeldService();
        TestBackEnd back = new TestBackEnd(service, LinkLimits.DEFAULT).start();
        URI gone = back.uri();
        LinkClient client = front.connect(gone);
        var ending = send(client, put(1, 1));
        eventually(SOON, () -> assertThat(service.held()).hasSize(1));
        back.close();
        back.close();
        assertThat(now(ending)).isEqualTo("lost true");
        eventually(SOON, () -> assertThat(front.endings()).hasSize(1));
        assertThat(front.connecting(gone, SOON)).failsWithin(SOON);
        try (TestBackEnd next = new TestBackEnd(new EchoService(), LinkLimits.DEFAULT).start()) {
            assertThat(now(send(front.connect(next.uri()), put(2, 1)))).isEqualTo("committed 2");
        }
    }

    @Test
    void aWorkerThatIsShutDownLosesWhatIsUnderWay() throws Exception {
        HeldService service = new HeldService();
        try (TestBackEnd back = new TestBackEnd(service, LinkLimits.DEFAULT).start()) {
            LinkClient client = front.connect(back.uri());
            var ending = send(client, put(1, 1));
            eventually(SOON, () -> assertThat(service.held()).hasSize(1));
            front.worker().shutdownNow();
            assertThat(now(ending)).isEqualTo("lost true");
            assertThat(front.connecting(back.uri(), SOON)).failsWithin(SOON);
        }
    }

    @Test
    void aNewConnectionOfTheSameClientEndsItsEarlierOne() throws Exception {
        try (TestFrontEnd named = new TestFrontEnd("f", LinkLimits.DEFAULT);
                TestFrontEnd other = new TestFrontEnd("g", LinkLimits.DEFAULT);
                TestBackEnd back = new TestBackEnd(new EchoService(), LinkLimits.DEFAULT).start()) {
            LinkClient stranger = other.connect(back.uri());
            LinkClient first = named.connect(back.uri());
            LinkClient second = named.connect(back.uri());

            eventually(SOON, () -> assertThat(first.isOpen()).isFalse());
            assertThat(now(send(second, put(1, 1)))).isEqualTo("committed 1");
            assertThat(now(send(stranger, put(2, 1)))).isEqualTo("committed 2");
            eventually(SOON, () -> assertThat(back.links().connections()).isEqualTo(2));
        }
    }

    @Test
    void anIdleConnectionStaysOpen() throws Exception {
        LinkLimits brisk = brisk();
        Duration httpTimeout = brisk.silenceMax();
        try (TestFrontEnd briskFront = new TestFrontEnd(brisk);
                TestBackEnd back = new TestBackEnd(new LinkServer(new EchoService(), brisk), httpTimeout).start()) {
            LinkClient client = briskFront.connect(back.uri());
            long start = System.nanoTime();
            eventually(SOON, () -> assertThat(System.nanoTime() - start)
                    .isGreaterThan(httpTimeout.multipliedBy(3).dividedBy(2).toNanos()));
            assertThat(now(send(client, put(1, 1)))).isEqualTo("committed 1");
            assertThat(briskFront.endings()).isEmpty();
        }
    }

    @Test
    void otherRequestsAreToldWhatIsWanted() throws Exception {
        try (TestBackEnd back = new TestBackEnd(new EchoService(), LinkLimits.DEFAULT).start()) {
            HttpClient http = HttpClient.newHttpClient();
            URI link = back.uri().resolve(LinkServer.PATH);
            var get = http.send(HttpRequest.newBuilder(link).build(), HttpResponse.BodyHandlers.discarding());
            assertThat(get.statusCode()).isEqualTo(426);
            assertThat(get.headers().firstValue("Upgrade")).contains(LinkServer.PROTOCOL);
            var post = http.send(
                    HttpRequest.newBuilder(link)
                            .POST(HttpRequest.BodyPublishers.noBody())
                            .build(),
                    HttpResponse.BodyHandlers.discarding());
            assertThat(post.statusCode()).isEqualTo(405);
            assertThat(post.headers().firstValue("Allow")).contains("GET");
        }
    }

    /** Who keeps silent for four seconds is given up: as long may this machine stand still. */
    static LinkLimits brisk() {
        return TestFrontEnd.limits(LinkLimits.CONNECTIONS_MAX, Duration.ofMillis(50), Duration.ofSeconds(4));
    }

    private static void sendMany(LinkClient client, long base, CompletableFuture<Void> end) {
        List<CompletableFuture<String>> endings = new ArrayList<>();
        for (int i = 0; i < 900; i++) {
            endings.add(send(client, put(base + i, i)));
        }
        try {
            for (int i = 0; i < endings.size(); i++) {
                assertThat(now(endings.get(i))).isEqualTo("committed " + (base + i));
            }
            end.complete(null);
        } catch (Exception | AssertionError e) {
            end.completeExceptionally(e);
        }
    }

    private static String read(LinkClient client, int bytes) throws Exception {
        CompletableFuture<String> ending = new CompletableFuture<>();
        Query query = new Query.Get(Key.of(Integer.toString(bytes)), true);
        client.read(
                Read.of(query, Consistency.STRONG, System.nanoTime() + SOON.toNanos()), new LinkClient.ReadCallback() {
                    @Override
                    public void answered(ReadOutcome outcome) {
                        ending.complete(outcome.match(
                                LinkTest::found,
                                failed -> "failed " + failed.failure().reason()));
                    }

                    @Override
                    public void lost() {
                        ending.complete("lost");
                    }
                });
        return now(ending);
    }

    private static String found(ReadOutcome.Found found) {
        var got = (OpResult.Got) found.result().results().get(0);
        return "found " + got.record().value().bytes().length;
    }
}
