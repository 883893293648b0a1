package fish.store;

/** What lies on disk was not written by a program that this one understands. */
public final class StoreFormatException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public StoreFormatException(String message) {
        super(message);
    }
}
