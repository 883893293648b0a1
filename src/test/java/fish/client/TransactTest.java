package fish.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fish.kv.Key;
import fish.kv.StoredRecord;
import fish.kv.Value;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class TransactTest {
    private static final int THREADS = 8;
    private static final int INCREMENTS = 25;
    private static final Key COUNTER = Key.of("counter");
    private static final Key OTHER = Key.of("other");

    private final TestServer server = TestServer.memory();
    private final FishClient fish = FishClient.open(config(server.url(), 5));

    private static ClientConfig config(String url, int tries) {
        return ClientConfig.of(url).withRetries(new Retries(16, tries, Duration.ofMillis(1), Duration.ofMillis(100)));
    }

    @AfterEach
    void close() {
        fish.close();
        server.close();
    }

    private static Value increment(Tx tx) {
        int next = tx.get(COUNTER)
                        .map(value -> Integer.parseInt(Values.asText(value)))
                        .orElse(0)
                + 1;
        Value value = Values.text(Integer.toString(next));
        tx.put(COUNTER, value);
        return value;
    }

    @Test
    void aCounterThatManyThreadsIncrementEndsExactOverConnectionsThatBreak() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try (FaultyFrontEnd faulty = new FaultyFrontEnd(server.port());
                FishClient client = FishClient.open(config(faulty.url(), 1000))) {
            for (int i = 0; i < 40; i++) {
                faulty.next(FaultyFrontEnd.PASS_ON, FaultyFrontEnd.PASS_ON, FaultyFrontEnd.BREAK_AFTER);
            }
            for (int t = 0; t < THREADS; t++) {
                threads.execute(() -> {
                    for (int i = 0; i < INCREMENTS; i++) {
                        client.transact(TransactTest::increment);
                    }
                });
            }
            threads.shutdown();
            assertThat(threads.awaitTermination(100, TimeUnit.SECONDS)).isTrue();
        } finally {
            threads.shutdownNow();
        }
        assertThat(fish.get(COUNTER).map(StoredRecord::value))
                .contains(Values.text(Integer.toString(THREADS * INCREMENTS)));
    }

    @Test
    void aTransactionSeesWhatItHasWritten() {
        fish.transact(tx -> {
            tx.put(COUNTER, Values.text("1"));
            assertThat(tx.get(COUNTER)).contains(Values.text("1"));
            tx.delete(COUNTER).put(OTHER, Values.text("2"), Duration.ofHours(1));
            assertThat(tx.get(COUNTER)).isEmpty();
            return tx;
        });
        assertThat(fish.get(COUNTER)).isEmpty();
        assertThat(fish.get(OTHER).orElseThrow().expiresAtMillis()).isPositive();
    }

    @Test
    void whatOthersChangeMeanwhileMakesItRunAgain() {
        int[] runs = {0};
        Optional<Value> seen = fish.transact(tx -> {
            Optional<Value> read = tx.get(OTHER);
            if (runs[0]++ < 2) {
                fish.put(OTHER, Values.text("of another, " + runs[0]));
            }
            tx.put(COUNTER, Values.text("x"));
            return read;
        });
        assertThat(runs[0]).isEqualTo(3);
        assertThat(seen).contains(Values.text("of another, 2"));
    }

    @Test
    void readsOfSeveralKeysAreOneState() {
        int[] runs = {0};
        fish.transact(tx -> {
            tx.get(COUNTER);
            if (runs[0]++ == 0) {
                fish.transact(both -> both.put(COUNTER, Values.text("1")).put(OTHER, Values.text("1")));
            }
            return tx.get(OTHER);
        });
        assertThat(runs[0]).isEqualTo(2);
    }

    @Test
    void afterSoManyConflictsItGivesUpWithNothingWritten() {
        assertThatThrownBy(() -> fish.transact(tx -> {
                    tx.get(OTHER);
                    fish.put(OTHER, Values.text("always faster"));
                    return tx.put(COUNTER, Values.text("x"));
                }))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("5 tries");
        assertThat(fish.get(COUNTER)).isEmpty();
    }

    @Test
    void whatTheWorkThrowsEndsItWithNothingWritten() {
        assertThatThrownBy(() -> fish.transact(tx -> {
                    tx.put(COUNTER, Values.text("x"));
                    throw new IllegalStateException("no more of this");
                }))
                .hasMessage("no more of this");
        assertThat(fish.get(COUNTER)).isEmpty();
    }

    @Test
    void tooManyKeysAreRefused() {
        assertThatThrownBy(() -> fish.transact(tx -> {
                    for (int i = 0; i <= 128; i++) {
                        tx.put(Key.of("k" + i), Values.text("x"));
                    }
                    return tx;
                }))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aTryThatIsCutOffIsNotACommitTwice() throws IOException {
        try (FaultyFrontEnd faulty = new FaultyFrontEnd(server.port());
                FishClient client = FishClient.open(config(faulty.url(), 5))) {
            faulty.next(FaultyFrontEnd.PASS_ON, FaultyFrontEnd.BREAK_AFTER, FaultyFrontEnd.HALF_AN_ANSWER);
            assertThat(client.transact(TransactTest::increment)).isEqualTo(Values.text("1"));
        }
    }
}
