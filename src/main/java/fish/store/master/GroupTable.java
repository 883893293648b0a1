package fish.store.master;

import com.sleepycat.je.DatabaseEntry;
import com.sleepycat.je.DatabaseException;
import com.sleepycat.je.Durability;
import com.sleepycat.je.Transaction;
import com.sleepycat.je.TransactionConfig;
import com.sleepycat.je.rep.ReplicatedEnvironment;
import fish.kv.Outcome;
import fish.store.Databases;
import fish.store.JeDurability;
import fish.store.JeErrors;
import fish.store.MemberRecord;
import fish.store.RemovedRecord;
import fish.store.Store;
import fish.store.Tables;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** What a master writes down about the group's members, one after the other beside the pen. Thread-safe. */
public final class GroupTable {
    private static final Durability QUORUM = JeDurability.of(fish.kv.Durability.QUORUM);

    /** Records of members that wait to be written. */
    private static final int WAITING_MAX = 64;

    private final ReplicatedEnvironment environment;
    private final Store store;
    private final Databases databases;
    private final DiskProof beside;
    private final AtomicInteger waiting = new AtomicInteger();

    /**
     * @param store told of every failure of JE
     * @param beside whose thread writes
     */
    GroupTable(ReplicatedEnvironment environment, Store store, DiskProof beside) {
        this.environment = environment;
        this.store = store;
        this.databases = store.pinned();
        this.beside = beside;
    }

    /** Writes down where a back-end is, if that is news. Lost if it cannot be done now: it is told again. */
    public void remember(MemberRecord member) {
        if (waiting.incrementAndGet() > WAITING_MAX) {
            waiting.decrementAndGet();
            return;
        }
        beside.chore(() -> {
            waiting.decrementAndGet();
            TermCommits.remember(environment, store, member);
        });
    }

    /**
     * Writes down that a back-end was removed.
     *
     * @return how it failed; empty once a majority has it on disk
     */
    public CompletableFuture<Optional<Outcome>> remove(RemovedRecord removed) {
        CompletableFuture<Optional<Outcome>> done = new CompletableFuture<>();
        beside.chore(() -> done.complete(write(removed)));
        return done;
    }

    /** Writes down no more where a back-end is that is in the group no more. */
    public void forget(String backEnd) {
        beside.chore(() -> delete(backEnd));
    }

    /**
     * That a back-end was removed, in place of where it is.
     *
     * @return how it failed; empty once a majority has it on disk
     */
    private Optional<Outcome> write(RemovedRecord record) {
        Transaction txn;
        try {
            txn = environment.beginTransaction(null, new TransactionConfig().setDurability(QUORUM));
        } catch (DatabaseException | IllegalStateException e) {
            store.suspect(e);
            return Optional.of(JeErrors.refused(e));
        }
        try {
            databases.group.put(
                    txn, new DatabaseEntry(Tables.removedKey(record.name())), new DatabaseEntry(record.encode()));
            databases.group.delete(txn, new DatabaseEntry(Tables.memberKey(record.name())));
            txn.commit(QUORUM);
            return Optional.empty();
        } catch (DatabaseException | IllegalStateException e) {
            store.suspect(e);
            return Optional.of(
                    JeErrors.surelyNotCommitted(e, txn.getState()) ? JeErrors.refused(e) : JeErrors.unknown(e));
        } finally {
            if (txn.getState() == Transaction.State.OPEN || txn.getState() == Transaction.State.MUST_ABORT) {
                txn.abort();
            }
        }
    }

    /** Where a back-end is; lost if it cannot be now. */
    private void delete(String name) {
        try {
            TermCommits.commit(
                    environment, QUORUM, txn -> databases.group.delete(txn, new DatabaseEntry(Tables.memberKey(name))));
        } catch (DatabaseException e) {
            // Too few nodes, or the mastership is lost: to be removed again by who still sees it.
            store.suspect(e);
        }
    }
}
