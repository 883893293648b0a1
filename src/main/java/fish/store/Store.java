package fish.store;

import com.sleepycat.je.CursorConfig;
import com.sleepycat.je.DatabaseException;
import com.sleepycat.je.DatabaseNotFoundException;
import com.sleepycat.je.Environment;
import com.sleepycat.je.EnvironmentStats;
import com.sleepycat.je.LockConflictException;
import com.sleepycat.je.LockMode;
import com.sleepycat.je.StatsConfig;
import com.sleepycat.je.Transaction;
import com.sleepycat.je.TransactionConfig;
import com.sleepycat.je.rep.DatabasePreemptedException;
import com.sleepycat.je.rep.ReplicatedEnvironment;
import com.sleepycat.je.rep.ReplicatedEnvironmentStats;
import fish.kv.Failure;
import fish.kv.Query;
import fish.kv.Reason;
import fish.kv.TokenTable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One opened environment, as everybody but the pen uses it: read, until it is closed. A node that
 * reopens its environment has a new one. Thread-safe.
 *
 * <p>Every method throws {@link UnavailableException} when the store cannot be read: it is closing, was
 * invalidated, or has not received its databases from the master yet.
 */
public final class Store {
    private static final System.Logger LOG = System.getLogger(Store.class.getName());
    private static final int UNREADABLE_TOLD_MAX = 100;

    /** Reads that meet a lock conflict or a lost handle. */
    private static final int TRIES = 5;

    private static final TransactionConfig READ =
            new TransactionConfig().setReadOnly(true).setReadCommitted(true);

    private final ReplicatedEnvironment environment;
    /** A replica that follows nobody may hold a lock for as long. */
    private static final long LOCK_WAIT_MILLIS = 10;

    private static final long DIGEST_LOCK_WAIT_MILLIS = 500;

    // Held shared by every read, so that JE's handles are never closed under one.
    private final ReentrantReadWriteLock use = new ReentrantReadWriteLock();
    private final Set<String> unreadable = ConcurrentHashMap.newKeySet();
    private volatile @Nullable Databases databases;
    private final Runnable firstCaughtUp;
    private volatile @Nullable RuntimeException damage;
    private volatile boolean filled;
    private volatile boolean closing;

    /**
     * Takes the environment over for reading; who opened it closes it, after {@link #close}.
     *
     * @param filled whether it was opened with what there was; else it is being filled from the beginning
     *     of history on, until it is known to have caught up once
     */
    public Store(ReplicatedEnvironment environment, boolean filled) {
        this(environment, filled, () -> {});
    }

    /**
     * The same.
     *
     * @param firstCaughtUp run once, when it is known to have caught up and was not filled before
     */
    public Store(ReplicatedEnvironment environment, boolean filled, Runnable firstCaughtUp) {
        this.environment = environment;
        this.firstCaughtUp = firstCaughtUp;
        this.filled = filled;
    }

    /**
     * What JE counted since the environment was opened, in its own words.
     *
     * @throws UnavailableException while it is closed
     */
    public Map<String, String> jeStatistics() {
        StatsConfig fast = new StatsConfig().setFast(true);
        return use(d -> {
            ReplicatedEnvironmentStats replication = environment.getRepStats(fast);
            return Map.of(
                    "environment",
                    environment.getStats(fast).toString(),
                    "replication",
                    replication == null ? "" : replication.toString());
        });
    }

    /**
     * Makes sure that this is no new replica that still receives what the others have had for long: what it
     * holds would be true, but of another time, and who asks for no age may not think of that.
     *
     * @throws UnavailableException if it is
     */
    public void requireFilled() {
        if (!filled) {
            throw new UnavailableException(
                    new Failure(Reason.STARTING, "this node's replica is new and still being filled"));
        }
    }

    /** It has caught up with the master. */
    public void caughtUp() {
        if (!filled) {
            becomeFilled();
        }
    }

