package fish.link;

/** What a frame carries. */
enum FrameKind {
    /** Nothing: its sender is alive. */
    PING(0),
    WRITE(1),
    READ(2),
    OUTCOME(3),
    READ_OUTCOME(4);

    private final int code;

    FrameKind(int code) {
        this.code = code;
    }

    /** Its byte on the wire. */
    int code() {
        return code;
    }

    static FrameKind of(int code) throws MalformedMessageException {
        return switch (code) {
            case 0 -> PING;
            case 1 -> WRITE;
            case 2 -> READ;
            case 3 -> OUTCOME;
            case 4 -> READ_OUTCOME;
            default -> throw new MalformedMessageException("no frame is of kind " + code);
        };
    }
}
