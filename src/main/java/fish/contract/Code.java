package fish.contract;

/** Every code that an error can carry, with its status. */
public enum Code {
    BAD_REQUEST(400, "bad-request", "Bad request"),
    BAD_KEY(400, "bad-key", "Bad key"),
    BAD_PARAMETER(400, "bad-parameter", "Bad parameter"),
    BAD_JSON(400, "bad-json", "Bad JSON"),
    UNAUTHENTICATED(401, "unauthenticated", "Unauthenticated"),
    FORBIDDEN(403, "forbidden", "Forbidden"),
    NOT_FOUND(404, "not-found", "Not found"),
    METHOD_NOT_ALLOWED(405, "method-not-allowed", "Method not allowed"),
    REQUEST_TIMEOUT(408, "request-timeout", "Request timeout"),
    IN_PROGRESS(409, "in-progress", "In progress"),
    CONFLICT(409, "conflict", "Conflict"),
    COMPACTED(410, "compacted", "Compacted"),
    PRECONDITION_FAILED(412, "precondition-failed", "Precondition failed"),
    TOO_LARGE(413, "too-large", "Too large"),
    KEY_TOO_LONG(414, "key-too-long", "Key too long"),
    NOT_MASTER(421, "not-master", "Not the master"),
    WRONG_HOST(421, "wrong-host", "Wrong host"),
    IDEMPOTENCY_KEY_REUSED(422, "idempotency-key-reused", "Idempotency key reused"),
    OVERLOADED(429, "overloaded", "Overloaded"),
    HEADER_TOO_LARGE(431, "header-too-large", "Header too large"),
    INTERNAL(500, "internal", "Internal error"),
    NOT_IMPLEMENTED(501, "not-implemented", "Not implemented"),
    NO_MASTER(503, "no-master", "No master"),
    NO_QUORUM(503, "no-quorum", "No quorum"),
    STARTING(503, "starting", "Starting"),
    SHUTTING_DOWN(503, "shutting-down", "Shutting down"),
    UNKNOWN_OUTCOME(504, "unknown-outcome", "Unknown outcome"),
    LAGGING(504, "lagging", "Lagging"),
    DISK_FULL(507, "disk-full", "Disk full");

    private final int status;
    private final String text;
    private final String title;

    Code(int status, String text, String title) {
        this.status = status;
        this.text = text;
        this.title = title;
    }

    public int status() {
        return status;
    }

    /** As the client sees it. */
    public String text() {
        return text;
    }

    public String title() {
        return title;
    }

    /** Whether the client is told when to try again. */
    public boolean retryLater() {
        return status == 429 || status == 503;
    }

    /** What it says of a write: that it may have happened, else that it did not. */
    public boolean outcomeUnknown() {
        return this == UNKNOWN_OUTCOME || this == IN_PROGRESS;
    }
}
