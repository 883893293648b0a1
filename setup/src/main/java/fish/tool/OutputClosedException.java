package fish.tool;

/** Nobody reads any more what is printed, as behind {@code | head}: whoever prints ends. */
public final class OutputClosedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    OutputClosedException() {
        super("standard output is closed", null, false, false);
    }
}
