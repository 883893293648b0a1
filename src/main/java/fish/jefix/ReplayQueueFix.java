package fish.jefix;

/**
 * Bounds what a replica has received and not applied yet by its bytes. JE queues 1,000 messages, whatever
 * their size: a thousand values of 1 MiB are more than any heap of ours has, and a replica that joins a
 * store of such values dies of it. Here the queue that {@code Replica} makes becomes a {@link ReplayQueue};
 * while it is full the thread that reads the stream waits, and TCP holds the master back.
 */
final class ReplayQueueFix {
    static final String MARKER = "fish$replayQueueFix";

    private ReplayQueueFix() {}

    /** @throws JeFixException as {@link JeFixes#apply} says */
    static JeFixes.Result apply() {
        return JeClass.define(
                ReplayQueuePatch.TARGET, ReplayQueuePatch.corrected(JeClass.bytes(ReplayQueuePatch.TARGET)), MARKER);
    }
}
