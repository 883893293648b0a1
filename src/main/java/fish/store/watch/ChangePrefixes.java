package fish.store.watch;

import fish.kv.Key;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Live watchers by prefix. A key finds those whose prefix it begins with in one pass over its bytes and
 * one look-up for each length that any prefix has. For one thread.
 */
final class ChangePrefixes {
    /** The watchers of one prefix. */
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

    private final Map<Start, Group> groups = new HashMap<>();
    /** How many groups have a prefix of this length. */
    private final NavigableMap<Integer, Integer> lengths = new TreeMap<>();

    private int size;

    int size() {
        return size;
    }

    void add(ChangeWatch watch) {
        Group group = groups.get(start(watch.prefix()));
        if (group == null) {
            group = new Group();
            groups.put(start(watch.prefix()), group);
            lengths.merge(watch.prefix().length, 1, Integer::sum);
        }
        group.watchers.add(watch);
        size++;
    }

    void remove(ChangeWatch watch) {
        Start start = start(watch.prefix());
        Group group = groups.get(start);
        if (group == null || !group.watchers.remove(watch)) {
            return;
        }
        size--;
        if (group.watchers.isEmpty()) {
            groups.remove(start);
            lengths.computeIfPresent(start.length, (length, count) -> count == 1 ? null : count - 1);
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

    /** The groups whose prefix this key begins with, the shortest first. */
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
            Group group = groups.get(new Start(bytes, length, hash));
            if (group != null) {
                matching.add(group);
            }
        }
        return matching;
    }

    private static Start start(byte[] prefix) {
        return new Start(prefix, prefix.length, Arrays.hashCode(prefix));
    }
}
