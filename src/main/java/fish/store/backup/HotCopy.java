package fish.store.backup;

import com.sleepycat.je.DatabaseException;
import com.sleepycat.je.Environment;
import com.sleepycat.je.rep.LogOverwriteException;
import com.sleepycat.je.util.DbBackup;
import com.sleepycat.je.util.LogVerificationInputStream;
import fish.kv.Failure;
import fish.kv.Reason;
import fish.store.JeErrors;
import fish.store.Store;
import fish.store.UnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The log files of an open store as they were at one moment, for somebody to read while the store goes on: JE begins a new file,
 * and deletes and changes none of those before it until each is {@linkplain #copied copied}. Together they are the store as it would be found
 * after a crash at that moment.
 *
 * <p>A replica can hold commits that no majority has, and that vanish when a master is elected that does not have them. JE takes them back by reopening, which
 * {@link #finish} sees; and {@link #durableWithin} says whether all that is in the copy is safe from it. For one thread, which blocks.
 */
public final class HotCopy implements AutoCloseable {
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** One log file. */
    public record LogFile(String name, long bytes) {}

    private final Store store;
    private final Environment environment;
    private final DbBackup backup;
    private final Path home;
    private final long revision;
    private final long revisionMax;
    private final List<LogFile> files = new ArrayList<>();

    private HotCopy(Store store) throws IOException {
        this.store = store;
        this.environment = store.environment();
        this.home = environment.getHome().toPath();
        this.backup = new DbBackup(environment);
        this.revision = store.committedRevision();
        backup.startBackup();
        try {
            this.revisionMax = store.lastRevision();
            for (String name : backup.getLogFilesInBackupSet()) {
                files.add(new LogFile(name, Files.size(home.resolve(name))));
            }
        } catch (IOException | RuntimeException e) {
            end();
            throw e;
        }
    }

    /**
     * Begins one. Whoever does must {@link #close} it.
     *
     * @throws UnavailableException if the store is not open, or takes commits back just now
     */
    public static HotCopy begin(Store store) throws IOException {
        try {
            return new HotCopy(store);
        } catch (DatabaseException | IllegalStateException e) {
            throw unavailable(e);
        }
    }

    /** Every commit up to it is in the copy. */
    public long revision() {
        return revision;
    }

    /** In their order; all of them are needed. */
    public List<LogFile> files() {
        return List.copyOf(files);
    }

    /** Reads a file of it, and fails with an {@link IOException} where the file is damaged. To be closed. */
    public InputStream open(LogFile file) throws IOException {
        InputStream in = Files.newInputStream(home.resolve(file.name));
        try {
            return new LogVerificationInputStream(environment, in, file.name);
        } catch (DatabaseException | IllegalStateException e) {
            in.close();
            throw unavailable(e);
        }
    }

    /** JE may delete it now. */
    public void copied(LogFile file) {
        try {
            backup.removeFileProtection(file.name);
        } catch (DatabaseException | IllegalStateException e) {
            throw unavailable(e);
        }
    }

    /**
     * Whether all that the copy holds is known to be on the disks of a majority; waits for it. Where no majority is there it never is.
     */
    public boolean durableWithin(long nanos) {
        long start = System.nanoTime();
        while (store.durableRevision() < revisionMax) {
            if (System.nanoTime() - start >= nanos) {
                return false;
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        return true;
    }

    /**
     * To be called when all was read: what was read is a copy.
     *
     * @throws UnavailableException if it is not, since the store was closed meanwhile, or took commits back
     */
    public void finish() {
        try {
            backup.endBackup();
        } catch (DatabaseException | IllegalStateException e) {
            throw unavailable(e);
        }
        if (!store.isOpen()) {
            throw new UnavailableException(new Failure(Reason.STARTING, "the store was reopened during the backup"));
        }
    }

    private static UnavailableException unavailable(RuntimeException e) {
        String why = e instanceof LogOverwriteException
                ? "commits are being taken back that no majority had"
                : "the store is being reopened: " + JeErrors.explain(e);
        return new UnavailableException(new Failure(Reason.STARTING, why));
    }

    private void end() {
        try {
            if (backup.backupIsOpen()) {
                backup.endBackup();
            }
        } catch (DatabaseException | IllegalStateException e) {
            // Nobody uses what was copied, and JE keeps nothing for it any more.
        }
    }

    /** Lets go of the files. May come twice. */
    @Override
    public void close() {
        end();
    }
}
