package fish.store.master;

/**
 * How much the pen takes on.
 *
 * @param batchTasks requests in one commit, 1 or more
 * @param batchBytes about how many bytes of requests in one commit; a single larger one still goes
 * @param queueTasks requests that wait for the pen; more are refused
 * @param queueBytes about how many bytes of requests wait; more are refused
 * @param readers strong reads that wait for a commit; more are refused
 */
public record PenLimits(int batchTasks, long batchBytes, int queueTasks, long queueBytes, int readers) {
    /** What no setting says: bytes that wait, */
    public static final long QUEUE_BYTES = 64 << 20;
    /** and strong reads that wait. */
    public static final int READERS = 20_000;

    public PenLimits {
        if (batchTasks < 1 || batchBytes < 1 || queueTasks < 1 || queueBytes < 1 || readers < 1) {
            throw new IllegalArgumentException("every limit of the pen is at least 1");
        }
    }
}
