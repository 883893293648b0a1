package fish.store.watch;

import fish.kv.ChangeEncoder;
import fish.kv.Failure;
import fish.kv.ToldChange;
import fish.store.Replica;
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
 * Who is told what. A watcher arrives, reads the past until it has caught up with those who are live, is
 * live, and reads the past again when it had no room for something new. Since one thread does it all,
 * nothing falls between. For the feed's thread alone.
 */
final class ChangeTelling {
    /** Pieces read in one look by those who are live. */
    private static final int LIVE_CHUNKS = 16;
    /** Pieces of the past in one look. */
    private static final int PAST_CHUNKS = 64;
    /** Pieces of the past in memory that wait for what they show to become durable. */
    private static final int HELD_MAX = 16;

    private final ChangeEncoder encoder;
    private final ChangeLog.Limits limits;
    private final List<ChangeWatch> arrived = new ArrayList<>();
    private final Deque<ChangeWatch> past = new ArrayDeque<>();
    private final ChangePrefixes live = new ChangePrefixes();
    /** All who are live have been told everything up to it. */
    private long livePosition;

    private @Nullable ChangeChunk liveHeld;
    private long durable;
    private int held;
    private int gone;

    ChangeTelling(ChangeEncoder encoder, ChangeLog.Limits limits) {
        this.encoder = encoder;
        this.limits = limits;
    }

    void add(ChangeWatch watch) {
        arrived.add(watch);
    }

