package fish.measure;

import com.fasterxml.jackson.databind.JsonNode;
import fish.hostile.Latencies;
import fish.testing.Eventually;
import fish.testing.FishGroup;
import fish.testing.HttpAnswer;
import fish.testing.HttpProbe;
import fish.testing.Programs;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Many records of 100 B whose time ends at one moment, through one front-end of three back-ends: how long after its end
 * each is told to a watcher, when strong and local reads find it gone, and what somebody suffers who puts 200 a second
 * meanwhile. {@code bin/measure ends [RECORDS [LEAD-SECONDS [ROUNDS]]]}.
 */
public final class EndsMeasurement {
    private static final Duration START_MAX = Duration.ofSeconds(90);
    private static final Duration ANSWER_MAX = Duration.ofSeconds(30);
    private static final Duration TOLD_MAX = Duration.ofMinutes(2);
    private static final long CALM_MILLIS = 5_000;
    private static final long AFTER_MILLIS = 20_000;
    private static final int WRITERS = 8;
    /** On each, so that they are 200 a second together. */
    private static final long PUT_EVERY_NANOS = 40_000_000;

    private static final Duration READ_EVERY = Duration.ofMillis(25);
    private static final int TXN_PUTS = 128;
    private static final int FILLERS = 8;
    private static final String VALUE = "v".repeat(100);

    private final URI front;
    private final HttpProbe probe;
    private final int records;
    private final String prefix;
    private final long[] endMillis;
    private final Latencies calm = new Latencies();
    private final Latencies during = new Latencies();
    private final Latencies after = new Latencies();
    private final AtomicInteger failed = new AtomicInteger();
    private volatile Latencies now = calm;
    private volatile boolean ended;

    private EndsMeasurement(URI front, int round, int records) {
        this.front = front;
        this.probe = HttpProbe.of(front, ANSWER_MAX);
        this.records = records;
        this.prefix = "ends/" + round + "/";
        this.endMillis = new long[records];
    }

    public static void main(String[] arguments) throws Exception {
        int records = FailOverMeasurement.argument(arguments, 0, 100_000);
        int lead = FailOverMeasurement.argument(arguments, 1, 40);
        int rounds = FailOverMeasurement.argument(arguments, 2, 2);
        try (Programs programs = Programs.ofBuild();
                FishGroup group = FishGroup.onLoopback(programs, 3, 1)) {
            group.start(START_MAX);
            for (int round = 0; round < rounds; round++) {
                new EndsMeasurement(group.front(0).http(), round, records).measure(lead);
            }
        }
    }

