package fish.link;

import fish.kv.Outcome;
import fish.kv.Read;
import fish.kv.ReadOutcome;
import fish.kv.Service;
import fish.kv.TxnResult;
import fish.kv.Write;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Keeps every write until it is told to answer it. */
final class HeldService implements Service {
    /** A write, and whoever waits for it. */
    record Held(Write write, Consumer<? super Outcome> answer) {
        void commit() {
            answer.accept(new Outcome.Committed(new TxnResult(true, write.id().low(), List.of()), false));
        }
    }

    private final List<Held> held = new CopyOnWriteArrayList<>();

    /** All writes so far, in the order in which they came. */
    List<Held> held() {
        return held;
    }

    @Override
    public void write(Write write, Consumer<? super Outcome> answer) {
        held.add(new Held(write, answer));
    }

    @Override
    public void read(Read read, Consumer<? super ReadOutcome> answer) {
        throw new UnsupportedOperationException("no reads here");
    }
}