    private synchronized void becomeFilled() {
        if (!filled) {
            force();
            firstCaughtUp.run();
            filled = true;
        }
    }

    /** The serving master as this replica knows it. */
    public MasterRecord masterRecord() {
        return useReadable(d -> Tables.masterRecord(d, LockMode.READ_COMMITTED));
    }

    /** The back-ends that ever joined and were not removed; those whose records can be read. */
    public List<MemberRecord> members() {
        return use(d -> Tables.members(d, CursorConfig.READ_COMMITTED, this::tellUnreadable));
    }

    /** The same without waiting for a commit: with those that are being written, and may come to nothing. */
    public List<MemberRecord> membersSoFar() {
        return use(d -> Tables.members(d, CursorConfig.READ_UNCOMMITTED, this::tellUnreadable));
    }

    /**
     * The tokens that this replica holds. Waits no longer than a few milliseconds.
     *
     * @param known returned where nothing has changed since, or is just being changed
     */
    public TokenTable tokens(TokenTable known) {
        return use(d -> {
            Transaction txn = environment.beginTransaction(null, READ);
            try {
                txn.setLockTimeout(LOCK_WAIT_MILLIS, TimeUnit.MILLISECONDS);
                return StoredTokens.read(d, txn, known).orElse(known);
            } catch (LockConflictException e) {
                return known;
            } finally {
                txn.abort();
            }
        });
    }

    /** That a back-end of this name was removed from the group, the last time that one was. */
    public Optional<RemovedRecord> removed(String name) {
        return use(d -> Tables.removed(d, name));
    }

    /** The last revision that this replica holds; 0 in a new store. */
    public long lastRevision() {
        return useReadable(d -> Math.max(
                Tables.lastBatch(d).revision(),
                Math.max(
                        Tables.progress(d, LockMode.READ_UNCOMMITTED).lastRevision(),
                        Tables.masterRecord(d, LockMode.READ_UNCOMMITTED).lastRevision())));
    }

    /**
     * As {@link #lastRevision}, of committed commits alone: all that came before it is held, too, and stays
     * when the node restarts. Waits while a commit is being replayed.
     */
    public long committedRevision() {
        return use(d -> Math.max(
                Tables.lastBatch(d, CursorConfig.READ_COMMITTED).revision(),
                Math.max(
                        Tables.progress(d, LockMode.READ_COMMITTED).lastRevision(),
                        Tables.masterRecord(d, LockMode.READ_COMMITTED).lastRevision())));
    }

    /** Every commit up to this one is known here to be on the disks of a majority. */
    public long durableRevision() {
        return useReadable(Tables::durableRevision);
    }

    /** Whether it holds the batch of changes that ends with this revision. */
    boolean hasBatch(long revision) {
        return use(d -> Tables.getStart(
                                d.changes,
                                null,
                                Tables.revisionKey(revision),
                                LockMode.READ_COMMITTED,
                                CommitBatch.HEADER_BYTES)
                        .length
                > 0);
    }

    /** Forces all that it holds to this node's disk. */
    public void force() {
        use(d -> {
            environment.flushLog(true);
            return true;
        });
    }

    /** The master's clock at the last change that this replica holds, since the epoch; 0 where there is none. */
    public long heldMillis() {
        return use(d -> Tables.lastBatch(d).timeMillis());
    }

    /** What JE counted since the environment was opened; without what would take long to find out. */
    EnvironmentStats statistics() {
        return use(d -> environment.getStats(new StatsConfig().setFast(true)));
    }

    /** How often something here has had to wait for a log file to be read, or for a record's lock. */
    public long waits() {
        EnvironmentStats so = statistics();
        return so.getNNotResident() + so.getNWaits();
    }

