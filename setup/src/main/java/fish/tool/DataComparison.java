package fish.tool;

import fish.kv.Key;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Whether nodes hold the same, while the group writes. Range by range every node says what it holds as one digest, of one state each. Where two digests are the same
 * the nodes held the same at one revision, since a digest has the revisions in it and no revision comes twice. Where they
 * are not, one of them may only be further; so the range is read record by record, and a key that differs is asked for again until the nodes agree on it, or
 * one of them says of a state that must have it that it has not.
 */
final class DataComparison {
    static final int RANGE = 5_000;
    static final int LISTED = 1_000;
    private static final int DIFFERENCES_MAX = 1_000;
    private static final int SETTLING_TRIES = 20;

    /** One could be of a commit that a node is about to take back, since no majority ever had it. */
    private static final int CONTRADICTIONS_MIN = 3;

    /** What a node holds of a range. */
    interface Digests {
        /**
         * Of all nodes, side by side.
         *
         * @throws NodeFailedException if one of them does not answer
         */
        Map<String, Part> ask(Range range) throws NodeFailedException;
    }

    /**
     * @param end empty: to the last
     * @param listed whether each record is wanted
     */
    record Range(String start, String end, int limit, long after, boolean listed) {}

    /**
     * @param revision of the state that this is of
     * @param next where it stopped; empty: at the end of the range
     * @param records by key, where they were wanted
     */
    record Part(long revision, long count, String digest, String next, SortedMap<Key, Held> records) {}

    /** One record at one node. */
    record Held(long revision, String digest) {}

    /** A key that is not everywhere the same, with what each node has; nothing stands for no record. */
    record Difference(Key key, Map<String, @Nullable Held> held) {}

    /**
     * @param revision all nodes held all up to it when the comparison began
     * @param changing keys that were changed all the time, so that no two nodes showed the same; no difference
     * @param more whether there are more differences than are named
     */
    record Result(long revision, long records, List<Difference> differences, int changing, boolean more) {}

    private final Digests digests;
    private final List<Difference> differences = new ArrayList<>();
    private long revision;
    private long records;
    private int changing;
    private boolean cut;

    DataComparison(Digests digests) {
        this.digests = digests;
    }

    /** Once. */
    Result run() throws NodeFailedException {
        String start = "";
        do {
            Map<String, Part> parts = aligned(new Range(start, "", RANGE, revision, false));
            String end = end(parts);
            if (revision == 0) {
                revision =
                        parts.values().stream().mapToLong(Part::revision).max().orElse(0);
            }
            if (same(parts)) {
                records += parts.values().iterator().next().count();
            } else {
                byRecord(start, end);
            }
            start = end;
        } while (!start.isEmpty() && differences.size() < DIFFERENCES_MAX);
        return new Result(revision, records, differences, changing, cut || !start.isEmpty());
    }

    private void byRecord(String from, String end) throws NodeFailedException {
        String start = from;
        do {
            Map<String, Part> parts = aligned(new Range(start, end, LISTED, revision, true));
            TreeSet<Key> keys = new TreeSet<>();
            parts.values().forEach(part -> keys.addAll(part.records().keySet()));
            start = end(parts);
            boolean last = start.isEmpty() || start.equals(end);
            for (Key key : keys) {
                if (isSame(key, parts) || settled(key)) {
                    records++;
                }
                if (differences.size() >= DIFFERENCES_MAX) {
                    cut = !last || !key.equals(keys.last());
                    return;
                }
            }
        } while (!start.isEmpty() && !start.equals(end));
    }

    /** Asks until all have stopped at one place. */
    private Map<String, Part> aligned(Range asked) throws NodeFailedException {
        Map<String, Part> parts = digests.ask(asked);
        while (parts.values().stream().map(Part::next).distinct().count() > 1) {
            String least = parts.values().stream()
                    .map(Part::next)
                    .filter(next -> !next.isEmpty())
                    .min((a, b) -> Key.of(a).compareTo(Key.of(b)))
                    .orElseThrow();
            // Some hold more in the range than others: all that lies in it is wanted of all.
            int limit = asked.listed() ? LISTED : 2 * RANGE;
            parts = new HashMap<>(digests.ask(new Range(asked.start(), least, limit, asked.after(), asked.listed())));
            if (parts.values().stream().allMatch(part -> part.next().isEmpty())) {
                parts.replaceAll(
                        (node, part) -> new Part(part.revision(), part.count(), part.digest(), least, part.records()));
            }
        }
        return parts;
    }

    private static String end(Map<String, Part> parts) {
        return parts.values().iterator().next().next();
    }

    private static boolean same(Map<String, Part> parts) {
        return parts.values().stream().map(Part::digest).distinct().count() == 1;
    }

    private static boolean isSame(Key key, Map<String, Part> parts) {
        return parts.values().stream()
                        .map(part -> String.valueOf(part.records().get(key)))
                        .distinct()
                        .count()
                == 1;
    }

    /** Whether the nodes come to agree on a key; else it is a difference, or was changed all the time. */
    private boolean settled(Key key) throws NodeFailedException {
        long after = revision;
        int contradictions = 0;
        for (int i = 0; i < SETTLING_TRIES; i++) {
            // Nothing lies between a key and itself with a NUL behind it.
            Map<String, Part> parts = digests.ask(new Range(key.toString(), key + "\0", 1, after, true));
            if (isSame(key, parts)) {
                return true;
            }
            contradictions = contradictory(key, parts) ? contradictions + 1 : 0;
            if (contradictions == CONTRADICTIONS_MIN) {
                Map<String, @Nullable Held> held = new TreeMap<>();
                parts.forEach((node, part) -> held.put(node, part.records().get(key)));
                differences.add(new Difference(key, held));
                return false;
            }
            after = Math.max(
                    after,
                    parts.values().stream().mapToLong(Part::revision).max().orElse(0));
        }
        changing++;
        return false;
    }

    /** Whether these cannot be states of one history. */
    private static boolean contradictory(Key key, Map<String, Part> parts) {
        for (Part one : parts.values()) {
            for (Part other : parts.values()) {
                Held here = one.records().get(key);
                Held there = other.records().get(key);
                if (here != null && there != null && here.revision() == there.revision() && !here.equals(there)) {
                    return true;
                }
                if (here == null || (there != null && there.revision() >= here.revision())) {
                    continue;
                }
                // The other holds all up to a revision that this was put before, so it must have it, or what came after
                // it;
                // and that would have to be here as well, where this state is no older.
                boolean late = there != null || one.revision() >= other.revision();
                if (late && other.revision() >= here.revision()) {
                    return true;
                }
            }
        }
        return false;
    }
}
