package fish.store.master;

import com.sleepycat.je.DatabaseEntry;
import com.sleepycat.je.DatabaseException;
import com.sleepycat.je.Durability;
import com.sleepycat.je.Transaction;
import com.sleepycat.je.TransactionConfig;
import com.sleepycat.je.rep.ReplicatedEnvironment;
import fish.kv.Outcome;
import fish.store.Databases;
import fish.store.JeErrors;
import fish.store.RemovedRecord;
import fish.store.Tables;
import java.util.Optional;

/** What a master writes down about the group's members. Blocks: not for the pen. */
final class GroupTable {
    private static final Durability QUORUM = Batch.je(fish.kv.Durability.QUORUM);

    private GroupTable() {}

    /**
     * That a back-end was removed, in place of where it is.
     *
     * @return how it failed; empty once a majority has it on disk
     */
    static Optional<Outcome> remove(ReplicatedEnvironment environment, Databases databases, RemovedRecord record) {
        Transaction txn;
        try {
            txn = environment.beginTransaction(null, new TransactionConfig().setDurability(QUORUM));
        } catch (DatabaseException | IllegalStateException e) {
            return Optional.of(JeErrors.refused(e));
        }
        try {
            databases.group.put(
                    txn, new DatabaseEntry(Tables.removedKey(record.name())), new DatabaseEntry(record.encode()));
            databases.group.delete(txn, new DatabaseEntry(Tables.memberKey(record.name())));
            txn.commit(QUORUM);
            return Optional.empty();
        } catch (DatabaseException | IllegalStateException e) {
            return Optional.of(
                    JeErrors.surelyNotCommitted(e, txn.getState()) ? JeErrors.refused(e) : JeErrors.unknown(e));
        } finally {
            if (txn.getState() == Transaction.State.OPEN || txn.getState() == Transaction.State.MUST_ABORT) {
                txn.abort();
            }
        }
    }

    /** Where a back-end is; lost if it cannot be now. */
    static void forget(ReplicatedEnvironment environment, Databases databases, String name) {
        try {
            TermCommits.commit(
                    environment, QUORUM, txn -> databases.group.delete(txn, new DatabaseEntry(Tables.memberKey(name))));
        } catch (DatabaseException e) {
            // Too few nodes, or the mastership is lost: to be removed again by who still sees it.
        }
    }
}
