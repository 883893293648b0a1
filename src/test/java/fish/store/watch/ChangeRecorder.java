package fish.store.watch;

import fish.kv.ChangeEncoder;
import fish.kv.ChangeEvent;
import fish.kv.ChangeSink;
import fish.kv.EncodedCommit;
import fish.kv.Failure;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A watcher that remembers what it was told, as text: {@code 17: a=1 b- c~}. */
final class ChangeRecorder implements ChangeSink {
    /** Counts how often it is asked. */
    static final class Text implements ChangeEncoder {
        final AtomicInteger changes = new AtomicInteger();

        @Override
        public byte[] change(ChangeEvent change) {
            changes.incrementAndGet();
            String told = change instanceof ChangeEvent.Put put
                    ? "=" + new String(put.record().value().bytes(), StandardCharsets.UTF_8)
                    : change instanceof ChangeEvent.Deleted ? "-" : "~";
            return (change.key() + told).getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public EncodedCommit commit(long revision, List<byte[]> changes) {
            StringBuilder text = new StringBuilder(revision + ":");
            changes.forEach(change -> text.append(' ').append(new String(change, StandardCharsets.UTF_8)));
            return new EncodedCommit(List.of(text.toString().getBytes(StandardCharsets.UTF_8)));
        }
    }

    private final List<String> commits = new ArrayList<>();
    private @Nullable Failure failure;
    private long reached = -1;
    private long oldest = -1;
    private boolean open = true;
    private boolean room = true;

    @Override
    public synchronized boolean hasRoom() {
        return room;
    }

    @Override
    public synchronized boolean commit(long revision, EncodedCommit encoded) {
        if (room && revision <= reached) {
            throw new AssertionError(revision + " comes after " + reached);
        }
        if (room) {
            commits.add(new String(encoded.pieces().get(0), StandardCharsets.UTF_8));
            reached = revision;
        }
        return room;
    }

    @Override
    public synchronized void reached(long revision, boolean caughtUp) {
        reached = Math.max(reached, revision);
    }

    @Override
    public synchronized void compacted(long from) {
        oldest = from;
    }

    @Override
    public synchronized void failed(Failure reason) {
        failure = reason;
    }

    @Override
    public synchronized boolean closed() {
        return !open;
    }

    synchronized void close() {
        open = false;
    }

    synchronized void room(boolean has) {
        room = has;
    }

    synchronized List<String> commits() {
        return List.copyOf(commits);
    }

    /** The commits without their revisions. */
    synchronized List<String> changes() {
        return commits.stream()
                .map(commit -> commit.substring(commit.indexOf(' ') + 1))
                .toList();
    }

    synchronized long reachedRevision() {
        return reached;
    }

    synchronized long oldest() {
        return oldest;
    }

    synchronized String failureReason() {
        return failure == null ? "" : failure.reason().name();
    }
}
