package fish.store.watch;

import fish.kv.ChangeSink;
import fish.kv.Key;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One watcher, and how far it has been told. For the feed's thread alone. */
final class ChangeWatch {
    private final byte[] prefix;
    private final ChangeSink sink;
    private long position;
    private boolean live;
    private @Nullable ChangeChunk held;

    /**
     * @param since may be {@link fish.kv.ChangeSource#NOW}, until {@link #advance}
     */
    ChangeWatch(long since, byte[] prefix, ChangeSink sink) {
        this.position = since;
        this.prefix = prefix;
        this.sink = sink;
    }

    byte[] prefix() {
        return prefix;
    }

    ChangeSink sink() {
        return sink;
    }

    /** Everything up to this revision has been told. */
    long position() {
        return position;
    }

    void advance(long revision) {
        position = Math.max(position, revision);
    }

    boolean wants(Key key) {
        byte[] bytes = key.bytes();
        return bytes.length >= prefix.length && Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
    }

    /** Whether it is told of what is new, else it reads the past. */
    boolean live() {
        return live;
    }

    void live(boolean now) {
        live = now;
    }

    /** What it will be told once that has settled. */
    Optional<ChangeChunk> held() {
        return Optional.ofNullable(held);
    }

    void hold(ChangeChunk chunk) {
        held = chunk;
    }

    void letGo() {
        held = null;
    }
}
