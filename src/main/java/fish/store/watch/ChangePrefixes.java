package fish.store.watch;

import fish.kv.Key;
import fish.kv.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Live watchers by the prefixes of their scopes. A key finds those whose prefix it begins with in one pass over its bytes and
 * one look-up for each length that any prefix has. For one thread.
 */
final class ChangePrefixes {
    /** The watchers of one scope. */
    static final class Group {
        final List<ChangeWatch> watchers = new ArrayList<>();
    }

    /** The first bytes of an array, hashed already. */
    private static final class Start {
        private final byte[] bytes;
        private final int length;
        private final int hash;

        Start(byte[] bytes, int length, int hash) {
            this.bytes = bytes;
            this.length = length;
            this.hash = hash;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Start start
                    && length == start.length
                    && Arrays.equals(bytes, 0, length, start.bytes, 0, length);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    private final Map<Scope, Group> groups = new HashMap<>();
    /** Who is to be told of keys that begin so. */
    private final Map<Start, List<Group>> byPrefix = new HashMap<>();
    /** How many prefixes have this length. */
    private final NavigableMap<Integer, Integer> lengths = new TreeMap<>();

    private int size;

    int size() {
        return size;
    }

    void add(ChangeWatch watch) {
        Group group = groups.get(watch.scope());
        if (group == null) {
            group = new Group();
            groups.put(watch.scope(), group);
            for (byte[] prefix : watch.scope().prefixes()) {
                List<Group> told = byPrefix.get(start(prefix));
                if (told == null) {
                    told = new ArrayList<>(1);
                    byPrefix.put(start(prefix), told);
                    lengths.merge(prefix.length, 1, Integer::sum);
                }
                told.add(group);
            }
        }
        group.watchers.add(watch);
        size++;
    }

    void remove(ChangeWatch watch) {
        Group group = groups.get(watch.scope());
        if (group == null || !group.watchers.remove(watch)) {
            return;
        }
        size--;
        if (group.watchers.isEmpty()) {
            groups.remove(watch.scope());
            watch.scope().prefixes().forEach(prefix -> remove(group, start(prefix)));
        }
    }

    private void remove(Group group, Start prefix) {
        List<Group> told = byPrefix.getOrDefault(prefix, List.of());
        if (told.remove(group) && told.isEmpty()) {
            byPrefix.remove(prefix);
            lengths.computeIfPresent(prefix.length, (length, count) -> count == 1 ? null : count - 1);
        }
    }

    /** Every watcher, to be changed while it is looked through. */
    List<ChangeWatch> all() {
        List<ChangeWatch> all = new ArrayList<>(size);
        groups.values().forEach(group -> all.addAll(group.watchers));
        return all;
    }

    boolean matches(Key key) {
        return !matching(key).isEmpty();
    }

    /** The groups in whose scope this key is, each once: it begins with one prefix of a scope at most. */
    List<Group> matching(Key key) {
        List<Group> matching = new ArrayList<>(2);
        byte[] bytes = key.bytes();
        int hash = 1;
        int hashed = 0;
        for (int length : lengths.keySet()) {
            if (length > bytes.length) {
                break;
            }
            for (; hashed < length; hashed++) {
                hash = 31 * hash + bytes[hashed];
            }
            List<Group> told = byPrefix.get(new Start(bytes, length, hash));
            if (told != null) {
                matching.addAll(told);
            }
        }
        return matching;
    }

    private static Start start(byte[] prefix) {
        return new Start(prefix, prefix.length, Arrays.hashCode(prefix));
    }
}
