package fish.store;

import fish.kv.Consistency;
import fish.kv.Failure;
import fish.kv.Query;
import fish.kv.Read;
import fish.kv.ReadOutcome;
import fish.kv.Reason;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Reads of a node's own replica, whatever it has. Thread-safe; answers come on the caller's thread. */
public final class LocalReads {
    /** Of a page that changed while it was read. */
    private static final int TRIES = 100;

    private final Supplier<Replica> replica;
    private final String node;

    /**
     * @param replica the open one; may throw {@link UnavailableException}
     * @param node the name that answers carry
     */
    public LocalReads(Supplier<Replica> replica, String node) {
        this.replica = replica;
        this.node = node;
    }

    /** Answers at once, reading from disk on the calling thread. */
    public void read(Read read, Consumer<? super ReadOutcome> answer) {
        ReadOutcome outcome;
        try {
            outcome = find(read.query());
        } catch (UnavailableException e) {
            outcome = new ReadOutcome.Failed(e.failure());
        }
        answer.accept(outcome);
    }

    private ReadOutcome find(Query query) {
        Replica held = replica.get();
        for (int i = 0; i < TRIES; i++) {
            long before = held.lastRevision();
            View.Page page = held.committed(query, before);
            if (query instanceof Query.Get || held.lastRevision() == before) {
                return new ReadOutcome.Found(page.result(), page.more(), Consistency.LOCAL, node, Double.NaN);
            }
        }
        return new ReadOutcome.Failed(
                new Failure(Reason.LAGGING, "what was asked for changes too fast to be read as one state"));
    }
}
