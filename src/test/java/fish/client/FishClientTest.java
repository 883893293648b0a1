package fish.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import fish.kv.Consistency;
import fish.kv.Durability;
import fish.kv.Key;
import fish.kv.OpResult;
import fish.kv.StoredRecord;
import fish.kv.TxnResult;
import fish.kv.Value;
import fish.testing.Standard;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FishClientTest {
    private static final Key A = Key.of("a");
    private static final Key B = Key.of("b");

    private final TestServer server = TestServer.memory();
    private final FishClient fish = FishClient.open(ClientConfig.of(server.url()));

    @AfterEach
    void close() {
        fish.close();
        fish.close();
        server.close();
    }

    @Test
    void theExampleOfThePackage() {
        try (FishClient client = FishClient.open(ClientConfig.of(server.url(), server.url()))) {
            client.put(Key.of("greeting"), Values.text("hello"));
            client.transact(
                    tx -> tx.put(Key.of("copy"), tx.get(Key.of("greeting")).orElseThrow()));

            assertThat(client.get(Key.of("copy")).map(StoredRecord::value)).contains(Values.text("hello"));
        }
    }

    @Test
    void whatIsPutIsThereAndWhatIsDeletedIsNot() {
        OpResult.Put put = fish.put(A, new Value(new byte[] {0, -1, 10}, "image/x", "gzip"));
        StoredRecord record = fish.get(A).orElseThrow();
        assertThat(record.value()).isEqualTo(new Value(new byte[] {0, -1, 10}, "image/x", "gzip"));
        assertThat(record.revision()).isEqualTo(put.revision()).isEqualTo(put.created());

        assertThat(fish.delete(A)).hasValue(put.revision() + 1);
        assertThat(fish.delete(A)).isEmpty();
        assertThat(fish.get(A)).isEmpty();
    }

    @Test
    void aRecordLivesLongerWhereItIsTouched() {
        OpResult.Put put = fish.put(A, Values.text("x"), WriteOptions.DEFAULT.withTtl(Duration.ofHours(1)));
        assertThat(put.expiresAtMillis()).isEqualTo(fish.get(A).orElseThrow().expiresAtMillis());

        OpResult.Touched touched = fish.touch(A, WriteOptions.DEFAULT.withTtl(Duration.ofHours(2)));
        assertThat(touched.expiresAtMillis()).isGreaterThan(put.expiresAtMillis());
        assertThat(touched.revision())
                .isGreaterThan(put.revision())
                .isEqualTo(fish.get(A).orElseThrow().revision());
        assertThat(fish.touch(A, WriteOptions.DEFAULT).expiresAtMillis()).isEqualTo(StoredRecord.NEVER);
        assertThat(fish.get(A).orElseThrow().value()).isEqualTo(Values.text("x"));
        assertThat(fish.touch(Key.of("none"), WriteOptions.DEFAULT).exists()).isFalse();

        assertThat(fish.txn(new TxnBuilder()
                                .touch(A, Duration.ofHours(1))
                                .touchForever(Key.of("none"))
                                .build())
                        .results())
                .extracting(result -> ((OpResult.Touched) result).exists())
                .containsExactly(true, false);
    }

    @Test
    void manyAreCountedAndDeleted() {
        for (int i = 0; i < 5; i++) {
            fish.put(Key.of("many/" + i), Values.text("x"));
        }
        Listing many = Listing.of("many/");
        assertThat(fish.count(many, ReadOptions.STRONG)).isEqualTo(5);
        assertThat(fish.deleteRange(many, 3, WriteOptions.DEFAULT)).isEqualTo(new OpResult.DeletedRange(3, true));
        assertThat(fish.deleteRange(many, 3, WriteOptions.DEFAULT)).isEqualTo(new OpResult.DeletedRange(2, false));
        assertThat(fish.count(Listing.ALL, ReadOptions.LOCAL)).isZero();
    }

    @Test
    void anyKeyAndAnyValueComeBackAsTheyWere() {
        for (String text : List.of("../x", "a//b/", "ä+ %2F?#;,", "\uD83D\uDC1F", "a b\n\t\"\\", ".", "..")) {
            Key key = Key.of(text);
            fish.put(key, Values.bytes(new byte[0]));
            assertThat(fish.get(key).orElseThrow().value().bytes()).isEmpty();
            assertThat(fish.list(Listing.of(text)).map(StoredRecord::key)).contains(key);
        }
        byte[] large = new byte[1 << 20];
        fish.put(A, Values.bytes(large));
        assertThat(fish.get(A).orElseThrow().value().bytes()).isEqualTo(large);
    }

    @Test
    void aConditionThatFailsTellsTheRevisionThatThereIs() {
        long revision = fish.put(A, Values.text("1"), WriteOptions.DEFAULT.withIfAbsent())
                .revision();

        assertThatThrownBy(() -> fish.put(A, Values.text("2"), WriteOptions.DEFAULT.withIfAbsent()))
                .isInstanceOfSatisfying(PreconditionFailedException.class, e -> assertThat(e.revision())
                        .isEqualTo(revision));
        assertThatThrownBy(() -> fish.delete(B, WriteOptions.DEFAULT.withIfRevision(7)))
                .isInstanceOfSatisfying(PreconditionFailedException.class, e -> assertThat(e.revision())
                        .isZero());
        fish.put(A, Values.text("2"), WriteOptions.DEFAULT.withIfRevision(revision));
        assertThat(fish.get(A).map(StoredRecord::value)).contains(Values.text("2"));
    }

    @Test
    void optionsReachTheStore() {
        WriteOptions options = WriteOptions.DEFAULT
                .withTtl(Duration.ofHours(1))
                .withDurability(Durability.ALL)
                .withTimeout(Duration.ofSeconds(3));
        long revision = fish.put(A, Values.text("1"), options).revision();

        for (ReadOptions read : List.of(
                ReadOptions.after(revision),
                ReadOptions.maxLag(Duration.ofSeconds(2)),
                ReadOptions.LOCAL,
                ReadOptions.of(Consistency.MASTER).withTimeout(Duration.ofSeconds(3)))) {
            assertThat(fish.get(A, read).orElseThrow().expiresAtMillis()).isPositive();
            assertThat(fish.list(Listing.ALL, read)).hasSize(1);
        }
    }

    @Test
    void aListComesPageByPageInEitherDirection() {
        IntStream.range(0, 25).forEach(i -> fish.put(Key.of("k/" + (char) ('a' + i)), Values.json("{\"n\": 1.50}")));
        fish.put(A, Values.text("not listed"));

        Listing listing = Listing.of("k/").withPages(10);
        assertThat(fish.list(listing)).hasSize(25).allMatch(r -> r.value().equals(Values.json("{\"n\": 1.50}")));
        assertThat(fish.list(listing.backwards()).map(r -> r.key().toString()).limit(2))
                .containsExactly("k/y", "k/x");
        assertThat(fish.list(listing.between("k/c", "k/e").keysOnly()))
                .hasSize(2)
                .allMatch(r -> r.value().bytes().length == 0);
    }

    @Test
    void aTransactionRunsOneOfItsBranches() {
        TxnBuilder txn = new TxnBuilder()
                .ifAbsent(A)
                .put(A, Values.json("[1, 2]"))
                .put(B, new Value(new byte[] {-1}, "text/plain", ""), Duration.ofHours(1))
                .get(A)
                .otherwise()
                .get(A)
                .delete(B);
        TxnResult first = fish.txn(txn.build());
        assertThat(first.conditionsHeld()).isTrue();
        assertThat(((OpResult.Got) first.results().get(2)).record().value()).isEqualTo(Values.json("[1, 2]"));

        TxnResult second = fish.txn(txn.build());
        assertThat(second.conditionsHeld()).isFalse();
        assertThat(second.results().get(1)).isEqualTo(new OpResult.Deleted(B, true));

        TxnResult third = fish.txn(new TxnBuilder()
                .ifJson(A, "[1.0, 2]")
                .ifBytes(A, "[1, 2]".getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .ifRevision(A, first.revision())
                .ifExists(A)
                .get(A)
                .get(B)
                .build());
        assertThat(third.conditionsHeld()).isTrue();
        assertThat(third.results().get(1)).isEqualTo(new OpResult.Absent(B));
    }

    @Test
    void aTransactionAsJsonPassesThrough() {
        String answer = fish.txnJson("{\"then\":[{\"put\":{\"key\":\"a\",\"json\":1}}]}", WriteOptions.DEFAULT);
        assertThat(answer).startsWith("{\"branch\":\"then\"");
        assertThatThrownBy(() -> fish.txnJson("{\"than\":[]}", WriteOptions.DEFAULT))
                .isInstanceOf(NotAppliedException.class)
                .hasMessageContaining("than");
    }

    @Test
    void theSameIdempotencyKeyIsOneWriteAndNeverTwo() {
        WriteOptions options = WriteOptions.DEFAULT.withIdempotencyKey("order-17");
        OpResult.Put first = fish.put(A, Values.text("1"), options);
        assertThat(fish.put(A, Values.text("1"), options)).isEqualTo(first);

        NotAppliedException refused =
                catchThrowableOfType(NotAppliedException.class, () -> fish.put(A, Values.text("2"), options));
        assertThat(refused.code()).isEqualTo("idempotency-key-reused");
    }

    @Test
    void theGroupIsTold() {
        assertThat(fish.cluster().toString()).isEqualTo(Standard.GROUP.toString());
    }

    @Test
    void whatNoNodeCouldTakeIsRefusedHere() {
        Stream<Runnable> wrong = Stream.of(
                () -> ClientConfig.of("localhost:8000"),
                () -> ClientConfig.of(),
                () -> ClientConfig.of("http://localhost:8000/kv"),
                () -> WriteOptions.DEFAULT.withTtl(Duration.ofNanos(1)),
                () -> new TxnBuilder().put(A, Values.text("1"), Duration.ZERO),
                () -> fish.transact(tx -> tx.put(A, Values.text("1"), Duration.ofNanos(900_000))),
                () -> WriteOptions.DEFAULT.withIdempotencyKey("a b"),
                () -> new ReadOptions(Consistency.STRONG, 7, 0, Duration.ZERO),
                () -> Values.json("{"),
                () -> fish.delete(A, WriteOptions.DEFAULT.withTtl(Duration.ofDays(1))),
                () -> fish.txn(new TxnBuilder().delete(A).build(), WriteOptions.DEFAULT.withIfAbsent()),
                () -> fish.txn(new TxnBuilder().ifJson(A, "1,2").delete(A).build()),
                () -> fish.readTxn(new TxnBuilder().delete(A).build(), ReadOptions.STRONG),
                () -> fish.transact(tx -> 1, WriteOptions.DEFAULT.withIdempotencyKey("a")));
        wrong.forEach(call -> assertThatThrownBy(call::run).isInstanceOf(IllegalArgumentException.class));
    }
}
