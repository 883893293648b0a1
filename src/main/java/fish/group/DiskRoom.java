package fish.group;

import fish.jefix.FileStoreFix;
import fish.run.Threads;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Whether a node's disk has room for what clients write, looked at again and again by a thread of its
 * own, since a file system may hang. Thread-safe.
 */
public final class DiskRoom implements AutoCloseable {
    /** How much must be free beyond the limit before the disk counts as having room again. */
    private static final int SLACK_PART = 64;

    private static final long LOOK_MILLIS = 250;
    private static final long CLOSE_MILLIS = 1000;
    private static final double MIB = 1 << 20;

    /** Of the file system. */
    interface Usable {
        long bytes() throws IOException;
    }

    private final DiskLimits limits;
    private final Usable usable;
    private final Path home;
    private final Ballast ballast;
    private final GroupEvents events;
    private final ScheduledExecutorService timer;

    private volatile long usableBytes = Long.MAX_VALUE / 2;
    private volatile long sizeBytes;
    private volatile long dataBytes;
    private volatile long deletableBytes;
    private volatile boolean full;

    DiskRoom(NodeOptions options, GroupEvents events) {
        this(
                new DiskLimits(options.freeDiskBytes(), options.maxDiskBytes()),
                () -> FileStoreFix.usableBytes(options.home().toFile()),
                options.home(),
                events);
    }

    DiskRoom(DiskLimits limits, Usable usable, Path home, GroupEvents events) {
        this.limits = limits;
        this.usable = usable;
        this.home = home;
        this.ballast = new Ballast(home);
        this.events = events;
        this.timer = Threads.timer("fish-disk");
    }

    /** Looks once, so that the first opening knows, and then by itself. */
    @SuppressWarnings("FutureReturnValueIgnored") // ends with the timer
    void start() {
        look();
        sizeBytes = home.toFile().getTotalSpace();
        timer.scheduleWithFixedDelay(this::lookAgain, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** A timer forgets what throws. */
    private void lookAgain() {
        try {
            look();
        } catch (RuntimeException e) {
            events.event("disk-not-seen", "reason", Opening.explain(e));
        }
    }

    /** Looks now. Also by the membership, before it uses the last room. */
    synchronized void look() {
        try {
            usableBytes = usable.bytes();
        } catch (IOException e) {
            // The directory itself cannot be asked about: what was known last stays true until JE fails.
            return;
        }
        judge();
        if (!full && roomBytes() > 2 * Ballast.BYTES) {
            ballast.keep();
        } else if (usableBytes < Ballast.BYTES / 2) {
            ballast.release();
        }
    }

    private void judge() {
        long room = roomBytes();
        boolean now = full ? room < limits.freeBytes() / SLACK_PART : room < 0;
        if (now != full) {
            full = now;
            if (now) {
                events.event("disk-full", "reason", why(), "next", "writes are refused until there is room");
            } else {
                events.event("disk-has-room", "usable-bytes", usableBytes, "data-bytes", dataBytes);
            }
        }
    }

    /**
     * What JE has on the disk.
     *
     * @param data what is needed
     * @param deletable what JE keeps, and deletes when the room is needed
     */
    void logged(long data, long deletable) {
        dataBytes = data;
        deletableBytes = deletable;
    }

    /** Whether clients' writes are to be refused. */
    public boolean full() {
        return full;
    }

    /** Bytes until it is full; below zero where it is. */
    public long roomBytes() {
        long free = usableBytes + deletableBytes - limits.freeBytes();
        return limits.maxBytes() == 0 ? free : Math.min(free, limits.maxBytes() - dataBytes);
    }

    /** In words for people. */
    public String why() {
        boolean max = limits.maxBytes() > 0 && dataBytes > limits.maxBytes();
        return max
                ? "the data takes %.0f MiB, more than max-disk %.0f MiB"
                        .formatted(dataBytes / MIB, limits.maxBytes() / MIB)
                : "the disk has %.0f MiB left, less than free-disk %.0f MiB"
                        .formatted(usableBytes / MIB, limits.freeBytes() / MIB);
    }

    /** Whether JE would find that it may not write. */
    boolean beyondJe() {
        return usableBytes + deletableBytes < limits.jeFreeBytes();
    }

    /** What the file system can still take. */
    public long usableBytes() {
        return usableBytes;
    }

    /** How large the file system is; 0 where it does not say. */
    public long sizeBytes() {
        return sizeBytes;
    }

    /** What JE has on the disk and needs. */
    public long dataBytes() {
        return dataBytes;
    }

    @Override
    public void close() {
        timer.shutdown();
        try {
            // A look under way may make a file yet. On a disk that hangs it is left behind.
            var ignored = timer.awaitTermination(CLOSE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
