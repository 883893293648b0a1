package fish.link;

import static org.assertj.core.api.Assertions.assertThat;

import fish.kv.Durability;
import fish.kv.Key;
import fish.kv.Operation;
import fish.kv.Outcome;
import fish.kv.RequestId;
import fish.kv.Txn;
import fish.kv.Value;
import fish.kv.Write;
import fish.tls.NodeTransport;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.Xnio;
import org.xnio.XnioWorker;

/** A worker with a connector on it, and what became of its connections. */
public final class TestFrontEnd implements AutoCloseable {
    static final Duration SOON = Duration.ofSeconds(40);

    private final XnioWorker worker;
    private final LinkConnector connector;
    private final List<String> endings = new CopyOnWriteArrayList<>();

    public TestFrontEnd(LinkLimits limits) throws Exception {
        this("", limits);
    }

    TestFrontEnd(String name, LinkLimits limits) throws Exception {
        this(name, limits, NodeTransport.PLAIN);
    }

    TestFrontEnd(String name, LinkLimits limits, NodeTransport transport) throws Exception {
        worker = Xnio.getInstance()
                .createWorker(OptionMap.builder()
                        .set(Options.WORKER_NAME, "test-front-end")
                        .set(Options.WORKER_IO_THREADS, 1)
                        .set(Options.WORKER_TASK_CORE_THREADS, 1)
                        .set(Options.WORKER_TASK_MAX_THREADS, 1)
                        .getMap());
        connector = new LinkConnector(name, worker, limits, transport);
    }

    /** From now on it shows this. */
    TestFrontEnd provedBy(String shown) {
        connector.provedBy(() -> shown);
        return this;
    }

    /** From now on it connects to no other group. */
    TestFrontEnd inGroup(String groupId) {
        connector.inGroup(() -> groupId);
        return this;
    }

    public LinkClient connect(URI backEnd) throws Exception {
        return connecting(backEnd, SOON).get(SOON.toSeconds(), TimeUnit.SECONDS);
    }

    CompletableFuture<LinkClient> connecting(URI backEnd, Duration timeout) {
        return connector.connect(backEnd, timeout, endings::add);
    }

    /** Why connections ended, in that order. */
    List<String> endings() {
        return endings;
    }

    XnioWorker worker() {
        return worker;
    }

    /** The usual ones, but for so many connections, and who keeps silent for so long is given up. */
    static LinkLimits limits(int connectionsMax, Duration pingEvery, Duration silenceMax) {
        LinkLimits usual = LinkLimits.DEFAULT;
        return new LinkLimits(
                usual.frameBytesMax(),
                usual.queueFramesMax(),
                usual.queueBytesMax(),
                usual.requestsMax(),
                usual.requestBytesMax(),
                connectionsMax,
                pingEvery,
                silenceMax);
    }

    public static Write put(long number, int bytes) {
        Operation put = new Operation.Put(Key.of("k"), new Value(new byte[bytes], "", ""), Operation.NO_TTL);
        long deadline = System.nanoTime() + SOON.toNanos();
        return Write.of(Txn.of(put), Durability.QUORUM, deadline, new RequestId(0, number));
    }

    /** Sends it, and tells how it ended: the outcome's name and revision, or {@code lost true|false}. */
    static CompletableFuture<String> send(LinkClient client, Write write) {
        CompletableFuture<String> ended = new CompletableFuture<>();
        client.write(write, new LinkClient.WriteCallback() {
            @Override
            public void answered(Outcome outcome) {
                assertThat(ended.complete(outcome.match(
                                committed -> "committed " + committed.result().revision(),
                                refused -> "refused " + refused.failure().reason(),
                                unknown -> "unknown " + unknown.failure().reason())))
                        .isTrue();
            }

            @Override
            public void lost(boolean maybeReceived) {
                assertThat(ended.complete("lost " + maybeReceived)).isTrue();
            }
        });
        return ended;
    }

    static String now(CompletableFuture<String> ending) throws Exception {
        return ending.get(SOON.toSeconds(), TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        worker.shutdownNow();
    }
}
