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

    /** Keys and values together, in bytes. */
    public static final int BYTES_MAX = 8 << 20;

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
}
