package fish.kv;

/** What a write survives once it is answered. */
public enum Durability {
    /** Whatever the back-ends are set to; the other levels are ordered from least to most. */
    DEFAULT,
    /** A majority of the electable nodes has it in memory. */
    MEMORY,
    /** The master has it on disk, and a majority has it in memory. */
    MASTER,
    /** A majority of the electable nodes has it on disk. */
    QUORUM,
    /** Every electable node has it on disk. */
    ALL,
    /** {@link #ALL}, and every connected read-only replica has applied it. */
    SITES;

    /** The stronger of the two. */
    public Durability orMore(Durability other) {
        return compareTo(other) < 0 ? other : this;
    }

    /** The weaker of the two. */
    public Durability orLess(Durability other) {
        return compareTo(other) < 0 ? this : other;
    }
}