    /**
     * Reads what is committed here, without waiting for anything but a write of the same record.
     *
     * @param nowMillis the master's clock: what has ended by then is not shown
     */
    public View.Page committed(Query query, long revision, long nowMillis) {
        return use(d -> View.run(new Records(d, null, LockMode.READ_COMMITTED, () -> nowMillis), query, revision));
    }

    /**
     * Reads what the pen wrote, committed or not, without waiting at all.
     *
     * @param nowMillis the master's clock: what has ended by then is not shown
     */
    public View.Page uncommitted(Query query, long revision, long nowMillis) {
        return use(d -> View.run(new Records(d, null, LockMode.READ_UNCOMMITTED, () -> nowMillis), query, revision));
    }

    /**
     * Reads one state of what the pen wrote, committed or not, whatever it writes meanwhile.
     *
     * @return empty: it changes too fast
     */
    public Optional<View.Page> written(Query query, Snapshot.Writer pen, long nowMillis) {
        return use(d ->
                new Snapshot(d, new Records(d, null, LockMode.READ_UNCOMMITTED, () -> nowMillis), pen).read(query));
    }

    /**
     * Reads one committed state, whatever is written meanwhile. May wait a few milliseconds for a commit.
     *
     * @return empty: what was asked for is being changed; to be tried again
     */
    public Optional<View.Page> snapshot(Query query) {
        return use(d -> {
            Transaction txn = environment.beginTransaction(null, READ);
            try {
                txn.setLockTimeout(LOCK_WAIT_MILLIS, TimeUnit.MILLISECONDS);
                return committed(d, txn, query);
            } catch (LockConflictException e) {
                return Optional.empty();
            } finally {
                txn.abort();
            }
        });
    }

    private static Optional<View.Page> committed(Databases d, Transaction txn, Query query) {
        if (query instanceof Query.Get) {
            Records records = new Records(
                    d, txn, LockMode.READ_COMMITTED, () -> Tables.lastBatch(d).timeMillis());
            return new Snapshot(d, records, new Replay(0)).read(query);
        }
        // Of that time and not of a later one: it is over, and what came of it can be seen whole.
        Tables.LastBatch over = Tables.lastButOne(d);
        long revision = Math.max(
                over.revision(),
                Math.max(
                        Tables.masterRecord(d, LockMode.READ_UNCOMMITTED).lastRevision(),
                        Tables.progress(d, LockMode.READ_UNCOMMITTED).lastRevision()));
        Records records = new Records(d, txn, LockMode.READ_COMMITTED, over::timeMillis);
        return new Snapshot(d, records, new Replay(revision)).read(query);
    }

    /**
     * Reads one committed state of a range as hashes, whatever is written meanwhile. May wait for a commit.
     *
     * @return empty: it is being changed too fast; to be tried again
     */
    public Optional<RangeDigest> digest(RangeDigest.Ask ask) {
        return use(d -> {
            Transaction txn = environment.beginTransaction(null, READ);
            try {
                txn.setLockTimeout(DIGEST_LOCK_WAIT_MILLIS, TimeUnit.MILLISECONDS);
                long over = Math.max(
                        Tables.lastButOne(d).revision(),
                        Math.max(
                                Tables.masterRecord(d, LockMode.READ_UNCOMMITTED)
                                        .lastRevision(),
                                Tables.progress(d, LockMode.READ_UNCOMMITTED).lastRevision()));
                return RangeDigest.read(d, txn, new Replay(over), ask);
            } catch (LockConflictException e) {
                return Optional.empty();
            } finally {
                txn.abort();
            }
        });
    }

    /** Others write: what they have not finished is locked. */
    private record Replay(long revision) implements Snapshot.Writer {
        @Override
        public boolean quiet() {
            return true;
        }
    }

    /** On the master in a new store: makes the databases. Needs a quorum. */
    public void create() {
        use.writeLock().lock();
        try {
            requireOpen();
            if (databases == null) {
                databases = new Databases(environment, true);
            }
        } finally {
            use.writeLock().unlock();
        }
    }

