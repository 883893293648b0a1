package fish.kv;

import java.util.List;

/**
 * What a transaction did.
 *
 * @param conditionsHeld whether {@code then} ran, or {@code otherwise}
 * @param revision of its commit, or of the state that it saw where it changed nothing
 */
public record TxnResult(boolean conditionsHeld, long revision, List<OpResult> results) {
    public TxnResult {
        results = List.copyOf(results);
    }
}
