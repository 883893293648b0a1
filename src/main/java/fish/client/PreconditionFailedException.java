package fish.client;

/** The record is not at the revision that the write was conditional on; nothing was written. */
public final class PreconditionFailedException extends NotAppliedException {
    private static final long serialVersionUID = 1;

    private final long revision;

    PreconditionFailedException(String detail, long revision) {
        super("precondition-failed", detail);
        this.revision = revision;
    }

    /** The record's revision as it was then; 0 where there was none. */
    public long revision() {
        return revision;
    }
}
