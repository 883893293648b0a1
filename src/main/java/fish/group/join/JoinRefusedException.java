package fish.group.join;

/** The group would not take this node, or there must not be a new one. The message says why. */
public final class JoinRefusedException extends Exception {
    private static final long serialVersionUID = 1;

    JoinRefusedException(String message) {
        super(message);
    }
}
