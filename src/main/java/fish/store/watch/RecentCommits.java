package fish.store.watch;

import fish.kv.EncodedCommit;
import fish.kv.Scope;
import java.lang.ref.WeakReference;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Large commits that are encoded and still wait for some watcher, so that another who is at the same place
 * shares them. For one thread.
 */
final class RecentCommits {
    private static final long LARGE_BYTES = 16 << 10;
    private static final int COMMITS_MAX = 256;

    /** @param scope of the watchers, since of a commit each is told only what is in his */
    private record Place(long revision, Scope scope) {}

    private final Map<Place, WeakReference<EncodedCommit>> recent = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Place, WeakReference<EncodedCommit>> eldest) {
            return size() > COMMITS_MAX;
        }
    };

    /** The commit as others wait for it, or as it is encoded now. */
    EncodedCommit get(long revision, Scope scope, Supplier<EncodedCommit> encode) {
        Place place = new Place(revision, scope);
        WeakReference<EncodedCommit> kept = recent.get(place);
        EncodedCommit shared = kept == null ? null : kept.get();
        if (shared != null) {
            return shared;
        }
        EncodedCommit encoded = encode.get();
        if (encoded.bytes() > LARGE_BYTES) {
            recent.put(place, new WeakReference<>(encoded));
        }
        return encoded;
    }
}
