package fish.home;

/** How a node gets into its group when it starts. */
public enum Entry {
    /** It is the first, and makes the group. */
    FOUND,
    /** It has never been in it, and asks its buddies. */
    JOIN,
    /** It has been in it, and knows the way. */
    RETURN
}
