package fish.store.watch;

import fish.kv.ChangeEncoder;
import fish.kv.ChangeEvent;
import fish.kv.EncodedCommit;
import fish.kv.Failure;
import fish.kv.Scope;
import fish.store.Store;
import fish.store.UnavailableException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps watchers in step with the log. One that arrives is unsynced: it reads the log by itself until it has
 * caught up with those who are synced, and is synced then; it is unsynced again when it had no room for
 * something new. Since one thread does it all, nothing falls between. For the feed's thread alone.
 */
final class WatcherSync {
    /** Pieces read in one look by those who are synced. */
    private static final int SYNCED_CHUNKS = 16;
    /** Pieces read in one look by those who are unsynced. */
    private static final int UNSYNCED_CHUNKS = 64;
    /** Pieces in memory for those who are unsynced that wait for what they show to become durable. */
    private static final int PENDING_MAX = 16;
    /** About what they may hold of the heap, unless it is one. */
    private static final long PENDING_BYTES_MAX = 4 << 20;

    private final ChangeEncoder encoder;
    private final ChangeLog.Limits limits;
    private final List<ChangeWatch> arrived = new ArrayList<>();
    private final Deque<ChangeWatch> unsynced = new ArrayDeque<>();
    private final ChangePrefixes synced = new ChangePrefixes();
    private final RecentCommits recent = new RecentCommits();
    /** All who are synced have been sent everything up to it. */
    private long syncedPosition;

    private @Nullable ChangeChunk syncedPending;
    private long durable;
    private int pending;
    private long pendingBytes;
    private int gone;

    WatcherSync(ChangeEncoder encoder, ChangeLog.Limits limits) {
        this.encoder = encoder;
        this.limits = limits;
    }

    void add(ChangeWatch watch) {
        arrived.add(watch);
    }

    boolean isEmpty() {
        return arrived.isEmpty() && unsynced.isEmpty() && synced.size() == 0;
    }

    /** How many watchers have ended since it was asked. */
    int takeGone() {
        int count = gone;
        gone = 0;
        return count;
    }

    /**
     * Tells what there is to tell now, within the limits.
     *
     * @throws UnavailableException if the replica cannot be read; nobody has lost anything
     */
    void send(Store store) {
        durable = store.use(ChangeLog::durable);
        for (ChangeWatch watch : arrived) {
            // Negative: from now on.
            watch.advance(watch.position() < 0 ? durable : 0);
            if (isCaughtUp(watch)) {
                markSynced(watch);
            } else {
                unsynced.add(watch);
            }
        }
        arrived.clear();
        sendToSynced(store);
        sendToUnsynced(store);
    }

    private boolean isCaughtUp(ChangeWatch watch) {
        if (synced.size() == 0) {
            syncedPosition = durable;
            syncedPending = null;
        }
        ChangeChunk next = syncedPending;
        return watch.position() >= (next == null ? syncedPosition : next.to());
    }

    private void markSynced(ChangeWatch watch) {
        watch.synced(true);
        synced.add(watch);
        watch.sink().reached(watch.position(), watch.position() >= durable);
    }

    private void sendToSynced(Store store) {
        for (int i = 0; i < SYNCED_CHUNKS && synced.size() > 0 && syncedPosition < durable; i++) {
            ChangeChunk chunk = syncedPending;
            syncedPending = null;
            if (chunk == null) {
                long after = syncedPosition;
                chunk = store.use(d -> ChangeLog.read(d, after, durable, limits, synced::matches));
            }
            if (chunk.isCompacted()) {
                // This replica was away for longer than changes are kept.
                synced.all().forEach(watch -> markUnsynced(watch, syncedPosition));
                return;
            }
            switch (settling(store, chunk)) {
                case WAITING -> {
                    syncedPending = chunk;
                    return;
                }
                case VANISHED -> {}
                case SETTLED -> sendToSynced(chunk);
            }
        }
    }

    private ChangeLog.Settling settling(Store store, ChangeChunk chunk) {
        return store.use(d -> ChangeLog.settling(d, chunk, durable));
    }

    private void sendToSynced(ChangeChunk chunk) {
        Set<ChangeWatch> sent = new LinkedHashSet<>();
        for (ChangeChunk.CommitEvents commit : chunk.commits()) {
            Map<ChangePrefixes.Group, List<byte[]>> changes = new LinkedHashMap<>();
            for (ChangeEvent change : commit.changes()) {
                List<ChangePrefixes.Group> groups = synced.matching(change.key());
                if (!groups.isEmpty()) {
                    byte[] encoded = encoder.change(change);
                    groups.forEach(group -> changes.computeIfAbsent(group, g -> new ArrayList<>())
                            .add(encoded));
                }
            }
            changes.forEach((group, encoded) -> {
                Scope scope = group.watchers.get(0).scope();
                EncodedCommit shared =
                        recent.get(commit.revision(), scope, () -> encoder.commit(commit.revision(), encoded));
                send(group, commit.revision(), shared, sent);
            });
        }
        syncedPosition = chunk.to();
        for (ChangeWatch watch : sent) {
            if (watch.synced()) {
                watch.advance(syncedPosition);
                watch.sink().reached(watch.position(), watch.position() >= durable);
            }
        }
    }

