package fish.store;

import com.sleepycat.je.Cursor;
import com.sleepycat.je.Database;
import com.sleepycat.je.DatabaseConfig;
import com.sleepycat.je.DatabaseEntry;
import com.sleepycat.je.Get;
import com.sleepycat.je.LockMode;
import com.sleepycat.je.OperationResult;
import com.sleepycat.je.Transaction;
import com.sleepycat.je.rep.ReplicatedEnvironment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A gap in the history of a store, where a group was founded anew from a copy of what one node of the old
 * group held: a record of the {@code group} database with all such gaps, the oldest first.
 *
 * @param held the last revision of the copy; what the old group did after it is not here
 * @param next no revision between it and {@code held} is in this store
 */
public record NewBeginning(long held, long next) {
    /** No term of the old group, and no number of terms, can have come as far. */
    public static final long REVISIONS_BEYOND = 1L << 40;

    private static final long TERMS_BEYOND = 1L << 20;
    private static final byte[] KEY = "beginnings".getBytes(StandardCharsets.UTF_8);
    private static final List<String> OF_THE_OLD_GROUP = List.of("member/", "removed/");

    /**
     * Makes the store of an old group, whose environment this is, one of a new group: revisions go on far
     * beyond, nobody is a member, and who asks for changes from within the gap can be told.
     *
     * @param environment master of a group of one
     */
    public static NewBeginning make(ReplicatedEnvironment environment, HeldData data) {
        NewBeginning made = new NewBeginning(data.lastRevision(), data.lastRevision() + REVISIONS_BEYOND);
        DatabaseConfig config = new DatabaseConfig().setTransactional(true).setKeyPrefixing(true);
        try (Database group = environment.openDatabase(null, "group", config)) {
            Transaction txn = environment.beginTransaction(null, null);
            try {
                made.write(group, txn);
                txn.commit();
            } finally {
                if (txn.getState() == Transaction.State.OPEN || txn.getState() == Transaction.State.MUST_ABORT) {
                    txn.abort();
                }
            }
        }
        return made;
    }

    private void write(Database group, Transaction txn) {
        byte[] master = Tables.get(group, txn, Tables.MASTER, LockMode.DEFAULT);
        if (master.length > 0) {
            MasterRecord last = MasterRecord.decode(master);
            MasterRecord beyond = new MasterRecord(
                    last.term() + TERMS_BEYOND, last.name(), last.http(), last.firstRevision(), last.lastRevision());
            group.put(txn, new DatabaseEntry(Tables.MASTER), new DatabaseEntry(beyond.encode()));
        }
        List<NewBeginning> all = new ArrayList<>(decode(Tables.get(group, txn, KEY, LockMode.DEFAULT)));
        all.add(this);
        group.put(txn, new DatabaseEntry(KEY), new DatabaseEntry(encode(all)));
        group.put(txn, new DatabaseEntry(Tables.PROGRESS), new DatabaseEntry(new Progress(next, next).encode()));
        try (Cursor cursor = group.openCursor(txn, null)) {
            for (String prefix : OF_THE_OLD_GROUP) {
                deleteAll(cursor, prefix);
            }
        }
    }

    private static void deleteAll(Cursor cursor, String prefix) {
        DatabaseEntry key = new DatabaseEntry(prefix.getBytes(StandardCharsets.UTF_8));
        DatabaseEntry data = new DatabaseEntry();
        OperationResult found = cursor.get(key, data, Get.SEARCH_GTE, null);
        while (found != null && new String(key.getData(), StandardCharsets.UTF_8).startsWith(prefix)) {
            cursor.delete(null);
            found = cursor.get(key, data, Get.NEXT, null);
        }
    }

    /** All in this store, the oldest first; usually none. */
    static List<NewBeginning> all(Databases databases) {
        return decode(Tables.get(databases.group, null, KEY, LockMode.READ_UNCOMMITTED));
    }

    /** Where history goes on after this revision, if that lies in a gap; else 0. */
    public static long nextAfter(Databases databases, long revision) {
        return all(databases).stream()
                .filter(one -> one.held < revision && revision < one.next)
                .mapToLong(NewBeginning::next)
                .findFirst()
                .orElse(0);
    }

    private static byte[] encode(List<NewBeginning> all) {
        ByteBuffer out = ByteBuffer.allocate(all.size() * 2 * Long.BYTES);
        all.forEach(one -> out.putLong(one.held).putLong(one.next));
        return out.array();
    }

    private static List<NewBeginning> decode(byte[] stored) {
        ByteBuffer in = ByteBuffer.wrap(stored);
        List<NewBeginning> all = new ArrayList<>();
        while (in.remaining() >= 2 * Long.BYTES) {
            all.add(new NewBeginning(in.getLong(), in.getLong()));
        }
        return all;
    }
}
