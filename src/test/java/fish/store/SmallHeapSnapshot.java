package fish.store;

import com.sleepycat.je.LockMode;
import fish.kv.Durability;
import fish.kv.Key;
import fish.kv.Operation;
import fish.kv.Outcome;
import fish.kv.Query;
import fish.kv.Txn;
import fish.kv.Value;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Counts while very much changes, in a process of its own with a small heap. */
final class SmallHeapSnapshot {
    private static final int TXNS = 800;

    private SmallHeapSnapshot() {}

    /** {@code home}: prints what was counted of what nobody changes, and of what changes too much. */
    public static void main(String[] args) {
        LoneMaster master = LoneMaster.in(Path.of(args[0]));
        long before = master.store.lastRevision();
        for (int i = 0; i < TXNS; i++) {
            Outcome outcome = LoneMaster.await(master.send(puts(i), Durability.MEMORY, 30_000));
            if (!(outcome instanceof Outcome.Committed)) {
                throw new IllegalStateException(outcome.toString());
            }
        }
        System.out.println("counted " + count(master, before, "z") + " and " + count(master, before, ""));
        Runtime.getRuntime().halt(0);
    }

    private static Txn puts(int number) {
        List<Operation> puts = new ArrayList<>();
        for (int i = 0; i < Txn.ENTRIES_MAX; i++) {
            Key key = Key.of("k".repeat(1000) + "-" + number + "-" + i);
            puts.add(new Operation.Put(key, new Value(new byte[0], "", ""), Operation.NO_TTL));
        }
        return new Txn(List.of(), puts, List.of());
    }

    /** As if the count had begun before all that. */
    private static String count(LoneMaster master, long before, String low) {
        Snapshot.Writer writer = new Snapshot.Writer() {
            @Override
            public long revision() {
                return before;
            }

            @Override
            public boolean quiet() {
                return true;
            }
        };
        Query.Count query = new Query.Count(low.getBytes(StandardCharsets.UTF_8), new byte[0]);
        Optional<View.Page> page = master.store.use(
                d -> new Snapshot(d, new Records(d, null, LockMode.READ_UNCOMMITTED), writer).read(query));
        return page.map(found -> found.result().results().toString()).orElse("nothing");
    }
}
