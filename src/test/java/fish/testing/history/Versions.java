package fish.testing.history;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Every version of every key that a history's commits left. */
final class Versions {
    private final Map<String, NavigableMap<Long, Seen>> keys = new HashMap<>();
    private final NavigableSet<Long> revisions = new TreeSet<>();
    private final Map<String, Set<String>> doubtful = new HashMap<>();
    private final Set<String> maybeDeleted = new HashSet<>();

    void add(TxnOp txn, long revision) {
        revisions.add(revision);
        txn.puts().forEach((key, value) -> versions(key).put(revision, new Seen(value, revision)));
        txn.deletes().forEach(key -> versions(key).put(revision, Seen.NOTHING));
    }

    /** Nobody strongly saw a value of it, so that only its deletes can have been noticed. */
    void addDoubt(TxnOp unknown) {
        maybeDeleted.addAll(unknown.deletes());
        unknown.puts().forEach((key, value) -> doubtful.computeIfAbsent(key, any -> new HashSet<>())
                .add(value));
    }

    /** Whether {@code read} saw a value of which nobody knows whether it stayed. */
    boolean holdsDoubt(TxnOp read) {
        return read.reads().entrySet().stream().anyMatch(it -> doubtful.getOrDefault(it.getKey(), Set.of())
                .contains(it.getValue().value()));
    }

    boolean fits(String key, long state, Seen seen) {
        return at(key, state).equals(seen) || (!seen.isRecord() && maybeDeleted.contains(key));
    }

    Seen at(String key, long state) {
        Map.Entry<Long, Seen> version = versions(key).floorEntry(state);
        return version == null ? Seen.NOTHING : version.getValue();
    }

    /** One revision for each different state, from the state at {@code least} on. */
    List<Long> statesFrom(long least) {
        List<Long> states = new ArrayList<>(Collections.singleton(least));
        states.addAll(revisions.tailSet(least, false));
        return states;
    }

    private NavigableMap<Long, Seen> versions(String key) {
        return keys.computeIfAbsent(key, any -> new TreeMap<>());
    }
}
