package fish.kv;

/** What was given cannot be a key. */
public final class BadKeyException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    /** What is wrong with it. */
    public enum Fault {
        EMPTY,
        TOO_LONG,
        NOT_UTF8,
        NUL
    }

    private final Fault fault;

    BadKeyException(Fault fault, String message) {
        super(message);
        this.fault = fault;
    }

    public Fault fault() {
        return fault;
    }
}
