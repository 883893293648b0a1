package fish.front;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import fish.kv.Asker;
import fish.kv.Durability;
import fish.kv.Outcome;
import fish.kv.Reason;
import fish.kv.RequestIds;
import fish.kv.Txn;
import fish.kv.Write;
import fish.link.LinkLimits;
import fish.link.TestBackEnd;
import fish.link.TestFrontEnd;
import fish.store.LoneMaster;
import fish.testing.HttpAnswer;
import fish.testing.HttpProbe;
import fish.testing.MemoryService;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a front-end holds while there is no master is asked for by somebody, who may be gone by the time there is one. */
@Timeout(180)
class HeldWriteTest {
    @TempDir
    Path home;

    private final RequestIds ids = new RequestIds();

    private CompletableFuture<Outcome> put(Gateway gateway, String key, AtomicBoolean holds) {
        CompletableFuture<Outcome> answer = new CompletableFuture<>();
        Write write = Write.of(
                Txn.of(LoneMaster.putting(key, "1")),
                Durability.DEFAULT,
                System.nanoTime() + TimeUnit.SECONDS.toNanos(60),
                ids.next());
        gateway.write(write.by(Asker.NOBODY.during(holds::get)), answer::complete);
        return answer;
    }

    @Test
    void aWriteWhoseTokenEndedWhileItWasHeldIsNotSent() throws Exception {
        try (LoneMaster master = LoneMaster.in(home);
                TestBackEnd back = new TestBackEnd(master.service(), LinkLimits.DEFAULT).start();
                TestFrontEnd front = new TestFrontEnd(LinkLimits.DEFAULT);
                Gateway gateway = new Gateway(master::store, "front", 1000, 1 << 20)) {
            AtomicBoolean ends = new AtomicBoolean(true);
            CompletableFuture<Outcome> gone = put(gateway, "gone", ends);
            CompletableFuture<Outcome> stays = put(gateway, "stays", new AtomicBoolean(true));
            assertThat(gateway.heldRequests()).isEqualTo(2);
            ends.set(false);
            gateway.linked(
                    new MasterLink(front.connect(back.uri()), 1, back.uri().toString()));

            assertThat(((Outcome.Refused) LoneMaster.await(gone)).failure().reason())
                    .isEqualTo(Reason.UNAUTHENTICATED);
            assertThat(LoneMaster.await(stays)).isInstanceOf(Outcome.Committed.class);
            assertThat(gateway.openRequests()).isZero();
            assertThat(master.pen.stats().writes()).isEqualTo(1);
        }
    }

    /** Answers nothing before it has as much as one connection takes. */
    private static final class FullLink extends MemoryService {
        private final List<Runnable> waiting = new ArrayList<>();
        private boolean full;

        FullLink() {
            super(System::currentTimeMillis);
        }

        @Override
        public synchronized void write(Write write, Consumer<? super Outcome> answer) {
            if (full) {
                super.write(write, answer);
                return;
            }
            waiting.add(() -> super.write(write, answer));
            if (waiting.size() == LinkLimits.REQUESTS_MAX) {
                full = true;
                waiting.forEach(Runnable::run);
            }
        }
    }

    @Test
    void moreThanOneConnectionTakesAtOnceAreAllServed() throws Exception {
        int most = LinkLimits.REQUESTS_MAX + 1_000;
        try (LoneMaster master = LoneMaster.in(home);
                TestBackEnd back = new TestBackEnd(new FullLink(), LinkLimits.DEFAULT).start();
                TestFrontEnd front = new TestFrontEnd(LinkLimits.DEFAULT);
                Gateway gateway = new Gateway(master::store, "front", most, 64 << 20)) {
            List<CompletableFuture<Outcome>> puts = IntStream.range(0, most)
                    .mapToObj(i -> put(gateway, "k" + i, new AtomicBoolean(true)))
                    .toList();
            assertThat(gateway.heldRequests()).isEqualTo(most);
            gateway.linked(
                    new MasterLink(front.connect(back.uri()), 1, back.uri().toString()));

            for (CompletableFuture<Outcome> put : puts) {
                assertThat(LoneMaster.await(put)).isInstanceOf(Outcome.Committed.class);
            }
            assertThat(gateway.heldRequests()).isZero();
            assertThat(gateway.openRequests()).isZero();
        }
    }

    /** And is not cut off: of a write nobody would know then what became of it. */
    @Test
    void whoWaitsForAMasterIsToldThatTheFrontEndStops() throws Exception {
        try (GroupInJvm group = new GroupInJvm(home, 1, 1)) {
            group.start();
            HttpProbe front = group.probe("r0");
            eventually(Duration.ofSeconds(60), () -> assertThat(front.isOk("/health/ready"))
                    .isTrue());
            group.stop("b0");
            CompletableFuture<HttpAnswer> put = CompletableFuture.supplyAsync(() -> {
                try {
                    return front.put("a", "x".repeat(20_000))
                            .param("timeout", "1m")
                            .send();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            eventually(Duration.ofSeconds(60), () -> assertThat(
                            front.request("GET", "/metrics").send().text())
                    .containsPattern("(?m)^fish_gateway_queue_bytes 2\\d{4}"));
            group.stop("r0");
            HttpAnswer answer = put.get(60, TimeUnit.SECONDS);
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.code()).isEqualTo("shutting-down");
            assertThat(answer.outcome()).isEqualTo("not-applied");
        }
    }
}
