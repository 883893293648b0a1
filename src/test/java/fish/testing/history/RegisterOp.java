package fish.testing.history;

/**
 * One operation on one key.
 *
 * @param ifRevision {@link #ANY}, {@link #ABSENT}, or the revision that a write demands
 * @param value what was written or read; empty otherwise
 * @param revision of an acknowledged write: its own; of a read and of a failed condition: that of the
 *     record which was there; 0 where there was none or nothing was told
 * @param invoked in nanoseconds of one clock, as is {@code returned}
 */
public record RegisterOp(
        int client,
        String key,
        Kind kind,
        long ifRevision,
        String value,
        Ending ending,
        long revision,
        long invoked,
        long returned) {
    public static final long ANY = -1;
    public static final long ABSENT = 0;

    /** What was asked for. */
    public enum Kind {
        READ,
        PUT,
        DELETE
    }

    public RegisterOp {
        if (returned < invoked) {
            throw new IllegalArgumentException("returned before it was invoked: " + invoked + " > " + returned);
        }
        if (kind == Kind.READ && ending != Ending.DONE && ending != Ending.MISSING) {
            throw new IllegalArgumentException("a read that failed says nothing: " + ending);
        }
    }

    /** Whether the client knows that the key changed. */
    boolean isAcknowledgedWrite() {
        return kind != Kind.READ && ending == Ending.DONE;
    }

    boolean isUnknown() {
        return ending == Ending.UNKNOWN;
    }
}
