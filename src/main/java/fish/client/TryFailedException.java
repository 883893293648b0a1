package fish.client;

/** One try brought no answer. */
final class TryFailedException extends Exception {
    private static final long serialVersionUID = 1;

    private final String code;
    private final boolean sent;

    /**
     * @param sent whether the request may have reached a node
     */
    TryFailedException(String code, String detail, boolean sent) {
        super(detail);
        this.code = code;
        this.sent = sent;
    }

    String code() {
        return code;
    }

    boolean sent() {
        return sent;
    }

    String detail() {
        return String.valueOf(getMessage());
    }
}
