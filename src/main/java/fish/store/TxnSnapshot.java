package fish.store;

import fish.kv.Key;
import fish.kv.OpResult;
import fish.kv.Operation;
import fish.kv.Txn;
import fish.kv.TxnResult;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * One state of all that a transaction of gets looks at. Of its conditions no more is kept than whether they
 * hold, and of its two branches only the one that runs: it never holds more than it may answer. One
 * thread, one read.
 */
final class TxnSnapshot {
    private final View view;
    private final Txn txn;
    private final boolean[] holds;
    private final Map<Operation.Get, OpResult> got = new LinkedHashMap<>();
    private boolean held;

    TxnSnapshot(Records records, Txn txn) {
        this.view = new View(records);
        this.txn = txn;
        this.holds = new boolean[txn.conditions().size()];
    }

    /**
     * @return empty: it changes too fast
     * @throws TooLargeException if it would answer too much
     */
    Optional<View.Page> read(Snapshot snapshot) {
        look(key -> true);
        held = allHold();
        loadBranch();
        if (!snapshot.settle(this::matters, this::again)) {
            return Optional.empty();
        }
        View.Answer answer = new View.Answer();
        for (Operation operation : branch()) {
            answer.add(got.getOrDefault(
                    (Operation.Get) operation, new OpResult.Absent(((Operation.Get) operation).key())));
        }
        return Optional.of(new View.Page(new TxnResult(held, snapshot.revision(), answer.results()), false));
    }

    private List<Operation> branch() {
        return held ? txn.then() : txn.otherwise();
    }

    private void look(Predicate<Key> at) {
        for (int i = 0; i < holds.length; i++) {
            if (at.test(txn.conditions().get(i).key())) {
                holds[i] = view.holds(txn.conditions().get(i));
            }
        }
    }

    private boolean allHold() {
        for (boolean one : holds) {
            if (!one) {
                return false;
            }
        }
        return true;
    }

    private boolean matters(Key key) {
        return txn.conditions().stream().anyMatch(condition -> condition.key().equals(key))
                || branch().stream().anyMatch(get -> ((Operation.Get) get).key().equals(key));
    }

    private boolean again(List<Key> changed) {
        look(changed::contains);
        if (allHold() != held) {
            held = !held;
            loadBranch();
            return true;
        }
        for (Operation operation : branch()) {
            if (operation instanceof Operation.Get get && changed.contains(get.key())) {
                load(get);
            }
        }
        return true;
    }

    private void loadBranch() {
        got.clear();
        branch().forEach(operation -> load((Operation.Get) operation));
    }

    private void load(Operation.Get get) {
        got.put(get, view.get(get));
        View.Answer counted = new View.Answer();
        got.values().forEach(counted::add);
    }
}
