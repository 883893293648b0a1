package fish.store.master;

import com.sleepycat.je.Database;
import com.sleepycat.je.DatabaseEntry;
import com.sleepycat.je.DatabaseException;
import com.sleepycat.je.DiskLimitException;
import com.sleepycat.je.LockMode;
import com.sleepycat.je.Transaction;
import com.sleepycat.je.TransactionConfig;
import com.sleepycat.je.rep.ReplicatedEnvironment;
import fish.kv.Durability;
import fish.kv.Failure;
import fish.kv.Reason;
import fish.store.Databases;
import fish.store.JeDurability;
import fish.store.MasterRecord;
import fish.store.MemberRecord;
import fish.store.Progress;
import fish.store.Revisions;
import fish.store.Store;
import fish.store.StoreFormatException;
import fish.store.Tables;
import fish.store.UnavailableException;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * What a node that was elected does before it serves anybody, two commits that a majority has on disk;
 * and what it does before another takes over.
 *
 * <p>Why two: JE ranks candidates by the last commit that they know to be durable, and a replica learns
 * that a commit is durable only from a later one. After the second, the new master's followers know that
 * the first is durable, and outrank any node with a longer log that nobody acknowledged.
 */
public final class TermCommits {
    /** For tests that show what is lost without it: {@code 1} leaves the second commit out. */
    static final String SWITCH = "fish.test.gateCommits";

    private static final com.sleepycat.je.Durability QUORUM = JeDurability.of(Durability.QUORUM);
    private static final long LAST_COMMIT_MAX_MILLIS = 200;

    private final ReplicatedEnvironment environment;
    private final Store store;

    public TermCommits(ReplicatedEnvironment environment, Store store) {
        this.environment = environment;
        this.store = store;
    }

    /**
     * Commits, blocking until a majority has acknowledged.
     *
     * @param self written down with it, so that others find this node while it is down too
     * @return the record of the new term: a term higher than any before, revisions beyond any that were given
     * @throws DatabaseException if it could not; to be tried again while the node is still elected
     * @throws UnavailableException likewise
     */
    public MasterRecord begin(MemberRecord self) {
        store.create();
        Databases databases = store.pinned();
        MasterRecord before = before(databases);
        long first = Revisions.firstOfTerm(store.lastRevision());
        MasterRecord masterRecord = new MasterRecord(before.term() + 1, self.name(), self.http(), first, first);
        Database group = databases.group;
        commit(environment, QUORUM, txn -> {
            group.put(txn, new DatabaseEntry(Tables.MASTER), new DatabaseEntry(masterRecord.encode()));
            group.put(txn, new DatabaseEntry(Tables.memberKey(self.name())), new DatabaseEntry(self.encode()));
        });
        if (!System.getProperty(SWITCH, "2").equals("1")) {
            tellDurable(group, first);
        }
        return masterRecord;
    }

    private void tellDurable(Database group, long first) {
        byte[] progress = new Progress(first, first).encode();
        try {
            commit(
                    environment,
                    QUORUM,
                    txn -> group.put(txn, new DatabaseEntry(Tables.PROGRESS), new DatabaseEntry(progress)));
        } catch (DiskLimitException e) {
            EmptyCommit.make(environment, QUORUM);
        }
    }

    /** Without the last term there is no next one: front-ends follow the highest. */
    private static MasterRecord before(Databases databases) {
        try {
            return Tables.masterRecord(databases, LockMode.READ_UNCOMMITTED);
        } catch (StoreFormatException e) {
            throw new UnavailableException(new Failure(Reason.STARTING, String.valueOf(e.getMessage())));
        }
    }

    /**
     * The last commit before another takes over, acknowledged by all where all are there. JE transfers the mastership
     * to a node that has acknowledged the last commit; if a majority sufficed for that one and was made
     * up by others, JE learns it from the next sign of life only, up to a heartbeat later. Blocks for at
     * most {@value #LAST_COMMIT_MAX_MILLIS} ms; that it fails costs time and nothing else.
     */
    public void end(Quorum quorum) {
        if (!quorum.reachable(Durability.ALL)) {
            return;
        }
        try {
            Database group = store.pinned().group;
            commit(environment, JeDurability.EVERYBODY, txn -> {
                txn.setTxnTimeout(LAST_COMMIT_MAX_MILLIS, TimeUnit.MILLISECONDS);
                byte[] same = Tables.get(group, txn, Tables.MASTER, LockMode.DEFAULT);
                group.put(txn, new DatabaseEntry(Tables.MASTER), new DatabaseEntry(same));
            });
        } catch (DatabaseException | UnavailableException e) {
            // One of them is slow, or has just gone: the transfer finds out by itself.
        }
    }

    /** Blocks, beside the pen. Does nothing if it is known or cannot be written now. */
    static void remember(ReplicatedEnvironment environment, Store store, MemberRecord member) {
        Databases databases = store.pinned();
        byte[] key = Tables.memberKey(member.name());
        byte[] encoded = member.encode();
        try {
            if (Arrays.equals(Tables.get(databases.group, null, key, LockMode.READ_UNCOMMITTED), encoded)) {
                return;
            }
            commit(
                    environment,
                    QUORUM,
                    txn -> databases.group.put(txn, new DatabaseEntry(key), new DatabaseEntry(encoded)));
        } catch (DatabaseException e) {
            // Too few nodes, or the mastership is lost: whoever is master next will be told.
            store.suspect(e);
        }
    }

    interface Change {
        void apply(Transaction txn);
    }

    static void commit(ReplicatedEnvironment environment, com.sleepycat.je.Durability durability, Change change) {
        Transaction txn = environment.beginTransaction(null, new TransactionConfig().setDurability(durability));
        try {
            change.apply(txn);
            txn.commit(durability);
        } finally {
            if (txn.getState() == Transaction.State.OPEN || txn.getState() == Transaction.State.MUST_ABORT) {
                txn.abort();
            }
        }
    }
}
