package fish.group;

import fish.kv.Consistency;
import fish.kv.Query;
import fish.kv.Read;
import fish.kv.ReadOutcome;
import fish.kv.Txn;
import fish.store.MasterRecord;
import fish.store.Store;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** The back-ends of one JVM, by name, in place of the network between them. */
final class Masters implements MasterQuestion {
    /** Where nobody is ever filled. */
    static final MasterQuestion NONE =
            (master, copy) -> CompletableFuture.failedFuture(new IllegalStateException("nobody to ask"));

    private static final Query NOTHING = new Query.Reads(new Txn(List.of(), List.of(), List.of()));
    private static final long LIMIT_NANOS = Duration.ofSeconds(2).toNanos();

    private final Map<String, Membership> running = new ConcurrentHashMap<>();

    void add(String name, Membership membership) {
        running.put(name, membership);
    }

    void remove(String name) {
        running.remove(name);
    }

    @Override
    public CompletableFuture<Long> revision(MasterRecord master, Store copy) {
        CompletableFuture<Long> revision = new CompletableFuture<>();
        Membership membership = running.get(master.name());
        Mastership mastership =
                membership == null ? null : membership.mastership().orElse(null);
        if (mastership == null) {
            revision.completeExceptionally(new IllegalStateException(master.name() + " is not master"));
            return revision;
        }
        mastership.reads().read(Read.of(NOTHING, Consistency.STRONG, System.nanoTime() + LIMIT_NANOS), outcome -> {
            if (outcome instanceof ReadOutcome.Found found) {
                revision.complete(found.result().revision());
            } else {
                revision.completeExceptionally(new IllegalStateException(outcome.toString()));
            }
        });
        return revision;
    }
}
