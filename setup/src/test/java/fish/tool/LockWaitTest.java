package fish.tool;

import static org.assertj.core.api.Assertions.assertThat;

import fish.client.ClientConfig;
import fish.client.FishClient;
import fish.client.Values;
import fish.http.HttpServer;
import fish.kv.Key;
import fish.kv.Outcome;
import fish.kv.Reason;
import fish.kv.Value;
import fish.kv.Write;
import fish.testing.MemoryService;
import fish.testing.Standard;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** In a group that takes its time, by a clock that only it moves. */
@Timeout(180)
class LockWaitTest {
    private static final Key KEY = Key.of("lock");
    private static final Value OURS = Values.text("ours");
    private static final LockTimes TIMES = LockTimes.of(Duration.ofSeconds(15));

    private final AtomicLong now = new AtomicLong(1_000);
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final SlowService service = new SlowService();
    private final HttpServer server = new HttpServer(Standard.http(), Standard.routes(service));
    private FishClient client;
    private LockRecord lock;

    /** So many writes take so long, each. */
    private final class SlowService extends MemoryService {
        private final AtomicLong writes = new AtomicLong();
        private volatile long writeMillis;
        private volatile long slowWrites = Long.MAX_VALUE;
        private volatile boolean silent;

        SlowService() {
            super(System::currentTimeMillis);
        }

        @Override
        public void write(Write write, Consumer<? super Outcome> answer) {
            if (writes.incrementAndGet() <= slowWrites) {
                now.addAndGet(writeMillis);
            }
            super.write(
                    write,
                    outcome -> answer.accept(silent ? Outcome.unknown(Reason.UNKNOWN_OUTCOME, "not told") : outcome));
        }
    }

    @BeforeEach
    void start() {
        server.start();
        client = FishClient.open(
                ClientConfig.of("http://127.0.0.1:" + server.address().getPort()));
        lock = new LockRecord(client, KEY, OURS, TIMES, now::get);
    }

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    private boolean had(Duration most) throws InterruptedException {
        return new LockWait(client, KEY, lock, TIMES, now::get, told::add).had(most);
    }

    @Test
    void whatCameAtOnceIsHadAsItIs() throws Exception {
        assertThat(had(Duration.ZERO)).isTrue();
        assertThat(service.writes).hasValue(1);
        assertThat(client.get(KEY).orElseThrow().value()).isEqualTo(OURS);
        assertThat(told).isEmpty();
    }

    @Test
    void whatTookLongIsRenewedFirst() throws Exception {
        service.writeMillis = TIMES.renewEvery() + 1;
        service.slowWrites = 3;
        assertThat(had(Duration.ofMinutes(5))).isTrue();
        assertThat(service.writes).hasValue(4);
        assertThat(now.get() - lock.sentMillis()).isLessThanOrEqualTo(TIMES.renewEvery());
        assertThat(told).singleElement().asString().contains("slow");
    }

    /** It renewed for as long as it was slow, whatever the waiting was to be. */
    @Test
    void aGroupThatStaysTooSlowEndsTheWaitingAndKeepsNoLock() throws Exception {
        service.writeMillis = TIMES.renewEvery() + 1;
        long began = now.get();
        assertThat(had(Duration.ofSeconds(20))).isFalse();
        // One renewal and the giving back can come after it.
        assertThat(now.get() - began).isBetween(20_000L, 20_000 + 3 * service.writeMillis);
        assertThat(client.get(KEY)).isEmpty();
        assertThat(told).last().asString().contains("not had in time");
    }

    @Test
    void withoutWaitingThereIsOneTryAndOneRenewal() throws Exception {
        service.writeMillis = TIMES.renewEvery() + 1;
        assertThat(had(Duration.ZERO)).isFalse();
        assertThat(service.writes).hasValue(3); // the third gives it back
        assertThat(client.get(KEY)).isEmpty();
    }

    /** With a TTL of a day it would be held by nobody for a day. */
    @Test
    void aLockThatMayHaveBeenMadeIsNotLeftBehind() throws Exception {
        service.silent = true;
        assertThat(had(Duration.ZERO)).isFalse();
        assertThat(service.writes.get()).isGreaterThan(2);
        assertThat(client.get(KEY)).isEmpty();
    }

    /** The front-end here has no changes to tell, as one that takes its place in the group. */
    @Test
    void aWatchThatCannotBeOpenedMakesNoWaitLonger() throws Exception {
        client.put(KEY, Values.text("another's"));
        long began = System.nanoTime();
        LockRecord real = new LockRecord(client, KEY, OURS, TIMES, Uptime.ofSystem());
        boolean had = new LockWait(client, KEY, real, TIMES, Uptime.ofSystem(), told::add).had(Duration.ofMillis(300));
        assertThat(had).isFalse();
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(30));
        assertThat(told).isNotEmpty().allMatch(line -> line.contains("held by another's"));
    }
}
