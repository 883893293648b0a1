package fish.kv;

import java.util.List;

/**
 * If all conditions hold, {@code then}, else {@code otherwise}; all of it or nothing. Every request is
 * one: a plain PUT is a transaction of one put, a conditional one has a condition and an {@code
 * otherwise} that tells the current revision.
 */
public record Txn(List<Condition> conditions, List<Operation> then, List<Operation> otherwise) {
    /** Entries in each of the three lists. */
    public static final int ENTRIES_MAX = 128;

    /** Tests of its conditions together: an entry may hold one of each kind. */
    public static final int CONDITIONS_MAX = 5 * ENTRIES_MAX;

    /** Keys and values together, in bytes. */
    public static final int BYTES_MAX = 8 << 20;

    /** Values in what its gets answer, together, in bytes. */
    public static final int ANSWER_BYTES_MAX = 8 << 20;

    private static final int ENTRY_OVERHEAD_BYTES = 256;
    /** Of one in a set of them. */
    private static final int REVISION_BYTES = 32;

    public Txn {
        conditions = List.copyOf(conditions);
        then = List.copyOf(then);
        otherwise = List.copyOf(otherwise);
    }

    /** One operation under no condition. */
    public static Txn of(Operation operation) {
        return new Txn(List.of(), List.of(operation), List.of());
    }

    /** Whether neither branch can change anything. */
    public boolean readOnly() {
        return then.stream().allMatch(Operation.Get.class::isInstance)
                && otherwise.stream().allMatch(Operation.Get.class::isInstance);
    }

    /** How many values it may answer with, in the branch that has more of them. */
    public int valuesAnsweredMax() {
        return Math.max(gets(then), gets(otherwise));
    }

    private static int gets(List<Operation> operations) {
        int gets = 0;
        for (Operation operation : operations) {
            gets += operation instanceof Operation.Get get && get.withValue() ? 1 : 0;
        }
        return gets;
    }

    /** About how many bytes of the heap it holds, for those who bound what waits. */
    public int heapBytes() {
        int bytes = ENTRY_OVERHEAD_BYTES;
        for (Condition condition : conditions) {
            bytes += ENTRY_OVERHEAD_BYTES + condition.key().bytes().length;
            if (condition instanceof Condition.BytesAre same) {
                bytes += same.bytes().length;
            } else if (condition instanceof Condition.JsonIs same) {
                bytes += 2 * same.json().length();
            } else if (condition instanceof Condition.RevisionIn among) {
                bytes += REVISION_BYTES * among.revisions().size();
            }
        }
        return bytes + heapBytes(then) + heapBytes(otherwise);
    }

    private static int heapBytes(List<Operation> operations) {
        int bytes = 0;
        for (Operation operation : operations) {
            bytes += ENTRY_OVERHEAD_BYTES;
            if (operation instanceof Operation.OfKey ofKey) {
                bytes += ofKey.key().bytes().length;
            }
            if (operation instanceof Operation.Put put) {
                bytes += put.value().bytes().length;
            } else if (operation instanceof Operation.DeleteRange range) {
                bytes += range.limit() * ENTRY_OVERHEAD_BYTES; // what it comes to
            }
        }
        return bytes;
    }
}
