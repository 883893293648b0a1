package fish.store;

import com.sleepycat.je.Cursor;
import com.sleepycat.je.CursorConfig;
import com.sleepycat.je.Database;
import com.sleepycat.je.DatabaseConfig;
import com.sleepycat.je.DatabaseEntry;
import com.sleepycat.je.DatabaseException;
import com.sleepycat.je.DatabaseNotFoundException;
import com.sleepycat.je.DbInternal;
import com.sleepycat.je.Environment;
import com.sleepycat.je.EnvironmentConfig;
import com.sleepycat.je.Get;
import com.sleepycat.je.LockMode;
import com.sleepycat.je.util.DbVerifyLog;
import com.sleepycat.je.util.LogVerificationException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * How far the data of a node goes that is not running.
 *
 * @param term the last that it knows of
 * @param lastRevision everything up to it is there
 * @param durableRevision the last that it knows a majority to have had
 * @param timeMillis the master's clock at the last commit of writes, since the epoch; 0 where there is none
 */
public record HeldData(long term, long lastRevision, long durableRevision, long timeMillis) {
    private static final long CACHE_BYTES = 16L << 20;

    /**
     * Reads it, and the checksums of all of it, which takes as long as reading every file.
     *
     * @param logs a directory with the log files; nothing in them is changed
     * @throws IOException if they are damaged, or not a node's
     */
    public static HeldData verified(Path logs) throws IOException {
        EnvironmentConfig config = new EnvironmentConfig();
        DbInternal.setLoadPropertyFile(config, false);
        config.setReadOnly(true);
        config.setTransactional(true);
        config.setCacheSize(CACHE_BYTES);
        // Otherwise commits that come after damage would seem never to have been there.
        config.setConfigParam(EnvironmentConfig.HALT_ON_COMMIT_AFTER_CHECKSUMEXCEPTION, "true");
        // What has expired is hidden otherwise, the last changes among it.
        config.setConfigParam(EnvironmentConfig.ENV_EXPIRATION_ENABLED, "false");
        try (Environment environment = new Environment(logs.toFile(), config)) {
            new DbVerifyLog(environment).verifyAll();
            return read(environment);
        } catch (LogVerificationException e) {
            throw new IOException("it is damaged: " + e.getMessage(), e);
        } catch (DatabaseNotFoundException e) {
            throw new IOException("it holds no store of a group", e);
        } catch (DatabaseException | IllegalStateException | IllegalArgumentException e) {
            throw new IOException("it cannot be read: " + JeErrors.explain(e), e);
        }
    }

    private static HeldData read(Environment environment) {
        try (Database group = open(environment, "group");
                Database changes = open(environment, "changes")) {
            byte[] master = Tables.get(group, null, Tables.MASTER, LockMode.READ_UNCOMMITTED);
            MasterRecord masterRecord = master.length == 0 ? MasterRecord.NONE : MasterRecord.decode(master);
            byte[] stored = Tables.get(group, null, Tables.PROGRESS, LockMode.READ_UNCOMMITTED);
            Progress progress = stored.length == 0 ? Progress.NONE : Progress.decode(stored);
            long last = Math.max(progress.lastRevision(), masterRecord.lastRevision());
            DatabaseEntry key = new DatabaseEntry();
            DatabaseEntry data = new DatabaseEntry();
            data.setPartial(0, CommitBatch.HEADER_BYTES, true);
            try (Cursor cursor = changes.openCursor(null, CursorConfig.READ_UNCOMMITTED)) {
                if (cursor.get(key, data, Get.LAST, null) == null) {
                    return new HeldData(masterRecord.term(), last, progress.durableRevision(), 0);
                }
            }
            return new HeldData(
                    masterRecord.term(),
                    Math.max(last, ByteBuffer.wrap(key.getData()).getLong()),
                    Math.max(progress.durableRevision(), CommitBatch.durableRevision(data.getData())),
                    CommitBatch.timeMillis(data.getData()));
        }
    }

    private static Database open(Environment environment, String name) {
        return environment.openDatabase(
                null, name, new DatabaseConfig().setTransactional(true).setReadOnly(true));
    }
}
