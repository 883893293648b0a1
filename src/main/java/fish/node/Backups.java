package fish.node;

import fish.api.BackupHandler;
import fish.api.Statuses;
import fish.backup.BackupWriter;
import fish.backup.Manifest;
import fish.conf.Version;
import fish.contract.Code;
import fish.contract.NodeType;
import fish.group.DiskRoom;
import fish.http.Problem;
import fish.kv.Failure;
import fish.kv.Reason;
import fish.run.Threads;
import fish.store.Store;
import fish.store.UnavailableException;
import fish.store.backup.HotCopy;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Clock;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Backups of this node's own files, one at a time: each keeps files from being deleted, and reads the disk that the node lives on. Nobody
 * else is asked for anything. Thread-safe.
 */
final class Backups implements BackupHandler.Source, AutoCloseable {
    /** For what came last to reach a majority: on a group in health some milliseconds. */
    private static final long DURABLE_NANOS = TimeUnit.SECONDS.toNanos(5);
    /** To begin one JE begins a file. */
    private static final long ROOM_BYTES = 1 << 20;

    private final GroupMember member;
    private final String group;
    private final NodeType type;
    private final Clock clock;
    private final Semaphore one = new Semaphore(1);
    private volatile boolean closing;

    Backups(GroupMember member, String group, NodeType type, Clock clock) {
        this.member = member;
        this.group = group;
        this.type = type;
        this.clock = clock;
    }

    @Override
    public void backup(BackupHandler.Sink sink) {
        if (closing) {
            sink.failed(new Problem(Code.SHUTTING_DOWN, "this node is shutting down"));
        } else if (!one.tryAcquire()) {
            sink.failed(new Problem(Code.OVERLOADED, "a backup of this node is under way, and there is one at a time"));
        } else {
            Thread maker = Threads.daemon("fish-backup", () -> {
                try {
                    make(sink);
                } finally {
                    one.release();
                }
            });
            try {
                maker.start();
            } catch (Throwable e) {
                one.release();
                throw e;
            }
        }
    }

    private void make(BackupHandler.Sink sink) {
        long start = System.nanoTime();
        try {
            long revision = copy(sink);
            member.event(
                    "backup",
                    "revision",
                    revision,
                    "seconds",
                    TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start));
        } catch (UnavailableException e) {
            member.event("backup-failed", "reason", e.failure().detail());
            sink.failed(
                    new Problem(Statuses.code(e.failure().reason()), e.failure().detail()));
        } catch (IOException | RuntimeException e) {
            member.event("backup-failed", "reason", String.valueOf(e.getMessage()));
            sink.failed(new Problem(Code.INTERNAL, "the backup failed: " + e.getMessage()));
        } catch (Error e) {
            sink.failed(new Problem(Code.INTERNAL, "the backup failed: " + e));
            throw e;
        }
    }

    private long copy(BackupHandler.Sink sink) throws IOException {
        Store store = member.store();
        store.requireFilled();
        DiskRoom disk = member.disk().orElseThrow();
        requireRoom(disk);
        try (HotCopy copy = HotCopy.begin(store)) {
            long bytes = copy.files().stream().mapToLong(HotCopy.LogFile::bytes).sum();
            BackupBounds bounds = new BackupBounds(bytes, disk::roomBytes, System::nanoTime, () -> closing);
            OutputStream out = sink.begin(copy.revision(), bytes, bounds);
            BackupWriter writer = new BackupWriter(out, origin());
            for (HotCopy.LogFile file : copy.files()) {
                try (InputStream in = copy.open(file)) {
                    writer.file(file.name(), file.bytes(), in);
                }
                copy.copied(file);
            }
            boolean durable = copy.durableWithin(DURABLE_NANOS);
            copy.finish();
            writer.finish(copy.revision(), durable);
            sink.done();
            return copy.revision();
        }
    }

    private Manifest.Origin origin() {
        return new Manifest.Origin(
                Version.number(), group, member.name(), type.name().toLowerCase(Locale.ROOT), clock.instant());
    }

    private static void requireRoom(DiskRoom disk) {
        if (disk.usableBytes() < ROOM_BYTES) {
            throw new UnavailableException(
                    new Failure(Reason.DISK_FULL, "this node's disk has no room to begin a backup"));
        }
    }

    /** None begins from now on, and the one under way ends within a moment. May come twice. */
    @Override
    public void close() {
        closing = true;
    }
}
