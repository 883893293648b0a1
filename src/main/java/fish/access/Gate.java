package fish.access;

/** Decides what whoever comes with a token may do. Thread-safe; does not block for longer than a look at memory. */
@FunctionalInterface
public interface Gate {
    /** Where there are no tokens, and never will be: everybody may do everything. */
    Gate OPEN = token -> Grant.EVERYTHING;

    /**
     * @param token as it came, or empty where none did
     */
    Grant grant(String token);

    /** Looks at once at what there is now, reading this node's own copy. */
    default void refresh() {}
}
