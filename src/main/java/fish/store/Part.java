package fish.store;

/** How much of a stored record is wanted. */
enum Part {
    /** Revision, creation and expiry. */
    HEADER(RecordCodec.HEADER_BYTES),
    /** All but the value. */
    HEAD(RecordCodec.HEAD_BYTES_MAX),
    WHOLE(Integer.MAX_VALUE);

    private final int bytes;

    Part(int bytes) {
        this.bytes = bytes;
    }

    /** Of the beginning of what is stored, at most. */
    int bytes() {
        return bytes;
    }

    static Part of(boolean withValue) {
        return withValue ? WHOLE : HEAD;
    }
}