    boolean isEmpty() {
        return arrived.isEmpty() && past.isEmpty() && live.size() == 0;
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
    void tell(Replica replica) {
        durable = replica.use(ChangeLog::durable);
        for (ChangeWatch watch : arrived) {
            // Negative: from now on.
            watch.advance(watch.position() < 0 ? durable : 0);
            if (canGoLive(watch)) {
                goLive(watch);
            } else {
                past.add(watch);
            }
        }
        arrived.clear();
        tellLive(replica);
        tellPast(replica);
    }

    private boolean canGoLive(ChangeWatch watch) {
        if (live.size() == 0) {
            livePosition = durable;
            liveHeld = null;
        }
        ChangeChunk next = liveHeld;
        return watch.position() >= (next == null ? livePosition : next.to());
    }

    private void goLive(ChangeWatch watch) {
        watch.live(true);
        live.add(watch);
        watch.sink().reached(watch.position(), watch.position() >= durable);
    }

    private void tellLive(Replica replica) {
        for (int i = 0; i < LIVE_CHUNKS && live.size() > 0 && livePosition < durable; i++) {
            ChangeChunk chunk = liveHeld;
            liveHeld = null;
            if (chunk == null) {
                long after = livePosition;
                chunk = replica.use(d -> ChangeLog.read(d, after, durable, limits, live::matches));
            }
            if (chunk.isCompacted()) {
                // This replica was away for longer than changes are kept.
                live.all().forEach(watch -> back(watch, livePosition));
                return;
            }
            switch (settling(replica, chunk)) {
                case WAITING -> {
                    liveHeld = chunk;
                    return;
                }
                case VANISHED -> {}
                case SETTLED -> tellLive(chunk);
            }
        }
    }

    private ChangeLog.Settling settling(Replica replica, ChangeChunk chunk) {
        return replica.use(d -> ChangeLog.settling(d, chunk, durable));
    }

    private void tellLive(ChangeChunk chunk) {
        Set<ChangeWatch> told = new LinkedHashSet<>();
        for (ChangeChunk.Told commit : chunk.commits()) {
            Map<ChangePrefixes.Group, List<byte[]>> changes = new LinkedHashMap<>();
            for (ToldChange change : commit.changes()) {
                List<ChangePrefixes.Group> groups = live.matching(change.key());
                if (!groups.isEmpty()) {
                    byte[] encoded = encoder.change(change);
                    groups.forEach(group -> changes.computeIfAbsent(group, g -> new ArrayList<>())
                            .add(encoded));
                }
            }
            changes.forEach((group, encoded) ->
                    tell(group, commit.revision(), encoder.commit(commit.revision(), encoded), told));
        }
        livePosition = chunk.to();
        for (ChangeWatch watch : told) {
            if (watch.live()) {
                watch.advance(livePosition);
                watch.sink().reached(watch.position(), watch.position() >= durable);
            }
        }
    }

    private void tell(ChangePrefixes.Group group, long revision, byte[] encoded, Set<ChangeWatch> told) {
        for (ChangeWatch watch : List.copyOf(group.watchers)) {
            if (revision <= watch.position()) {
                continue; // it asked for a later beginning
            }
            if (watch.sink().commit(revision, encoded)) {
                watch.advance(revision);
                told.add(watch);
            } else {
                back(watch, revision - 1);
            }
        }
    }

    /** It goes on from here by reading the past. */
    private void back(ChangeWatch watch, long position) {
        live.remove(watch);
        watch.live(false);
        watch.advance(position);
        past.add(watch);
    }

    private void tellPast(Replica replica) {
        int chunks = PAST_CHUNKS;
        for (int i = past.size(); i > 0 && chunks > 0; i--) {
            ChangeWatch watch = past.removeFirst();
            past.addLast(watch); // before it is told: the replica may fail
            if (watch.sink().closed()) {
                past.removeLast();
                end(watch);
            } else if (watch.sink().hasRoom() && (watch.held().isPresent() || held < HELD_MAX)) {
                chunks--;
                if (!tellPast(replica, watch)) {
                    past.removeLast();
                }
            }
        }
    }

    /** Whether it still has to read the past. */
    private boolean tellPast(Replica replica, ChangeWatch watch) {
        if (watch.position() < durable) {
            Optional<ChangeChunk> before = watch.held();
            ChangeChunk chunk = before.orElseGet(
                    () -> replica.use(d -> ChangeLog.read(d, watch.position(), durable, limits, watch::wants)));
            if (chunk.isCompacted()) {
                end(watch);
                watch.sink().compacted(chunk.compactedTo());
                return false;
            }
            ChangeLog.Settling settling = settling(replica, chunk);
            letGo(watch);
            if (settling == ChangeLog.Settling.WAITING) {
                watch.hold(chunk);
                held++;
            }
            if (settling != ChangeLog.Settling.SETTLED || !tellPast(watch, chunk)) {
                return true;
            }
        }
        if (canGoLive(watch)) {
            goLive(watch);
            return false;
        }
        watch.sink().reached(watch.position(), watch.position() >= durable);
        return true;
    }

    /** False: it had no room for all. */
    private boolean tellPast(ChangeWatch watch, ChangeChunk chunk) {
        for (ChangeChunk.Told commit : chunk.commits()) {
            List<byte[]> changes =
                    commit.changes().stream().map(encoder::change).toList();
            if (!watch.sink().commit(commit.revision(), encoder.commit(commit.revision(), changes))) {
                watch.advance(commit.revision() - 1);
                return false;
            }
            watch.advance(commit.revision());
        }
        watch.advance(chunk.to());
        return true;
    }

    private void letGo(ChangeWatch watch) {
        if (watch.held().isPresent()) {
            watch.letGo();
            held--;
        }
    }

    /** Says to everybody how far they are, and forgets those who are closed. */
    void tellAll() {
        for (ChangeWatch watch : live.all()) {
            if (watch.sink().closed()) {
                live.remove(watch);
                end(watch);
            } else {
                watch.advance(livePosition);
                watch.sink().reached(watch.position(), watch.position() >= durable);
            }
        }
        past.removeIf(watch -> {
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
        letGo(watch);
        gone++;
    }

    /** Those who have been told nothing yet. */
    void failNew(Failure failure) {
        arrived.forEach(watch -> watch.sink().failed(failure));
        gone += arrived.size();
        arrived.clear();
    }

    void failAll(Failure failure) {
        failNew(failure);
        List<ChangeWatch> all = live.all();
        all.forEach(live::remove);
        all.addAll(past);
        past.clear();
        for (ChangeWatch watch : all) {
            end(watch);
            watch.sink().failed(failure);
        }
    }
}
