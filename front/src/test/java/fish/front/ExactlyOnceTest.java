package fish.front;

import static org.assertj.core.api.Assertions.assertThat;

import fish.http.HttpServer;
import fish.http.Route;
import fish.kv.Condition;
import fish.kv.Consistency;
import fish.kv.Durability;
import fish.kv.Key;
import fish.kv.OpResult;
import fish.kv.Operation;
import fish.kv.Outcome;
import fish.kv.Query;
import fish.kv.Read;
import fish.kv.ReadOutcome;
import fish.kv.RequestIds;
import fish.kv.Txn;
import fish.kv.Value;
import fish.kv.Write;
import fish.link.LinkClient;
import fish.link.LinkConnector;
import fish.link.LinkLimits;
import fish.link.LinkServer;
import fish.run.Guard;
import fish.store.LoneMaster;
import fish.testing.Standard;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A gateway and a master whose connection is cut again and again, at every stage of a request. */
@Timeout(300)
class ExactlyOnceTest {
    private static final int CLIENTS = 8;
    private static final int INCREMENTS = 60;
    private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final Key COUNTER = Key.of("counter");

    @TempDir
    Path home;

    private final RequestIds ids = new RequestIds();
    private final AtomicInteger unknown = new AtomicInteger();

    @Test
    void everyIncrementThatIsAnsweredIsThereOnce() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        try (LoneMaster master = LoneMaster.in(home);
                LinkServer links = new LinkServer(master.service(), LinkLimits.DEFAULT);
                HttpServer back = server(master, links);
                Gateway gateway = new Gateway(master::store, "front", 1000, 1 << 20)) {
            back.start();
            try (CuttingProxy proxy = new CuttingProxy(back.address(), 3_000, seed);
                    Relinker relinker = new Relinker(gateway, back, proxy)) {
                relinker.start();
                increment(gateway, 1);
                assertThat(runClients(gateway)).isEqualTo(CLIENTS * INCREMENTS);
                assertThat(proxy.cuts()).isGreaterThan(20);
                proxy.stopCutting();
                assertThat(value(gateway))
                        .isBetween(1L + CLIENTS * INCREMENTS, 1L + CLIENTS * INCREMENTS + unknown.get());
                assertThat(unknown).hasValue(0);
            }
        }
    }

    private static HttpServer server(LoneMaster master, LinkServer links) {
        return new HttpServer(
                Standard.http(),
                Standard.routes(
                        master.service(),
                        Standard.noChanges(),
                        List.of(Route.upgrade(LinkServer.PATH, LinkServer.PROTOCOL, links.handler()))));
    }

    /** Every client increments so many times; returns how many increments were answered as done. */
    private int runClients(Gateway gateway) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        try {
            List<Future<Integer>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(threads.submit(() -> increment(gateway, INCREMENTS)));
            }
            int done = 0;
            for (Future<Integer> client : clients) {
                done += client.get(240, TimeUnit.SECONDS);
            }
            return done;
        } finally {
            threads.shutdownNow();
        }
    }

    /** Reads, and writes one more if nobody else has written: until it has done so many. */
    private int increment(Gateway gateway, int times) {
        int done = 0;
        while (done < times) {
            OpResult now = read(gateway);
            long value = now instanceof OpResult.Got got ? number(got) : 0;
            Condition unchanged = now instanceof OpResult.Got got
                    ? new Condition.RevisionIn(COUNTER, Set.of(got.record().revision()), true)
                    : new Condition.Exists(COUNTER, false);
            byte[] next = Long.toString(value + 1).getBytes(StandardCharsets.US_ASCII);
            Txn txn = new Txn(
                    List.of(unchanged),
                    List.of(new Operation.Put(COUNTER, new Value(next, "", ""), Operation.NO_TTL)),
                    List.of());
            CompletableFuture<Outcome> answer = new CompletableFuture<>();
            gateway.write(
                    Write.of(txn, Durability.DEFAULT, System.nanoTime() + TIMEOUT_NANOS, ids.next()), answer::complete);
            Outcome outcome = answer.join();
            if (outcome instanceof Outcome.Committed committed) {
                done += committed.result().conditionsHeld() ? 1 : 0;
            } else if (outcome instanceof Outcome.Unknown) {
                unknown.incrementAndGet();
            }
        }
        return done;
    }

    private static OpResult read(Gateway gateway) {
        CompletableFuture<ReadOutcome> answer = new CompletableFuture<>();
        Query query = new Query.Get(COUNTER, true);
        gateway.read(Read.of(query, Consistency.STRONG, System.nanoTime() + TIMEOUT_NANOS), answer::complete);
        return ((ReadOutcome.Found) answer.join()).result().results().get(0);
    }

    private static long value(Gateway gateway) {
        return number((OpResult.Got) read(gateway));
    }

    private static long number(OpResult.Got got) {
        return Long.parseLong(new String(got.record().value().bytes(), StandardCharsets.US_ASCII));
    }

    /** Links the gateway anew, through the proxy, whenever it wants a master. */
    private static final class Relinker implements AutoCloseable {
        private static final Duration CONNECT_MAX = Duration.ofSeconds(20);

        private final Gateway gateway;
        private final HttpServer back;
        private final CuttingProxy proxy;
        private final Semaphore wanted = new Semaphore(1);
        private final Thread thread = new Thread(this::run, "relinker");
        private volatile boolean closing;

        Relinker(Gateway gateway, HttpServer back, CuttingProxy proxy) {
            this.gateway = gateway;
            this.back = back;
            this.proxy = proxy;
        }

        void start() {
            gateway.start(wanted::release, new Guard(reason -> {}));
            thread.setDaemon(true);
            thread.start();
        }

        private void run() {
            LinkConnector connector = new LinkConnector("front", back.worker(), LinkLimits.DEFAULT);
            while (!closing) {
                wanted.acquireUninterruptibly();
                wanted.drainPermits();
                if (!closing && gateway.term() == 0) {
                    link(connector);
                }
            }
        }

        @SuppressWarnings("FutureReturnValueIgnored") // what comes of it is told to the gateway
        private void link(LinkConnector connector) {
            CompletableFuture<LinkClient> made = new CompletableFuture<>();
            connector
                    .connect(proxy.uri(), CONNECT_MAX, reason -> {
                        made.thenAccept(gateway::unlinked);
                    })
                    .whenComplete((client, failure) -> {
                        if (failure != null) {
                            wanted.release();
                            return;
                        }
                        gateway.linked(new MasterLink(client, 1, proxy.uri().toString()));
                        made.complete(client);
                    });
        }

        @Override
        public void close() {
            closing = true;
            wanted.release();
        }
    }
}
