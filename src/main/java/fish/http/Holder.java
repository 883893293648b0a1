package fish.http;

/** What holds room of a budget for as long as its client takes. */
interface Holder {
    /** Whether the client has done too little of its part lately. */
    boolean isSlow(long nowNanos);

    /** In bytes. */
    long held();

    /** Others wait for room: ends it, if it is still slow. */
    void giveWay();
}
