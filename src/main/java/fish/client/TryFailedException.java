package fish.client;

/** One try brought no answer. */
final class TryFailedException extends Exception {
    private static final long serialVersionUID = 1;

    private final String code;
    private final boolean sent;
    private final boolean lasting;

    /**
     * @param sent whether the request may have reached a node
     */
    TryFailedException(String code, String detail, boolean sent) {
        this(code, detail, sent, false);
    }

    private TryFailedException(String code, String detail, boolean sent, boolean lasting) {
        super(detail);
        this.code = code;
        this.sent = sent;
        this.lasting = lasting;
    }

    /** No node had the request, and with this client none will at that address. */
    static TryFailedException lasting(String code, String detail) {
        return new TryFailedException(code, detail, false, true);
    }

    /** Whether the next try of the same front-end fails for the same reason. */
    boolean lasting() {
        return lasting;
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
