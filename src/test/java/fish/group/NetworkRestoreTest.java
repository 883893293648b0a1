package fish.group;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import fish.contract.HostPort;
import fish.kv.Durability;
import fish.kv.Key;
import fish.kv.Operation;
import fish.kv.Outcome;
import fish.kv.RequestIds;
import fish.kv.Txn;
import fish.kv.Value;
import fish.kv.Write;
import fish.store.MemberRecord;
import fish.store.master.Pen;
import fish.testing.Standard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Replicas that were away, or are new, after the logs that they would need were cleaned away. */
@Timeout(180)
class NetworkRestoreTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final long MAX_DISK = 400L << 20;
    private static final int WRITES_MAX = 2_000;
    private static final int WRITES_AT_A_TIME = 20;

    @TempDir
    Path homes;

    private final HostPort helper = JeNode.freeAddress();
    private final RequestIds ids = new RequestIds();
    private final byte[] mebibyte = new byte[1 << 20];

    NetworkRestoreTest() throws IOException {}

    @Test
    void copiesTheMastersLogs() throws Exception {
        new Random(4).nextBytes(mebibyte);
        try (Membership master = backEnd(helper)) {
            master.start();
            eventually(SOON, () -> assertThat(master.mastership()).isPresent());
            HostPort away = JeNode.freeAddress();
            follow("r0", away, master);
            overwriteUntilItsFirstLogIsGone(master.mastership().orElseThrow().pen());

            assertThat(follow("r0", away, master)).as("was away").contains("restored");
            assertThat(follow("r1", JeNode.freeAddress(), master)).as("is new").contains("restored");
        }
    }

    /** Until it has what the master has; returns the events on the way. */
    private List<String> follow(String name, HostPort address, Membership master) throws IOException {
        RecordedEvents told = new RecordedEvents();
        try (Membership front =
                new Membership(options(name, address, helper, 0), Optional.empty(), Masters.NONE, told)) {
            front.start();
            eventually(SOON, () -> {
                assertThat(told.failures).isEmpty();
                assertThat(front.store().lastRevision())
                        .as("%s", told.events)
                        .isEqualTo(master.store().lastRevision());
            });
        }
        return told.events;
    }

    private void overwriteUntilItsFirstLogIsGone(Pen pen) {
        Path first = homes.resolve("b0").resolve("00000000.jdb");
        for (int written = 0; Files.exists(first); written += WRITES_AT_A_TIME) {
            assertThat(written).as("writes").isLessThan(WRITES_MAX);
            List<CompletableFuture<Outcome>> answers = new ArrayList<>();
            for (int i = 0; i < WRITES_AT_A_TIME; i++) {
                CompletableFuture<Outcome> answer = new CompletableFuture<>();
                answers.add(answer);
                pen.write(put("k" + i % 4), answer::complete);
            }
            answers.forEach(answer ->
                    assertThat(answer.orTimeout(60, TimeUnit.SECONDS).join()).isInstanceOf(Outcome.Committed.class));
        }
    }

    private Write put(String key) {
        Operation put = new Operation.Put(Key.of(key), new Value(mebibyte, "", ""), Operation.NO_TTL);
        return Write.of(Txn.of(put), Durability.MEMORY, System.nanoTime() + SOON.toNanos(), ids.next());
    }

    private Membership backEnd(HostPort address) throws IOException {
        MemberRecord self = new MemberRecord("b0", address.toString(), "http://localhost:1", 1);
        MasterRole masterRole = new MasterRole(self, Durability.QUORUM, Standard.penLimits(), Clock.systemUTC());
        return new Membership(
                options("b0", address, address, MAX_DISK), Optional.of(masterRole), Masters.NONE, new RecordedEvents());
    }

    private NodeOptions options(String name, HostPort address, HostPort helper, long maxDisk) throws IOException {
        Path home = Files.createDirectories(homes.resolve(name));
        return new NodeOptions(
                "test", name, address, Set.of(helper), 1, home, 32 << 20, 0, maxDisk, Standard.timeouts());
    }
}
