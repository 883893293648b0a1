package fish.store.master;

import com.sleepycat.je.Durability;
import com.sleepycat.je.Transaction;
import com.sleepycat.je.TransactionConfig;
import com.sleepycat.je.rep.RepInternal;
import com.sleepycat.je.rep.ReplicatedEnvironment;
import com.sleepycat.je.rep.impl.RepImpl;
import com.sleepycat.je.rep.txn.MasterTxn;

/**
 * A commit of nothing, acknowledged as any other is. JE makes such ones for itself; of all that a master
 * can commit they alone are not refused while its disk is beyond JE's limits.
 */
final class EmptyCommit {
    private EmptyCommit() {}

    /** Blocks until it is acknowledged, or throws what any commit does. */
    static void make(ReplicatedEnvironment environment, Durability durability) {
        RepImpl je = RepInternal.getNonNullRepImpl(environment);
        MasterTxn txn =
                MasterTxn.createNullTxn(je, new TransactionConfig().setDurability(durability), je.getNameIdPair());
        try {
            txn.commit(durability);
        } finally {
            if (txn.getState() == Transaction.State.OPEN || txn.getState() == Transaction.State.MUST_ABORT) {
                txn.abort();
            }
        }
    }
}
