package fish.store;

import fish.kv.Key;
import fish.kv.RequestId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The commits that went to disk together: one entry of the {@code changes} database, under the revision
 * of the last of them.
 *
 * @param durableRevision every commit up to this one was on the disks of a majority when this batch began
 * @param timeMillis the master's clock when the batch began, since the epoch
 */
public record CommitBatch(long durableRevision, long timeMillis, List<StoredCommit> commits) {
    private static final byte FORMAT = 1;
    /** Format, durable revision, time. */
    public static final int HEADER_BYTES = 1 + 2 * Long.BYTES;

    private static final int PER_COMMIT = 3 * Long.BYTES + 1 + Short.BYTES;
    private static final int PER_CHANGE = 1 + Long.BYTES + Short.BYTES;

    public CommitBatch {
        commits = List.copyOf(commits);
    }

    public byte[] encode() {
        int size = HEADER_BYTES + Integer.BYTES;
        for (StoredCommit commit : commits) {
            size += PER_COMMIT;
            for (StoredChange change : commit.changes()) {
                size += PER_CHANGE + change.key().bytes().length;
            }
        }
        ByteBuffer out = ByteBuffer.allocate(size);
        out.put(FORMAT).putLong(durableRevision).putLong(timeMillis).putInt(commits.size());
        for (StoredCommit commit : commits) {
            out.putLong(commit.revision())
                    .putLong(commit.request().high())
                    .putLong(commit.request().low())
                    .put((byte) (commit.conditionsHeld() ? 1 : 0))
                    .putShort((short) commit.changes().size());
            for (StoredChange change : commit.changes()) {
                byte[] key = change.key().bytes();
                out.put((byte) (change.deleted() ? 1 : 0))
                        .putLong(change.created())
                        .putShort((short) key.length)
                        .put(key);
            }
        }
        return out.array();
    }

    /** Of a batch of which at least the header is there. */
    public static long durableRevision(byte[] stored) {
        return ByteBuffer.wrap(stored).getLong(1);
    }

    /** Of a batch of which at least the header is there. */
    static long timeMillis(byte[] stored) {
        return ByteBuffer.wrap(stored).getLong(1 + Long.BYTES);
    }

    public static CommitBatch decode(byte[] stored) {
        ByteBuffer in = ByteBuffer.wrap(stored);
        requireFormat(in.get());
        long durable = in.getLong();
        long time = in.getLong();
        int count = in.getInt();
        List<StoredCommit> commits = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            commits.add(decodeCommit(in));
        }
        return new CommitBatch(durable, time, commits);
    }

    /**
     * Shows its commits after a revision, in order, until {@code each} says that it wants no more. The others are passed
     * over: of a large batch a part at a time is read.
     *
     * @return false: it said so
     */
    public static boolean after(long revision, byte[] stored, Predicate<StoredCommit> each) {
        ByteBuffer in = ByteBuffer.wrap(stored);
        requireFormat(in.get());
        in.position(HEADER_BYTES);
        for (int left = in.getInt(); left > 0; left--) {
            if (in.getLong(in.position()) <= revision) {
                passOver(in);
            } else if (!each.test(decodeCommit(in))) {
                return false;
            }
        }
        return true;
    }

    private static void passOver(ByteBuffer in) {
        in.position(in.position() + 3 * Long.BYTES + 1);
        for (int changes = in.getShort(); changes > 0; changes--) {
            in.position(in.position() + 1 + Long.BYTES);
            in.position(in.getShort() + in.position());
        }
    }

    private static void requireFormat(byte format) {
        if (format != FORMAT) {
            throw new StoreFormatException("changes of format " + format + "; this program knows " + FORMAT);
        }
    }

    private static StoredCommit decodeCommit(ByteBuffer in) {
        long revision = in.getLong();
        RequestId request = new RequestId(in.getLong(), in.getLong());
        boolean conditionsHeld = in.get() == 1;
        int count = in.getShort();
        List<StoredChange> changes = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            boolean deleted = in.get() == 1;
            long created = in.getLong();
            byte[] key = new byte[in.getShort()];
            in.get(key);
            changes.add(new StoredChange(Key.of(key), deleted, created));
        }
        return new StoredCommit(revision, request, conditionsHeld, changes);
    }
}
