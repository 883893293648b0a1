package fish.home;

/** How far a home's node has come. */
public enum State {
    /** Never in a group. */
    NEW,
    /** Its node began to found a group and may or may not have finished. */
    FOUNDING,
    /** Its node has been in a group. */
    MEMBER
}
