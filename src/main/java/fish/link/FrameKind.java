package fish.link;

/** What a frame carries. */
enum FrameKind {
    /** Nothing: its sender is alive. */
    PING(0),
    WRITE(1),
    READ(2),
    OUTCOME(3),
    READ_OUTCOME(4),
    /** A large frame is there: its kind and the length of its message. It waits for one of the next two. */
    ANNOUNCE(5),
    /** There is room for what was announced under this id: it comes in pieces now. */
    ACCEPT(6),
    /** Nobody wants what was announced under this id any more. */
    REJECT(7),
    /** The next bytes of a message that was announced and accepted. */
    PIECE(8);

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
            case 5 -> ANNOUNCE;
            case 6 -> ACCEPT;
            case 7 -> REJECT;
            case 8 -> PIECE;
            default -> throw new MalformedMessageException("no frame is of kind " + code);
        };
    }
}
