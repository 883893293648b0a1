package fish.tool.bench;

import java.util.Locale;

/** What is asked of the store. */
public enum BenchWork {
    /** Puts to keys drawn at random. */
    PUT,
    /** Gets of keys drawn at random. */
    GET,
    /** Both. */
    MIXED,
    /** Puts to one key. */
    HOT,
    /** Transactions of two puts, on the condition that one of the two records exists. */
    TXN,
    /** Lists of 100 records from a key drawn at random. */
    LIST,
    /** Puts, each to a key that one of many watchers watches. */
    WATCH;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException for any other word */
    public static BenchWork of(String word) {
        for (BenchWork workload : values()) {
            if (workload.word().equals(word)) {
                return workload;
            }
        }
        throw new IllegalArgumentException("a workload is put, get, mixed, hot, txn, list or watch");
    }
}
