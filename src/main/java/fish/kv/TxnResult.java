package fish.kv;

import java.util.List;

/**
 * What a transaction did.
 *
 * @param conditionsHeld whether {@code then} ran, or {@code otherwise}
 * @param revision of its commit, or of the state that it saw where it changed nothing
 */
public record TxnResult(boolean conditionsHeld, long revision, List<OpResult> results) {
    private static final int RESULT_OVERHEAD_BYTES = 128;

    public TxnResult {
        results = List.copyOf(results);
    }

    /** About how many bytes of the heap it holds. */
    public long heapBytes() {
        long bytes = RESULT_OVERHEAD_BYTES;
        for (OpResult result : results) {
            bytes += RESULT_OVERHEAD_BYTES;
            if (result instanceof OpResult.OfKey of) {
                bytes += of.key().bytes().length;
            }
            if (result instanceof OpResult.Got got) {
                bytes += got.record().value().bytes().length;
            }
        }
        return bytes;
    }
}
