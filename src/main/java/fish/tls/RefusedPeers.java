package fish.tls;

import fish.run.Repeated;
import java.util.LinkedHashMap;
import java.util.Map;

/** Who is refused, a line each, and seldom again while it goes on; of so many peers at most. Thread-safe. */
final class RefusedPeers {
    private static final int PEERS_MAX = 256;

    private final Map<String, Repeated> told = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Repeated> eldest) {
            return size() > PEERS_MAX;
        }
    };

    /** @param who without what changes with each try */
    synchronized boolean isNews(String who) {
        return told.computeIfAbsent(who, unknown -> new Repeated(System::nanoTime))
                .isNews(who);
    }
}