    private void measure(int leadSeconds) throws Exception {
        fill(System.currentTimeMillis() + 1000L * leadSeconds);
        long first = Arrays.stream(endMillis).min().orElseThrow();
        long last = Arrays.stream(endMillis).max().orElseThrow();
        int lastToEnd = IntStream.range(0, records)
                .filter(i -> endMillis[i] == last)
                .findFirst()
                .orElseThrow();
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS + 2);
        try (EndsWatcher watcher = new EndsWatcher(front, prefix, records)) {
            Eventually.pause(Duration.ofMillis(Math.max(0, first - CALM_MILLIS - System.currentTimeMillis())));
            if (!watcher.isOpen()) {
                throw new IOException("too short a lead: the watcher is not open yet");
            }
            List<Future<?>> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                int writer = i;
                writers.add(threads.submit(() -> write(writer)));
            }
            Eventually.pause(Duration.ofMillis(Math.max(0, first - System.currentTimeMillis())));
            now = during;
            Future<Long> strong = threads.submit(() -> goneMillis(lastToEnd, "strong"));
            Future<Long> local = threads.submit(() -> goneMillis(lastToEnd, "local"));
            long giveUp = System.currentTimeMillis() + TOLD_MAX.toMillis();
            while (watcher.told() < records && System.currentTimeMillis() < giveUp) {
                Eventually.pause(Duration.ofMillis(1));
            }
            long told = System.currentTimeMillis();
            long left = count("strong") + count("local");
            now = after;
            Eventually.pause(Duration.ofMillis(AFTER_MILLIS));
            ended = true;
            for (Future<?> writer : writers) {
                writer.get(ANSWER_MAX.toSeconds(), TimeUnit.SECONDS);
            }
            System.out.printf(
                    Locale.ROOT,
                    "%d records, ends within %d ms; after the last end: gone for a strong read %d ms, for a local one %d ms, "
                            + "all told %d ms, still counted then %d%n",
                    records,
                    last - first,
                    strong.get(ANSWER_MAX.toSeconds(), TimeUnit.SECONDS) - last,
                    local.get(ANSWER_MAX.toSeconds(), TimeUnit.SECONDS) - last,
                    told - last,
                    left);
            verdict(watcher);
        } finally {
            ended = true;
            threads.shutdownNow();
        }
    }

    private void verdict(EndsWatcher watcher) {
        long early = 0;
        Latencies late = new Latencies();
        for (int i = 0; i < records; i++) {
            long millis = watcher.toldMillis(i) - endMillis[i];
            early += millis < 0 ? 1 : 0;
            late.add(TimeUnit.MILLISECONDS.toNanos(Math.max(0, millis)));
        }
        System.out.printf(
                Locale.ROOT,
                "  told: %d, twice %d, too early %d, out of order %d %s; each after its own end: %s%n",
                watcher.told(),
                watcher.doubled(),
                early,
                watcher.disordered(),
                watcher.failure(),
                late);
        System.out.printf(
                "  200 PUT/s before: %s%n  until all was told: %s%n  the %d s after: %s%n  failed: %d%n",
                calm, during, AFTER_MILLIS / 1000, after, failed.get());
    }

    private void fill(long targetMillis) throws Exception {
        ExecutorService fillers = Executors.newFixedThreadPool(FILLERS);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int from = 0; from < records; from += TXN_PUTS) {
                int start = from;
                all.add(fillers.submit(() -> {
                    put(start, Math.min(start + TXN_PUTS, records), targetMillis);
                    return true;
                }));
            }
            for (Future<?> one : all) {
                one.get(ANSWER_MAX.toSeconds(), TimeUnit.SECONDS);
            }
        } finally {
            fillers.shutdownNow();
        }
    }

    private void put(int from, int to, long targetMillis) throws IOException {
        StringBuilder json = new StringBuilder("{\"then\":[");
        long ttl = targetMillis - System.currentTimeMillis();
        for (int i = from; i < to; i++) {
            json.append(i == from ? "" : ",")
                    .append(String.format(
                            Locale.ROOT,
                            "{\"put\":{\"key\":\"%s%07d\",\"text\":\"%s\",\"ttl\":\"%dms\"}}",
                            prefix,
                            i,
                            VALUE,
                            ttl));
        }
        HttpAnswer answer = probe.txn(json.append("]}").toString()).send();
        JsonNode results = answer.json().path("results");
        if (!answer.isSuccess() || results.size() != to - from) {
            throw new IOException("not put: " + answer);
        }
        for (int i = from; i < to; i++) {
            String expires = results.get(i - from).path("put").path("expires").asText();
            endMillis[i] = Instant.parse(expires).toEpochMilli();
        }
    }

    private void write(int writer) {
        long due = System.nanoTime() + writer * PUT_EVERY_NANOS / WRITERS;
        for (int done = 0; !ended; done++, due += PUT_EVERY_NANOS) {
            Eventually.pause(Duration.ofNanos(Math.max(0, due - System.nanoTime())));
            Latencies into = now;
            try {
                if (!probe.put("other/" + writer + "/" + done % 10, VALUE)
                        .send()
                        .isSuccess()) {
                    failed.incrementAndGet();
                }
            } catch (IOException e) {
                failed.incrementAndGet();
            }
            // From when it was due: one that waits for the one before is late, too.
            into.add(System.nanoTime() - due);
        }
    }

    /** When the record that ends last was found gone; it has to stay so. */
    private long goneMillis(int record, String consistency) throws IOException {
        long gone = 0;
        while (!ended) {
            int status = get(record, consistency);
            if (status == 404 && gone == 0) {
                gone = System.currentTimeMillis();
            } else if (status != 404 && (status != 200 || gone > 0)) {
                throw new IOException("a " + consistency + " read answered " + status);
            }
            Eventually.pause(READ_EVERY);
        }
        return gone;
    }

    private int get(int record, String consistency) throws IOException {
        return probe.get(String.format(Locale.ROOT, "%s%07d", prefix, record))
                .param("consistency", consistency)
                .send()
                .status();
    }

    private long count(String consistency) throws IOException {
        return probe.request("GET", "/kv?count")
                .param("prefix", prefix)
                .param("consistency", consistency)
                .send()
                .json()
                .path("count")
                .asLong(-1);
    }
}