    public <T> T use(Function<Databases, T> read) {
        for (int attempt = 1; ; attempt++) {
            Databases used = openDatabases();
            boolean handleLost;
            use.readLock().lock();
            try {
                requireOpen();
                return read.apply(used);
            } catch (DatabaseException | IllegalStateException e) {
                if (attempt == TRIES || !JeErrors.worthAnotherRead(e)) {
                    suspect(e);
                    throw new UnavailableException(JeErrors.read(e));
                }
                handleLost = e instanceof DatabasePreemptedException;
            } finally {
                use.readLock().unlock();
            }
            if (handleLost) {
                forget(used);
            }
        }
    }

    /** As {@link #use}; what is written in a way that this program does not know cannot be read either. */
    private <T> T useReadable(Function<Databases, T> read) {
        try {
            return use(read);
        } catch (StoreFormatException e) {
            tellUnreadable(e);
            throw new UnavailableException(new Failure(Reason.STARTING, String.valueOf(e.getMessage())));
        }
    }

    /** Each once, as long as there are few. */
    private void tellUnreadable(StoreFormatException e) {
        if (unreadable.size() < UNREADABLE_TOLD_MAX && unreadable.add(String.valueOf(e.getMessage()))) {
            LOG.log(System.Logger.Level.WARNING, "left out, for it cannot be read: " + e.getMessage());
        }
    }

    /** Whoever meets a failure of JE tells it here: some say that the logs are damaged, and leave JE as it is. */
    public void suspect(RuntimeException thrown) {
        if (JeErrors.damaged(thrown)) {
            damage = thrown;
        }
    }

    /** Whether its environment can be used on. */
    public boolean isSound() {
        return environment.isValid() && damage == null;
    }

    /** Why it is not sound. */
    public RuntimeException whyUnsound() {
        RuntimeException known = damage;
        return known == null ? new IllegalStateException("the environment became invalid") : known;
    }

    /**
     * The environment, for who copies or checks its files: whoever opened it may close it at any time, and what was read of files
     * since is not to be trusted then, see {@link #isOpen}.
     */
    public Environment environment() {
        requireOpen();
        return environment;
    }

    /** Whether it can still be used; once not, never again. */
    public boolean isOpen() {
        return !closing && isSound();
    }

    /** For the pen, which is closed before this is. */
    public Databases pinned() {
        return openDatabases();
    }

    private Databases openDatabases() {
        Databases open = databases;
        return open != null ? open : openNow();
    }

    private Databases openNow() {
        use.writeLock().lock();
        try {
            requireOpen();
            Databases open = databases;
            if (open == null) {
                open = new Databases(environment, false);
                databases = open;
            }
            return open;
        } catch (DatabaseNotFoundException e) {
            // Never remembered: the stream delivers them sooner or later.
            throw new UnavailableException(JeErrors.read(e));
        } catch (DatabaseException | IllegalStateException e) {
            suspect(e);
            throw new UnavailableException(JeErrors.read(e));
        } finally {
            use.writeLock().unlock();
        }
    }

    /** Handles that replay took away must be opened anew. */
    private void forget(Databases used) {
        use.writeLock().lock();
        try {
            if (databases == used) {
                databases = null;
                used.close();
            }
        } finally {
            use.writeLock().unlock();
        }
    }

    private void requireOpen() {
        if (closing) {
            throw new UnavailableException(new Failure(Reason.STARTING, "the store is being reopened"));
        }
    }

    /**
     * Ends all reading, waiting for those under way, but not longer than given. May come twice.
     *
     * @return whether nobody reads any more
     */
    public boolean close(long waitMillis) {
        closing = true;
        boolean alone = false;
        try {
            alone = use.writeLock().tryLock(waitMillis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Databases open = databases;
        databases = null;
        if (open != null) {
            open.close();
        }
        if (alone) {
            use.writeLock().unlock();
        }
        return alone;
    }
}
