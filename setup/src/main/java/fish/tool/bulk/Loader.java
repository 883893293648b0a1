package fish.tool.bulk;

import fish.client.FishClient;
import fish.client.FishException;
import fish.client.Listing;
import fish.client.NotAppliedException;
import fish.client.ReadOptions;
import fish.client.UnknownOutcomeException;
import fish.client.WriteOptions;
import fish.kv.Txn;
import fish.kv.TxnResult;
import fish.run.Threads;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Puts the records of an input, many transactions at once. Each has an idempotency key made of what it holds and where
 * in the input that stands. So the same input can be loaded again after a break, for as long as the store keeps those
 * keys, a day at least: what was put before is not put again, whoever has changed it since. One use.
 */
public final class Loader {
    /** The pen batches them; more make nothing faster. */
    private static final int BATCHES_MAX = 16;

    private static final long IN_FLIGHT_BYTES_MAX = 8 << 20;

    /** For a fail-over and more. A batch beyond it ends the load, and loading again goes on. */
    private static final Duration BATCH_TIMEOUT = Duration.ofMinutes(2);

    /** Refusals for what a record is: the others of its batch are put without it. */
    private static final Set<String> OF_RECORDS =
            Set.of("too-large", "bad-key", "bad-json", "bad-request", "key-too-long", "forbidden");

    private final FishClient client;
    private final Clock clock;
    private final WrongLines wrong;
    private final ProgressMeter progress;
    private final InFlight inFlight = new InFlight(BATCHES_MAX, IN_FLIGHT_BYTES_MAX);
    private final AtomicLong records = new AtomicLong();
    private final AtomicLong before = new AtomicLong();
    private final AtomicLong ended = new AtomicLong();
    private final AtomicLong bytesDone = new AtomicLong();
    private volatile String failure = "";
    private long revisionBefore;

    /**
     * @param client with a timeout that lets a request be tried for longer than a fail-over takes
     * @param progress told how many bytes of the input are done
     */
    public Loader(FishClient client, Clock clock, WrongLines wrong, ProgressMeter progress) {
        this.client = client;
        this.clock = clock;
        this.wrong = wrong;
        this.progress = progress;
    }

    /** The name of a load that nobody named: what is in the file, so that another file is another load. */
    public static String nameOf(Path file) throws IOException {
        return Batcher.digestOf(file);
    }

    /**
     * Returns when all that was sent is answered.
     *
     * @param load which load this is: loading the same input under the same name goes on, under another begins anew
     * @throws IOException where the input cannot be read
     * @throws FishException where the store cannot be asked at all; nothing was put then
     */
    public LoadResult load(InputStream input, String load) throws IOException, InterruptedException {
        long start = System.nanoTime();
        revisionBefore = client.page(Listing.ALL.keysOnly().withPages(1), "", ReadOptions.STRONG)
                .revision();
        LineReader lines = new LineReader(input, LineReader.LINE_BYTES_MAX);
        Batcher batcher = new Batcher(lines, load, wrong::add);
        ExecutorService senders = Executors.newFixedThreadPool(BATCHES_MAX, Threads.named("fish-load"));
        try {
            long from = 0;
            for (Optional<LoadBatch> next = batcher.next(); next.isPresent(); next = batcher.next()) {
                LoadBatch batch = next.get();
                if (!inFlight.enter(batch)) {
                    break;
                }
                long length = lines.bytesRead() - from;
                from = lines.bytesRead();
                senders.execute(() -> send(batch, length));
            }
            inFlight.awaitEmpty();
        } finally {
            inFlight.stop();
            senders.shutdownNow();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        return new LoadResult(records.get(), before.get(), ended.get(), wrong.count(), seconds, failure);
    }

    private void send(LoadBatch batch, long length) {
        try {
            put(batch);
            progress.to(bytesDone.addAndGet(length));
        } catch (UnknownOutcomeException e) {
            fail(batch, e, "they may be in the store or not");
        } catch (FishException e) {
            fail(batch, e, "they were not put");
        } catch (RuntimeException | Error e) {
            // Want of memory too: a batch that nobody speaks of would pass for one that was put.
            fail(batch.lines() + ": " + e);
        } finally {
            inFlight.leave(batch);
        }
    }

    private void fail(LoadBatch batch, FishException problem, String outcome) {
        fail(batch.lines() + ": " + problem.getMessage() + "; " + outcome);
    }

    /** The first reason counts. */
    private synchronized void fail(String reason) {
        failure = failure.isEmpty() ? reason : failure;
        inFlight.stop();
    }

    private void put(LoadBatch batch) {
        Txn txn = batch.txn(clock.millis());
        int size = txn.then().size();
        if (size > 0) {
            try {
                TxnResult result = client.txn(
                        txn,
                        WriteOptions.DEFAULT
                                .withIdempotencyKey(batch.idempotencyKey())
                                .withTimeout(BATCH_TIMEOUT));
                count(size, result.revision() <= revisionBefore);
            } catch (NotAppliedException e) {
                refused(batch, e, size);
                return;
            }
        }
        ended.addAndGet(batch.records().size() - size);
    }

    private void count(int size, boolean wasThere) {
        records.addAndGet(size);
        before.addAndGet(wasThere ? size : 0);
    }

    private void refused(LoadBatch batch, NotAppliedException e, int size) {
        if (e.code().equals("idempotency-key-reused") && batch.depends()) {
            // Only the time that was left can differ, so an earlier run has put it.
            count(size, true);
            ended.addAndGet(batch.records().size() - size);
        } else if (!OF_RECORDS.contains(e.code())) {
            throw e;
        } else if (batch.records().size() == 1) {
            wrong.add(batch.firstLine(), String.valueOf(e.getMessage()));
        } else {
            batch.halves().forEach(this::put);
        }
    }
}
