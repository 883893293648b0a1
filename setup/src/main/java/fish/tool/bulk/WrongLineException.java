package fish.tool.bulk;

/** A line that is no record; the message says why. */
final class WrongLineException extends Exception {
    private static final long serialVersionUID = 1;

    WrongLineException(String reason) {
        super(reason, null, false, false);
    }
}
