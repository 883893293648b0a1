package fish.group;

import static fish.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.sleepycat.je.LockMode;
import fish.kv.Durability;
import fish.kv.Key;
import fish.kv.Operation;
import fish.kv.Outcome;
import fish.kv.RequestIds;
import fish.kv.Txn;
import fish.kv.Value;
import fish.kv.Write;
import fish.store.Databases;
import fish.store.Store;
import fish.store.StoredChange;
import fish.store.StoredCommit;
import fish.store.Tables;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The master is killed while it tells of many records that their time has ended. */
@Timeout(180)
class EndsFailOverTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int RECORDS = 20_000;
    private static final int TOGETHER = 100;
    private static final long LEAD_MILLIS = 20_000;

    @TempDir
    Path homes;

    private final RequestIds ids = new RequestIds();

    private static Key key(int i) {
        return Key.of(String.format("k%06d", i));
    }

    private void fill(Mastership master) {
        long end = System.currentTimeMillis() + LEAD_MILLIS;
        List<CompletableFuture<Outcome>> answers = new ArrayList<>();
        for (int from = 0; from < RECORDS; from += TOGETHER) {
            List<Operation> puts = new ArrayList<>();
            long ttl = end - System.currentTimeMillis();
            for (int i = from; i < from + TOGETHER; i++) {
                puts.add(new Operation.Put(key(i), new Value(new byte[10], "", ""), ttl));
            }
            CompletableFuture<Outcome> answer = new CompletableFuture<>();
            long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LEAD_MILLIS);
            Txn txn = new Txn(List.of(), puts, List.of());
            master.pen().write(Write.of(txn, Durability.MEMORY, deadline, ids.next()), answer::complete);
            answers.add(answer);
        }
        answers.forEach(answer ->
                assertThat(answer.orTimeout(60, TimeUnit.SECONDS).join()).isInstanceOf(Outcome.Committed.class));
    }

    private static Map<Key, Integer> deletes(Store store, long after) {
        Map<Key, Integer> deletes = new HashMap<>();
        List<StoredCommit> commits = new ArrayList<>();
        boolean all = store.use(d -> Tables.commitsAfter(d, after, commits::add));
        assertThat(all).isTrue();
        commits.stream()
                .map(StoredCommit::changes)
                .flatMap(List::stream)
                .filter(StoredChange::deleted)
                .forEach(change -> deletes.merge(change.key(), 1, Integer::sum));
        return deletes;
    }

    private static List<Key> lyingThere(Databases databases) {
        return Tables.due(databases, Long.MAX_VALUE, 1, LockMode.READ_UNCOMMITTED);
    }

    @Test
    void eachIsToldOnceAllTheSame() throws Exception {
        try (BackEnds group = new BackEnds(homes, "b0", "b1", "b2")) {
            group.start("b0");
            eventually(SOON, () -> assertThat(group.master()).isPresent());
            group.start("b1");
            group.start("b2");
            // A put alone is acknowledged by a group of one, too.
            eventually(SOON, () -> assertThat(group.member("b0").connected()).hasSize(2));
            eventually(SOON, () -> assertThat(group.put("a", "1")).isInstanceOf(Outcome.Committed.class));
            Mastership first = group.master().orElseThrow();
            long before = first.pen().lastRevision();
            fill(first);
            long giveUp = System.nanoTime() + SOON.toNanos();
            while (first.pen().stats().expired() < RECORDS / 10) {
                assertThat(System.nanoTime() - giveUp).isNegative();
                Thread.onSpinWait();
            }
            String killed = first.masterRecord().name();
            group.kill(killed);
            eventually(SOON, () -> {
                Mastership next = group.master().orElseThrow(() -> new AssertionError("no master"));
                assertThat(next.masterRecord().term())
                        .isGreaterThan(first.masterRecord().term());
                List<Key> lying = next.pen().store().use(EndsFailOverTest::lyingThere);
                assertThat(lying).isEmpty();
            });
            group.start(killed);
            long last = group.master().orElseThrow().pen().lastRevision();
            for (String name : List.of("b0", "b1", "b2")) {
                eventually(SOON, () -> assertThat(group.member(name).store().lastRevision())
                        .isGreaterThanOrEqualTo(last));
                assertThat(deletes(group.member(name).store(), before))
                        .as(name)
                        .hasSize(RECORDS)
                        .allSatisfy((key, times) -> assertThat(times).isEqualTo(1));
            }
        }
    }
}
