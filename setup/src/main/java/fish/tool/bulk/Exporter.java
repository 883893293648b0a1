package fish.tool.bulk;

import fish.client.Change;
import fish.client.Commit;
import fish.client.CommitPage;
import fish.client.FishClient;
import fish.client.FishException;
import fish.client.Listing;
import fish.client.ReadOptions;
import fish.client.RecordPage;
import fish.kv.Key;
import fish.kv.Query;
import fish.kv.StoredRecord;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;

/**
 * Writes all records of one state, though they come in pages that are each of a state of their own. The pages go to a
 * temporary file; then what was changed since the first of them is learnt from the log of changes, up to one revision
 * that is not before the last page, and takes the place of what the pages had. One use.
 *
 * <p>All of it are reads that can be asked again of any front-end, so a fail-over in the middle changes nothing.
 */
public final class Exporter {
    private static final Duration WAIT = Duration.ofSeconds(1);

    private final FishClient client;
    private final ProgressMeter progress;
    private final Duration settleMax;

    /** How an export ended: the state at this revision. */
    public record Result(long records, long revision, double seconds) {}

    /**
     * @param progress told how many records were read
     * @param settleMax how long it may take, after the last page, until a revision is found of which all is known
     */
    public Exporter(FishClient client, ProgressMeter progress, Duration settleMax) {
        this.client = client;
        this.progress = progress;
        this.settleMax = settleMax;
    }

    /**
     * @param prefix of the keys; empty: all
     * @throws IOException where a file or {@code out} cannot be written, or too much is changed for one state to be found
     * @throws FishException where the store cannot be read
     */
    public Result export(String prefix, OutputStream out) throws IOException {
        long start = System.nanoTime();
        try (Spool spool = new Spool();
                Overlay overlay = new Overlay(Overlay.KEYS_MAX)) {
            long revision = new Run(prefix, spool, overlay).read();
            long records = merge(spool, overlay, out);
            out.flush();
            return new Result(records, revision, (System.nanoTime() - start) / 1e9);
        }
    }

    /** One export as it is read. */
    private final class Run {
        private final String prefix;
        private final Spool spool;
        private final Overlay overlay;

        Run(String prefix, Spool spool, Overlay overlay) {
            this.prefix = prefix;
            this.spool = spool;
            this.overlay = overlay;
        }

        /** Returns the revision of the state that spool and overlay have together. */
        long read() throws IOException {
            Listing listing = Listing.of(prefix).withPages(Query.Range.LIMIT_MAX);
            RecordPage page = client.page(listing, "", ReadOptions.STRONG);
            long first = page.revision();
            long done = spooled(page);
            while (!page.next().isEmpty()) {
                progress.to(done);
                page = client.page(listing, page.next(), ReadOptions.STRONG);
                done += spooled(page);
            }
            progress.to(done);
            return follow(first, page.revision());
        }

        private long spooled(RecordPage page) throws IOException {
            for (StoredRecord record : page.records()) {
                spool.add(record.key(), ExportLine.of(record));
            }
            return page.records().size();
        }

        /**
         * Applies all commits up to a revision that is not before this one, and of which all is known: none was
         * overwritten before it was told. Nearly every page of the changes ends in such a one. Returns it.
         */
        private long follow(long since, long until) throws IOException {
            long at = since;
            long end = System.nanoTime() + settleMax.toNanos();
            while (at < until || overlay.hasSuperseded()) {
                if (System.nanoTime() - end > 0) {
                    throw new IOException(
                            at < until
                                    ? "the log of changes does not come to revision " + until
                                    : "so much is overwritten all the time that no state of all could be had");
                }
                CommitPage page = client.changes(prefix, at, WAIT);
                for (Commit commit : page.commits()) {
                    for (Change change : commit.changes()) {
                        overlay.apply(change);
                    }
                }
                at = Math.max(at, page.revision());
            }
            return at;
        }
    }

    /** Writes both in the order of keys. What the overlay has of a key counts. */
    private static long merge(Spool spool, Overlay overlay, OutputStream out) throws IOException {
        long records = 0;
        for (Optional<Spool.Entry> next = spool.next(); next.isPresent(); next = spool.next()) {
            Spool.Entry entry = next.get();
            records += added(overlay, Optional.of(entry.key()), out);
            if (overlay.has(entry.key())) {
                records += write(overlay.take(entry.key()), out);
            } else {
                records += write(Optional.of(entry.line()), out);
            }
        }
        return records + added(overlay, Optional.empty(), out);
    }

    /** Writes what was added before this key. */
    private static long added(Overlay overlay, Optional<Key> before, OutputStream out) throws IOException {
        long records = 0;
        for (Optional<Key> key = overlay.firstBefore(before); key.isPresent(); key = overlay.firstBefore(before)) {
            records += write(overlay.take(key.get()), out);
        }
        return records;
    }

    private static int write(Optional<byte[]> line, OutputStream out) throws IOException {
        if (line.isEmpty()) {
            return 0;
        }
        out.write(line.get());
        out.write('\n');
        return 1;
    }
}
