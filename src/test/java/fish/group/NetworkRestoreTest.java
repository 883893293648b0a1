package fish.group;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import fish.cluster.HostPort;
import fish.cluster.NodeState;
import fish.kv.Durability;
import fish.kv.Key;
import fish.kv.Operation;
import fish.kv.Outcome;
import fish.kv.RequestIds;
import fish.kv.Txn;
import fish.kv.Value;
import fish.kv.Write;
import fish.store.MemberRecord;
import fish.store.Pen;
import fish.store.PenLimits;
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

/** A replica that was away while the master's disk filled up, and the logs that it would need were deleted. */
@Timeout(180)
class NetworkRestoreTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final long MAX_DISK = 400L << 20;
    private static final int WRITES_MAX = 2_000;
    private static final int WRITES_AT_A_TIME = 20;

    @TempDir
    Path homes;

    private final RequestIds ids = new RequestIds();
    private final byte[] mebibyte = new byte[1 << 20];

    @Test
    void copiesTheMastersLogs() throws Exception {
        new Random(4).nextBytes(mebibyte);
        HostPort address = JeNode.freeAddress();
        try (Membership master = backEnd(address)) {
            master.start();
            eventually(SOON, () -> assertThat(master.tenure()).isPresent());
            HostPort away = JeNode.freeAddress();
            try (Membership front = frontEnd(away, address, new ToldEvents())) {
                front.start();
                eventually(SOON, () -> assertThat(front.state()).isEqualTo(NodeState.REPLICA));
            }
            overwriteUntilItsFirstLogIsGone(master.tenure().orElseThrow().pen());

            ToldEvents told = new ToldEvents();
            try (Membership front = frontEnd(away, address, told)) {
                front.start();
                eventually(SOON, () -> assertThat(front.replica().lastRevision())
                        .isEqualTo(master.replica().lastRevision()));
                assertThat(told.events).contains("restored");
                assertThat(told.failures).isEmpty();
            }
        }
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
        Candidacy candidacy = new Candidacy(self, Durability.QUORUM, PenLimits.DEFAULT, Clock.systemUTC());
        return new Membership(options("b0", address, address, MAX_DISK), Optional.of(candidacy), new ToldEvents());
    }

    private Membership frontEnd(HostPort address, HostPort helper, ToldEvents told) throws IOException {
        return new Membership(options("r0", address, helper, 0), Optional.empty(), told);
    }

    private NodeOptions options(String name, HostPort address, HostPort helper, long maxDisk) throws IOException {
        Path home = Files.createDirectories(homes.resolve(name));
        return new NodeOptions(
                "test", name, address, Set.of(helper), 1, home, 32 << 20, 0, maxDisk, Timeouts.defaults());
    }
}
