package fish.store.master;

import fish.kv.RequestId;
import fish.kv.Write;
import java.util.concurrent.ConcurrentHashMap;

/** The idempotency keys whose requests are with the pen now. Thread-safe; bounded by the pen's queue. */
final class InProgress {
    private final ConcurrentHashMap<String, RequestId> running = new ConcurrentHashMap<>();

    /**
     * @return false: another request with this key is running. The same request sent again may enter, and
     *     waits for its first try in the queue
     */
    boolean enter(Write write) {
        RequestId first = running.putIfAbsent(write.idempotency().key(), write.id());
        return first == null || first.equals(write.id());
    }

    void leave(Write write) {
        running.remove(write.idempotency().key(), write.id());
    }
}
