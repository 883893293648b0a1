package fish.store;

import com.sleepycat.je.Cursor;
import com.sleepycat.je.CursorConfig;
import com.sleepycat.je.Database;
import com.sleepycat.je.DatabaseConfig;
import com.sleepycat.je.DatabaseEntry;
import com.sleepycat.je.DatabaseNotFoundException;
import com.sleepycat.je.DbInternal;
import com.sleepycat.je.Environment;
import com.sleepycat.je.EnvironmentConfig;
import com.sleepycat.je.Get;
import com.sleepycat.je.LockMode;
import com.sleepycat.je.OperationResult;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What the logs of a node that is not running hold and the group does not. Revisions are never given twice,
 * so that a commit is in the group if its revision is; and what came before a commit that both have, both
 * have.
 *
 * @param commits how many, 0 for none
 * @param first revision of these
 * @param last revision of these
 * @param unreadable why nothing is known; empty where it is
 */
public record LostCommits(long commits, long first, long last, String unreadable) {
    private static final long CACHE_BYTES = 16L << 20;

    /**
     * Reads them, which may take as long as opening a store.
     *
     * @param logs a directory with the log files; nothing in them is changed
     * @param group a store that holds all that the group has
     * @param nowMillis since the epoch
     */
    public static LostCommits of(Path logs, Store group, long nowMillis) {
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
            return compared(environment, group, nowMillis);
        } catch (UnavailableException e) {
            throw e; // of the group's store: to be compared again
        } catch (RuntimeException e) {
            // Whatever it is, these logs stay.
            return new LostCommits(0, 0, 0, "they cannot be read: " + JeErrors.explain(e));
        }
    }

    private static LostCommits compared(Environment environment, Store group, long nowMillis) {
        try (Database changes = open(environment, "changes");
                Cursor cursor = changes.openCursor(null, CursorConfig.READ_UNCOMMITTED)) {
            long commits = 0;
            long first = 0;
            long last = 0;
            DatabaseEntry key = new DatabaseEntry();
            DatabaseEntry data = new DatabaseEntry();
            for (OperationResult found = cursor.get(key, data, Get.LAST, null);
                    found != null;
                    found = cursor.get(key, data, Get.PREV, null)) {
                long revision = ByteBuffer.wrap(key.getData()).getLong();
                if (group.hasBatch(revision)) {
                    return new LostCommits(commits, first, last, "");
                }
                if (found.getExpirationTime() <= nowMillis) {
                    // The group may have had it, and forgotten it.
                    return commits > 0
                            ? new LostCommits(commits, first, last, "")
                            : byTheMastersWord(environment, revision);
                }
                CommitBatch batch = CommitBatch.decode(data.getData());
                commits += batch.commits().size();
                first = batch.commits().isEmpty()
                        ? revision
                        : batch.commits().get(0).revision();
                last = Math.max(last, revision);
            }
            return commits > 0 ? new LostCommits(commits, first, last, "") : byTheMastersWord(environment, 0);
        } catch (DatabaseNotFoundException e) {
            // The node had not even received its databases.
            return new LostCommits(0, 0, 0, "");
        }
    }

    /**
     * Changes are forgotten in time; then the master's own word must do that a majority has had them all.
     *
     * @param last revision of the changes that are there; 0 for none
     */
    private static LostCommits byTheMastersWord(Environment environment, long last) {
        try (Database group = open(environment, "group")) {
            Optional<Progress> progress = Optional.of(
                            Tables.get(group, null, Tables.PROGRESS, LockMode.READ_UNCOMMITTED))
                    .filter(stored -> stored.length > 0)
                    .map(Progress::decode);
            boolean allAcknowledged = progress.map(
                            said -> said.durableRevision() >= Math.max(last, said.lastRevision()))
                    .orElse(last == 0);
            return new LostCommits(
                    0, 0, 0, allAcknowledged ? "" : "they do not say whether all in them was acknowledged");
        }
    }

    private static Database open(Environment environment, String name) {
        return environment.openDatabase(
                null, name, new DatabaseConfig().setTransactional(true).setReadOnly(true));
    }

    /** Whether the logs are surely of no more use. */
    public boolean nothing() {
        return commits == 0 && unreadable.isEmpty();
    }

    public String inWords() {
        if (!unreadable.isEmpty()) {
            return unreadable;
        }
        return commits == 0
                ? "the group has all that is in them"
                : "the group lacks " + commits + " commits in them, revisions " + first + " to " + last;
    }
}
