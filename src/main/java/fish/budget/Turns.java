package fish.budget;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Who waits: clients in turn, however many of one wait, and of each the one that came first. Not thread-safe. */
final class Turns<W> {
    private final Map<Object, ArrayDeque<W>> clients = new LinkedHashMap<>();
    private int size;

    void add(Object client, W waiter) {
        clients.computeIfAbsent(client, unused -> new ArrayDeque<>()).add(waiter);
        size++;
    }

    /** Whose turn it is; null: nobody waits. */
    @Nullable W first() {
        return size == 0 ? null : clients.values().iterator().next().peek();
    }

    /** The first has had its turn: its client's next comes after all others. */
    void removeFirst() {
        Iterator<Map.Entry<Object, ArrayDeque<W>>> turns = clients.entrySet().iterator();
        Map.Entry<Object, ArrayDeque<W>> turn = turns.next();
        ArrayDeque<W> rest = turn.getValue();
        Object client = turn.getKey();
        turns.remove();
        rest.remove();
        size--;
        if (!rest.isEmpty()) {
            clients.put(client, rest);
        }
    }

    /** Whether it still waited. */
    boolean remove(Object client, W waiter) {
        ArrayDeque<W> waiting = clients.get(client);
        if (waiting == null || !waiting.remove(waiter)) {
            return false;
        }
        if (waiting.isEmpty()) {
            clients.remove(client);
        }
        size--;
        return true;
    }

    int size() {
        return size;
    }
}
