package fish.store;

import com.sleepycat.je.Database;
import com.sleepycat.je.DatabaseConfig;
import com.sleepycat.je.DatabaseException;
import com.sleepycat.je.DatabaseNotFoundException;
import com.sleepycat.je.Environment;
import java.util.ArrayList;
import java.util.List;

/**
 * The databases of one open environment. All are replicated; the master of the first term makes them,
 * and a node that has not received them yet cannot open them.
 *
 * <ul>
 *   <li>{@code records}: key to {@link RecordCodec}
 *   <li>{@code changes}: last revision of a batch to {@link CommitBatch}; JE's TTL lets them go
 *   <li>{@code requests}: idempotency key to the request's digest and its answer; JE's TTL again
 *   <li>{@code expiries}: (time, key) of every record that has a TTL
 *   <li>{@code group}: the {@linkplain MasterRecord master}, the {@linkplain MemberRecord back-ends}, and
 *       the {@linkplain Progress last revisions}, the {@linkplain StoredTokens tokens}, and the {@linkplain ToldEnds
 *       ends} that were told of what lies there still
 * </ul>
 */
public final class Databases implements AutoCloseable {
    public final Database records;
    public final Database changes;
    public final Database requests;
    public final Database expiries;
    public final Database group;

    private final List<Database> opened = new ArrayList<>();

    /**
     * @param create on the master, in a new store
     * @throws DatabaseNotFoundException if they are not there (yet) and not to be made
     */
    Databases(Environment environment, boolean create) {
        try {
            group = open(environment, "group", create);
            requests = open(environment, "requests", create);
            expiries = open(environment, "expiries", create);
            changes = open(environment, "changes", create);
            records = open(environment, "records", create);
        } catch (DatabaseException e) {
            close();
            throw e;
        }
    }

    private Database open(Environment environment, String name, boolean create) {
        DatabaseConfig config = new DatabaseConfig()
                .setTransactional(true)
                .setAllowCreate(create)
                // Saves memory where keys share prefixes, as those of people do.
                .setKeyPrefixing(true);
        Database database = environment.openDatabase(null, name, config);
        opened.add(database);
        return database;
    }

    /** May come twice. A handle of an environment that became invalid closes too. */
    @Override
    public void close() {
        for (Database database : opened) {
            try {
                database.close();
            } catch (DatabaseException | IllegalStateException e) {
                // The environment is going down or went; there is nothing left to release.
            }
        }
        opened.clear();
    }
}