    private void send(ChangePrefixes.Group group, long revision, EncodedCommit encoded, Set<ChangeWatch> sent) {
        for (ChangeWatch watch : List.copyOf(group.watchers)) {
            if (revision <= watch.position()) {
                continue; // it asked for a later beginning
            }
            if (watch.sink().commit(revision, encoded)) {
                watch.advance(revision);
                sent.add(watch);
            } else {
                markUnsynced(watch, revision - 1);
            }
        }
    }

    /** It goes on from here by reading the unsynced. */
    private void markUnsynced(ChangeWatch watch, long position) {
        synced.remove(watch);
        watch.synced(false);
        watch.advance(position);
        unsynced.add(watch);
    }

    private void sendToUnsynced(Store store) {
        int chunks = UNSYNCED_CHUNKS;
        for (int i = unsynced.size(); i > 0 && chunks > 0; i--) {
            ChangeWatch watch = unsynced.removeFirst();
            unsynced.addLast(watch); // before it is sent: the replica may fail
            if (watch.sink().closed()) {
                unsynced.removeLast();
                end(watch);
            } else if (watch.sink().hasRoom()
                    && (watch.pending().isPresent() || (pending < PENDING_MAX && pendingBytes < PENDING_BYTES_MAX))) {
                chunks--;
                if (!sendToUnsynced(store, watch)) {
                    unsynced.removeLast();
                }
            }
        }
    }

    /** Whether it still has to read the unsynced. */
    private boolean sendToUnsynced(Store store, ChangeWatch watch) {
        if (watch.position() < durable) {
            Optional<ChangeChunk> before = watch.pending();
            ChangeChunk chunk = before.orElseGet(
                    () -> store.use(d -> ChangeLog.read(d, watch.position(), durable, limits, watch::wants)));
            if (chunk.isCompacted()) {
                end(watch);
                watch.sink().compacted(chunk.compactedTo());
                return false;
            }
            ChangeLog.Settling settling = settling(store, chunk);
            dropPending(watch);
            if (settling == ChangeLog.Settling.WAITING) {
                watch.setPending(chunk);
                pending++;
                pendingBytes += chunk.bytes();
            }
            if (settling != ChangeLog.Settling.SETTLED || !sendToUnsynced(watch, chunk)) {
                return true;
            }
        }
        if (isCaughtUp(watch)) {
            markSynced(watch);
            return false;
        }
        watch.sink().reached(watch.position(), watch.position() >= durable);
        return true;
    }

    /** False: it had no room for all. */
    private boolean sendToUnsynced(ChangeWatch watch, ChangeChunk chunk) {
        for (ChangeChunk.CommitEvents commit : chunk.commits()) {
            EncodedCommit encoded = recent.get(
                    commit.revision(),
                    watch.scope(),
                    () -> encoder.commit(
                            commit.revision(),
                            commit.changes().stream().map(encoder::change).toList()));
            if (!watch.sink().commit(commit.revision(), encoded)) {
                watch.advance(commit.revision() - 1);
                return false;
            }
            watch.advance(commit.revision());
        }
        watch.advance(chunk.to());
        return true;
    }

    private void dropPending(ChangeWatch watch) {
        if (watch.pending().isPresent()) {
            pendingBytes -= watch.pending().get().bytes();
            watch.dropPending();
            pending--;
        }
    }

    /** Says to everybody how far they are, and forgets those who are closed. */
    void reportPositions() {
        for (ChangeWatch watch : synced.all()) {
            if (watch.sink().closed()) {
                synced.remove(watch);
                end(watch);
            } else {
                watch.advance(syncedPosition);
                watch.sink().reached(watch.position(), watch.position() >= durable);
            }
        }
        unsynced.removeIf(watch -> {
            boolean closed = watch.sink().closed();
            if (closed) {
                end(watch);
            } else {
                watch.sink().reached(watch.position(), false);
            }
            return closed;
        });
    }

    private void end(ChangeWatch watch) {
        dropPending(watch);
        gone++;
    }

    /** Those who have been sent nothing yet. */
    void failNew(Failure failure) {
        arrived.forEach(watch -> watch.sink().failed(failure));
        gone += arrived.size();
        arrived.clear();
    }

    void failAll(Failure failure) {
        failNew(failure);
        List<ChangeWatch> all = synced.all();
        all.forEach(synced::remove);
        all.addAll(unsynced);
        unsynced.clear();
        for (ChangeWatch watch : all) {
            end(watch);
            watch.sink().failed(failure);
        }
    }
}
