package fish.front;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import fish.budget.OverloadLimit;
import fish.http.HttpServer;
import fish.http.Route;
import fish.kv.Durability;
import fish.kv.Outcome;
import fish.kv.Read;
import fish.kv.ReadOutcome;
import fish.kv.Reason;
import fish.kv.RequestIds;
import fish.kv.Service;
import fish.kv.Txn;
import fish.kv.Write;
import fish.link.LinkConnector;
import fish.link.LinkLimits;
import fish.link.LinkServer;
import fish.run.Guard;
import fish.store.LoneMaster;
import fish.testing.Standard;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A front-end whose master takes all requests and answers none until it is told to. */
@Timeout(180)
class OverloadTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    private final Queue<Consumer<? super Outcome>> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean prompt = new AtomicBoolean();
    private final RequestIds ids = new RequestIds();

    private final Service master = new Service() {
        @Override
        public void write(Write write, Consumer<? super Outcome> answer) {
            if (prompt.get()) {
                answer.accept(Outcome.refused(Reason.NO_QUORUM, "told"));
            } else {
                waiting.add(answer);
            }
        }

        @Override
        public void read(Read read, Consumer<? super ReadOutcome> answer) {
            answer.accept(ReadOutcome.failed(Reason.NO_QUORUM, "told"));
        }
    };

    private CompletableFuture<Outcome> write(Gateway gateway) {
        CompletableFuture<Outcome> answer = new CompletableFuture<>();
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        gateway.write(
                Write.of(Txn.of(LoneMaster.putting("a", "1")), Durability.DEFAULT, deadline, ids.next()),
                answer::complete);
        return answer;
    }

    private static Reason refusal(CompletableFuture<Outcome> answer) {
        return ((Outcome.Refused) answer.join()).failure().reason();
    }

    @Test
    void moreThanWaitLongAreRefusedAndNobodyOnceTheyAreServed() throws Exception {
        try (LinkServer links = new LinkServer(master, LinkLimits.DEFAULT);
                HttpServer back = new HttpServer(
                        Standard.http(),
                        List.of(Route.upgrade(LinkServer.PATH, LinkServer.PROTOCOL, links.handler())));
                Gateway gateway = new Gateway(
                        () -> {
                            throw new IllegalStateException("no local reads here");
                        },
                        "front",
                        1000,
                        1 << 20)) {
            back.start();
            gateway.start(() -> {}, new Guard(reason -> {}));
            URI uri = URI.create("http://localhost:" + back.address().getPort());
            gateway.linked(new MasterLink(
                    new LinkConnector("front", back.worker(), LinkLimits.DEFAULT)
                            .connect(uri, Duration.ofSeconds(30), reason -> {})
                            .get(60, TimeUnit.SECONDS),
                    1,
                    uri.toString()));

            for (int i = 0; i < OverloadLimit.BURST; i++) {
                var unused = write(gateway);
            }
            eventually(SOON, () -> assertThat(waiting).hasSize(OverloadLimit.BURST));
            // A few more are a burst; then what waits has waited for too long.
            eventually(SOON, () -> {
                CompletableFuture<Outcome> more = write(gateway);
                assertThat(more.orTimeout(1, TimeUnit.SECONDS).handle((outcome, e) -> outcome))
                        .succeedsWithin(Duration.ofSeconds(2))
                        .isInstanceOf(Outcome.Refused.class);
                assertThat(refusal(more)).isEqualTo(Reason.OVERLOADED);
            });
            prompt.set(true);
            waiting.forEach(answer -> answer.accept(Outcome.refused(Reason.NO_QUORUM, "told")));
            eventually(SOON, () -> assertThat(refusal(write(gateway))).isEqualTo(Reason.NO_QUORUM));
        }
    }
}
