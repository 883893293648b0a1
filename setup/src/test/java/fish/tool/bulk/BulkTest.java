package fish.tool.bulk;

import static org.assertj.core.api.Assertions.assertThat;

import fish.client.FishClient;
import fish.client.Listing;
import fish.client.Values;
import fish.client.WriteOptions;
import fish.conf.ProgramException;
import fish.kv.Key;
import fish.kv.Value;
import fish.run.Threads;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Loading into and exporting from a real store. */
@Timeout(300)
class BulkTest {
    @TempDir
    static Path dir;

    private static LoneBack back;
    private static FishClient client;

    private final List<String> told = Collections.synchronizedList(new ArrayList<>());

    @BeforeAll
    static void start() throws ProgramException {
        back = new LoneBack(dir);
        client = back.client();
    }

    @AfterAll
    static void stop() {
        client.close();
        back.close();
    }

    private LoadResult load(String input, String name) throws IOException, InterruptedException {
        Loader loader = new Loader(client, Clock.systemUTC(), new WrongLines(told::add), ProgressMeter.NONE);
        return loader.load(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)), name);
    }

    private static String export(String prefix) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new Exporter(client, ProgressMeter.NONE, Duration.ofSeconds(30)).export(prefix, out);
        return out.toString(StandardCharsets.UTF_8);
    }

    private static String lines(String prefix, int count) {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < count; i++) {
            lines.append(prefix).append("%05d value %d\n".formatted(i, i));
        }
        return lines.toString();
    }

    private static String get(String key) {
        return client.get(Key.of(key))
                .map(record -> Values.asText(record.value()))
                .orElse("");
    }

    @Test
    void whatIsLoadedIsThere() throws IOException, InterruptedException {
        LoadResult result = load(lines("there/", 3000), "there");
        assertThat(result.whole()).isTrue();
        assertThat(result.records()).isEqualTo(3000);
        assertThat(result.before()).isZero();
        assertThat(client.count(Listing.of("there/"), fish.client.ReadOptions.STRONG))
                .isEqualTo(3000);
        assertThat(get("there/02999")).isEqualTo("value 2999");
    }

    @Test
    void theSameLoadAgainPutsNothingAndLeavesWhatOthersWroteSince() throws IOException, InterruptedException {
        String input = lines("again/", 500);
        load(input.substring(0, input.indexOf("again/00256")), "again");
        client.put(Key.of("again/00007"), Values.text("of somebody else"));
        long revision = client.get(Key.of("again/00008")).orElseThrow().revision();

        LoadResult result = load(input, "again");
        assertThat(result.whole()).isTrue();
        assertThat(result.records()).isEqualTo(500);
        assertThat(result.before()).isEqualTo(256);
        assertThat(get("again/00007")).isEqualTo("of somebody else");
        assertThat(client.get(Key.of("again/00008")).orElseThrow().revision()).isEqualTo(revision);
        assertThat(get("again/00300")).isEqualTo("value 300");

        assertThat(load(input, "anew").before()).isZero();
        assertThat(get("again/00007")).isEqualTo("value 7");
    }

    /** As where there is no memory left: the load is not told as whole. */
    @Test
    void aBatchThatAnErrorEndsIsAFailure() throws IOException, InterruptedException {
        ProgressMeter broken = new ProgressMeter() {
            @Override
            public void to(long done) {
                throw new OutOfMemoryError("a test's");
            }

            @Override
            public void close() {}
        };
        Loader loader = new Loader(client, Clock.systemUTC(), new WrongLines(told::add), broken);
        LoadResult result = loader.load(new ByteArrayInputStream("oom/1 x\n".getBytes(StandardCharsets.UTF_8)), "");
        assertThat(result.whole()).isFalse();
        assertThat(result.failure()).contains("line 1", "OutOfMemoryError");
    }

    @Test
    void ofLinesWithOneKeyTheLastOneWins() throws IOException, InterruptedException {
        StringBuilder input = new StringBuilder();
        for (int i = 0; i < 2000; i++) {
            input.append("last/").append(i % 3).append(' ').append(i).append('\n');
        }
        assertThat(load(input.toString(), "last").whole()).isTrue();
        assertThat(get("last/0")).isEqualTo("1998");
        assertThat(get("last/1")).isEqualTo("1999");
        assertThat(get("last/2")).isEqualTo("1997");
    }

    @Test
    void wrongLinesAndRefusedOnesAreNamedAndTheOthersAreLoaded() throws IOException, InterruptedException {
        String input = "wrong/1 a\nnothing\nwrong/2 " + "x".repeat((1 << 20) + 1) + "\nwrong/3 c\n";
        LoadResult result = load(input, "wrong");
        assertThat(result.whole()).isFalse();
        assertThat(result.failure()).isEmpty();
        assertThat(result.wrong()).isEqualTo(2);
        assertThat(told).hasSize(2);
        assertThat(told).anyMatch(line -> line.startsWith("line 2: there is no space"));
        assertThat(told).anyMatch(line -> line.startsWith("line 3: too-large"));
        assertThat(get("wrong/3")).isEqualTo("c");
    }

    @Test
    void whatIsExportedLoadsBackWithItsTypesAndItsEnd() throws IOException, InterruptedException {
        client.put(Key.of("kinds/json"), Values.json("{\"a\":1.50}"));
        client.put(Key.of("kinds/bytes"), Values.bytes(new byte[] {0, (byte) 0xff, 10}));
        client.put(Key.of("kinds/none"), Values.bytes("plain\nlines".getBytes(StandardCharsets.UTF_8)));
        client.put(Key.of("kinds/gzip"), new Value("z".getBytes(StandardCharsets.UTF_8), "text/css", "gzip"));
        client.put(Key.of("kinds/ends"), Values.text("soon"), WriteOptions.DEFAULT.withTtl(Duration.ofHours(2)));
        Map<String, Value> before = values("kinds/");
        long expires = client.get(Key.of("kinds/ends")).orElseThrow().expiresAtMillis();
        String exported = export("kinds/");
        assertThat(exported.lines()).hasSize(5);

        client.deleteRange(Listing.of("kinds/"), 1000, WriteOptions.DEFAULT);
        assertThat(load(exported, "back").whole()).isTrue();
        assertThat(values("kinds/")).isEqualTo(before);
        assertThat(client.get(Key.of("kinds/ends")).orElseThrow().expiresAtMillis())
                .isBetween(expires - 60_000, expires + 60_000);
        long revision = client.get(Key.of("kinds/ends")).orElseThrow().revision();

        // Less of its time is left now, and still it is the same load.
        LoadResult again = load(exported, "back");
        assertThat(again.before()).isEqualTo(5);
        assertThat(client.get(Key.of("kinds/ends")).orElseThrow().revision()).isEqualTo(revision);
    }

    @Test
    void aRecordWhoseTimeHasEndedIsLeftOut() throws IOException, InterruptedException {
        LoadResult result =
                load("{\"key\":\"ended/1\",\"text\":\"x\",\"expires\":\"2020-01-01T00:00:00Z\"}\nended/2 y\n", "ended");
        assertThat(result.whole()).isTrue();
        assertThat(result.ended()).isEqualTo(1);
        assertThat(result.records()).isEqualTo(1);
        assertThat(get("ended/1")).isEmpty();
    }

    private static Map<String, Value> values(String prefix) {
        Map<String, Value> values = new HashMap<>();
        client.list(Listing.of(prefix))
                .forEach(record -> values.put(record.key().toString(), record.value()));
        return values;
    }

    /**
     * A writer moves a token from record to record, always two in one transaction, and rewrites a hot key all the time:
     * each state has one token exactly, whatever was changed while the pages came.
     */
    @Test
    void anExportIsOneStateWhateverIsWrittenMeanwhile() throws IOException, InterruptedException {
        load(lines("state/", 4000), "state");
        client.put(Key.of("state/00000"), Values.text("token"));
        AtomicBoolean over = new AtomicBoolean();
        CountDownLatch begun = new CountDownLatch(20);
        Thread mover = Threads.daemon("mover", () -> {
            int at = 0;
            for (int i = 1; !over.get(); i++) {
                int to = (at + 1237) % 4000;
                String free = Integer.toString(i);
                String from = "state/%05d".formatted(at);
                String next = "state/%05d".formatted(to);
                client.transact(tx -> {
                    tx.put(Key.of(from), Values.text(free));
                    tx.put(Key.of(next), Values.text("token"));
                    tx.put(Key.of("state/hot"), Values.text(next));
                    return 0;
                });
                at = to;
                begun.countDown();
            }
        });
        mover.start();
        try {
            begun.await();
            for (int round = 0; round < 5; round++) {
                String exported = export("state/");
                List<String> tokens = exported.lines()
                        .filter(line -> line.contains("\"text\":\"token\""))
                        .toList();
                assertThat(tokens).as("round %d", round).hasSize(1);
                String hot = exported.lines()
                        .filter(line -> line.contains("\"state/hot\""))
                        .findFirst()
                        .orElse("");
                String key = tokens.get(0).substring(8, 19);
                assertThat(hot).contains("\"text\":\"" + key + "\"");
                assertThat(exported.lines().filter(line -> !line.contains("hot")))
                        .hasSize(4000);
                assertThat(exported.lines().map(line -> line.substring(8, 19))).isSorted();
            }
        } finally {
            over.set(true);
            mover.join();
        }
    }
}
