package fish.client;

/** Is told what a watch sees, on the watch's own thread; what it does holds up only that watch. */
public interface ChangeListener {
    /** A durable commit; each once, in the order of revisions. */
    void committed(Commit commit);

    /** All commits up to this revision have been told: from here a later watch can go on. */
    default void progressed(long revision) {}

    /**
     * The watch has ended and tells nothing more: what it asked for is no longer kept ({@code compacted}), it was
     * refused, no front-end was heard of for too long, or the listener threw something.
     */
    default void failed(FishException problem) {}
}
