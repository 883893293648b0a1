package fish.store.watch;

import fish.kv.ChangeSink;
import fish.kv.Key;
import fish.kv.Scope;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One watcher, and how far it has been sent. For the feed's thread alone. */
final class ChangeWatch {
    private final Scope scope;
    private final ChangeSink sink;
    private long position;
    private boolean synced;
    private @Nullable ChangeChunk pending;

    /**
     * @param since may be {@link fish.kv.ChangeSource#NOW}, until {@link #advance}
     */
    ChangeWatch(long since, Scope scope, ChangeSink sink) {
        this.position = since;
        this.scope = scope;
        this.sink = sink;
    }

    Scope scope() {
        return scope;
    }

    ChangeSink sink() {
        return sink;
    }

    /** Everything up to this revision has been sent. */
    long position() {
        return position;
    }

    void advance(long revision) {
        position = Math.max(position, revision);
    }

    boolean wants(Key key) {
        return scope.covers(key);
    }

    /** Whether it is sent what is new, else it reads the log by itself. */
    boolean synced() {
        return synced;
    }

    void synced(boolean now) {
        synced = now;
    }

    /** What it will be sent once that has settled. */
    Optional<ChangeChunk> pending() {
        return Optional.ofNullable(pending);
    }

    void setPending(ChangeChunk chunk) {
        pending = chunk;
    }

    void dropPending() {
        pending = null;
    }
}
