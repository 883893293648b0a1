package fish.testing.history;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One transaction, or one list page, over any keys.
 *
 * @param strong whether it promises to see every write that was answered before it began; else it is
 *     some consistent state of the past
 * @param reads what it saw of each key before its own writes, be it by a get or by a condition
 * @param puts the values that it wrote, or would have
 * @param deletes the keys that it deleted, or would have; none of them is in {@code puts}
 * @param ending DONE, NOT_APPLIED or UNKNOWN; where the conditions failed it is a read, and DONE
 * @param revision of the commit, or of the state that a read saw; 0 where that was not told
 */
public record TxnOp(
        int client,
        boolean strong,
        Map<String, Seen> reads,
        Map<String, String> puts,
        List<String> deletes,
        Ending ending,
        long revision,
        long invoked,
        long returned) {
    public TxnOp {
        reads = new TreeMap<>(reads);
        puts = new TreeMap<>(puts);
        deletes = List.copyOf(deletes);
        if (returned < invoked) {
            throw new IllegalArgumentException("returned before it was invoked: " + invoked + " > " + returned);
        }
    }

    boolean writes() {
        return !puts.isEmpty() || !deletes.isEmpty();
    }

    boolean isDone() {
        return ending == Ending.DONE;
    }
}
