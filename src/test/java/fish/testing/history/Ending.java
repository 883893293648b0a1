package fish.testing.history;

/** How an operation ended, as its client was told. */
public enum Ending {
    /** It did what it was asked to do. */
    DONE,
    /** A read or delete of a key that has no record. */
    MISSING,
    /** Its condition did not hold. */
    CONDITION_FAILED,
    /** It failed, and the answer promises that nothing happened. */
    NOT_APPLIED,
    /** It may take effect at any time after its call, or never. */
    UNKNOWN
}
