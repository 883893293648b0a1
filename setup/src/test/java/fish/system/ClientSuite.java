package fish.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import fish.client.Change;
import fish.client.ChangeListener;
import fish.client.ClientConfig;
import fish.client.Commit;
import fish.client.FishClient;
import fish.client.FishException;
import fish.client.Listing;
import fish.client.PreconditionFailedException;
import fish.client.ReadOptions;
import fish.client.Values;
import fish.client.Watch;
import fish.client.WriteOptions;
import fish.kv.Condition;
import fish.kv.Key;
import fish.kv.Operation;
import fish.kv.StoredRecord;
import fish.kv.Txn;
import fish.kv.Value;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What every client must be able to, by the Java client: {@code suite.py} and {@code suite.mjs} are the same for the
 * others. Prints {@code working} once it is under way, goes on until a line comes, and ends with {@code ok}.
 */
final class ClientSuite {
    private static final int WORKERS = 3;
    private static final int MORE = 5;
    private static final byte[] BYTES = {0, (byte) 0xff};

    private final FishClient fish;
    private final String prefix;
    private final List<String> logged = new CopyOnWriteArrayList<>();
    private volatile boolean enough;

    private ClientSuite(FishClient fish, String prefix) {
        this.fish = fish;
        this.prefix = prefix;
    }

    /** @param arguments the prefix of all keys, and the front-ends */
    public static void main(String[] arguments) throws Exception {
        String[] urls = Arrays.copyOfRange(arguments, 1, arguments.length);
        ClientConfig config = ClientConfig.of(urls).withTimeouts(Duration.ofSeconds(60), Duration.ofSeconds(5));
        try (FishClient fish = FishClient.open(config)) {
            ClientSuite suite = new ClientSuite(fish, arguments[0]);
            suite.basics();
            suite.work();
        }
    }

    private Key key(String name) {
        return Key.of(prefix + name);
    }

    private void basics() {
        Key key = key("basics/ä b/../%2F?#+");
        long revision = fish.put(key, Values.text("one"), WriteOptions.DEFAULT.withIfAbsent())
                .revision();
        assertThat(fish.get(key))
                .contains(new StoredRecord(key, Values.text("one"), revision, revision, StoredRecord.NEVER));
        PreconditionFailedException refused = catchThrowableOfType(
                PreconditionFailedException.class,
                () -> fish.put(key, Values.text("two"), WriteOptions.DEFAULT.withIfRevision(revision - 1)));
        assertThat(refused.revision()).isEqualTo(revision);
        WriteOptions next = WriteOptions.DEFAULT.withIfRevision(revision).withTtl(Duration.ofHours(1));
        long second = fish.put(key, Values.bytes(BYTES), next).revision();
        StoredRecord record = fish.get(key, ReadOptions.after(second)).orElseThrow();
        assertThat(record.value().bytes()).containsExactly(BYTES);
        assertThat(record.expiresAtMillis()).isNotEqualTo(StoredRecord.NEVER);
        assertThat(fish.touch(key, WriteOptions.DEFAULT).revision()).isGreaterThan(second);
        assertThat(fish.get(key).orElseThrow().expiresAtMillis()).isEqualTo(StoredRecord.NEVER);
        assertThat(fish.delete(key).orElseThrow()).isGreaterThan(second);
        assertThat(fish.get(key)).isEmpty();
        assertThat(fish.delete(key)).isEmpty();

        Listing many = Listing.of(prefix + "many/");
        for (int i = 0; i < 5; i++) {
            fish.put(key("many/" + i), Values.json("{\"n\":" + i + "}"));
        }
        try (Stream<StoredRecord> records = fish.list(many.withPages(2))) {
            assertThat(records.map(StoredRecord::key)).containsExactlyElementsOf(keys(5));
        }
        assertThat(fish.count(many, ReadOptions.STRONG)).isEqualTo(5);
        Txn txn = new Txn(
                List.of(new Condition.JsonIs(key("many/0"), "{\"n\":0}")),
                List.of(new Operation.Delete(key("many/0"))),
                List.of());
        assertThat(fish.txn(txn).conditionsHeld()).isTrue();
        assertThat(fish.deleteRange(many, 1000, WriteOptions.DEFAULT).deleted()).isEqualTo(4);
        assertThat(fish.count(many, ReadOptions.STRONG)).isZero();
        assertThat(fish.cluster().nodes()).hasSizeGreaterThan(2);
    }

    private List<Key> keys(int count) {
        return IntStream.range(0, count).mapToObj(i -> key("many/" + i)).toList();
    }

    private void work() throws Exception {
        List<Commit> seen = new CopyOnWriteArrayList<>();
        CountDownLatch told = new CountDownLatch(1);
        try (Watch watch = fish.watch(prefix + "log/", listener(seen, told))) {
            List<CompletableFuture<Void>> workers = IntStream.range(0, WORKERS)
                    .mapToObj(worker -> CompletableFuture.runAsync(() -> run(worker), work -> new Thread(work).start()))
                    .toList();
            System.out.println("working");
            awaitALine();
            enough = true;
            workers.forEach(CompletableFuture::join);
            fish.put(key("log/end"), Values.text(""));
            assertThat(told.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(watch.revision()).isPositive();
        }
        Value counter = fish.get(key("counter")).orElseThrow().value();
        assertThat(Values.asText(counter)).isEqualTo("" + logged.size());
        assertThat(seen.stream().map(Commit::revision)).isSorted().doesNotHaveDuplicates();
        assertThat(seen.stream().flatMap(commit -> commit.changes().stream()).map(change -> change.key()
                        .toString()))
                .containsExactlyInAnyOrderElementsOf(Stream.concat(logged.stream(), Stream.of(prefix + "log/end"))
                        .toList());
        System.out.println("ok " + logged.size());
    }

    private static void awaitALine() throws IOException {
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
    }

    private void run(int worker) {
        int more = MORE;
        for (int i = 0; more > 0; i++) {
            more -= enough ? 1 : 0;
            fish.transact(tx -> {
                int count = tx.get(key("counter"))
                        .map(Values::asText)
                        .map(Integer::parseInt)
                        .orElse(0);
                return tx.put(key("counter"), Values.text("" + (count + 1)));
            });
            Key key = key("log/" + worker + "-" + i);
            fish.put(key, Values.text("" + i));
            logged.add(key.toString());
        }
    }

    private static ChangeListener listener(List<Commit> seen, CountDownLatch told) {
        return new ChangeListener() {
            @Override
            public void committed(Commit commit) {
                seen.add(commit);
                if (commit.changes().stream().map(Change::key).anyMatch(key -> key.toString()
                        .endsWith("/end"))) {
                    told.countDown();
                }
            }

            @Override
            public void failed(FishException problem) {
                problem.printStackTrace();
            }
        };
    }
}
