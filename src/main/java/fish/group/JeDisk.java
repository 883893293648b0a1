package fish.group;

import com.sleepycat.je.DbInternal;
import com.sleepycat.je.EnvironmentConfig;
import com.sleepycat.je.EnvironmentMutableConfig;
import com.sleepycat.je.EnvironmentStats;
import com.sleepycat.je.StatsConfig;
import com.sleepycat.je.cleaner.Cleaner;
import com.sleepycat.je.rep.ReplicatedEnvironment;
import java.util.concurrent.TimeUnit;

/**
 * JE's own limits of the disk, which are the lower ones. Has JE look at the disk four times a second, where it
 * would look after many megabytes or ten seconds.
 *
 * <p>A node beyond these limits neither follows nor is elected, and votes all the same. That is right while
 * others have room. Where no master comes the limits are lifted until there is one, with the last bytes of
 * the disk, so that all reads go on; writes of clients are refused long before. What may be written beyond the limits is bounded,
 * and so is how often. For the membership's thread alone.
 */
final class JeDisk {
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    /** With so much room it is enough to measure what is there once a second: JE goes through all its files for it. */
    private static final long FAR_BYTES = 1L << 30;

    private static final long FAR_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long WITHOUT_MASTER_NANOS = TimeUnit.SECONDS.toNanos(3);
    private static final long BEYOND_BYTES = 2L << 20;
    private static final long AGAIN_MIN_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final long AGAIN_MAX_NANOS = TimeUnit.HOURS.toNanos(1);

    private final DiskLimits limits;
    private final DiskRoom room;
    private final boolean electable;
    private final GroupEvents events;

    private boolean lifted;
    private long usableAtLift;
    private long lookedAt;
    private long measuredAt;
    private long unknownSince;
    private boolean unknown;
    private long notBefore = System.nanoTime();
    private long again = AGAIN_MIN_NANOS;

    JeDisk(NodeOptions options, DiskRoom room, boolean electable, GroupEvents events) {
        this.limits = new DiskLimits(options.freeDiskBytes(), options.maxDiskBytes());
        this.room = room;
        this.electable = electable;
        this.events = events;
    }

    /** A new environment has its limits as they are set. */
    void opened() {
        lifted = false;
        // It opened without a master because it waited for one.
        unknown = true;
        unknownSince = System.nanoTime() - WITHOUT_MASTER_NANOS;
        lookedAt = unknownSince;
        measuredAt = unknownSince;
    }

    /**
     * To be told again and again.
     *
     * @param inOffice whether this node is the serving master
     */
    void look(ReplicatedEnvironment environment, boolean inOffice) {
        long now = System.nanoTime();
        if (now - lookedAt < LOOK_NANOS) {
            return;
        }
        lookedAt = now;
        Cleaner cleaner = cleaner(environment);
        cleaner.manageDiskUsage();
        if (room.roomBytes() < FAR_BYTES || now - measuredAt >= FAR_NANOS) {
            measuredAt = now;
            measure(environment);
        }
        noteState(environment, now);
        if (lifted) {
            boolean roomAgain = !room.beyondJe() && !room.full();
            boolean tooMuch = room.usableBytes() < usableAtLift - BEYOND_BYTES;
            if (inOffice || roomAgain || tooMuch) {
                set(environment, limits.jeFreeBytes(), limits.jeMaxBytes());
                lifted = false;
            }
            again = roomAgain ? AGAIN_MIN_NANOS : again;
        } else if (cleaner.getDiskLimitViolation() != null
                && electable
                && unknown
                && now - unknownSince >= WITHOUT_MASTER_NANOS
                && now - notBefore >= 0) {
            lift(environment, "no master, and this disk is full");
            notBefore = now + again;
            again = Math.min(2 * again, AGAIN_MAX_NANOS);
        }
    }

    private void noteState(ReplicatedEnvironment environment, long now) {
        boolean nowUnknown = environment.getState() == ReplicatedEnvironment.State.UNKNOWN;
        if (nowUnknown && !unknown) {
            unknownSince = now;
        }
        unknown = nowUnknown;
    }

    /** This node was elected: what makes it master must be written. */
    void letTakeOver(ReplicatedEnvironment environment) {
        if (!lifted && cleaner(environment).getDiskLimitViolation() != null) {
            lift(environment, "elected, and this disk is full");
        }
    }

    private void lift(ReplicatedEnvironment environment, String reason) {
        events.event("using-last-room", "reason", reason, "usable-bytes", room.usableBytes());
        room.look();
        usableAtLift = room.usableBytes();
        set(environment, 0, 0);
        lifted = true;
        cleaner(environment).manageDiskUsage();
    }

    private static void set(ReplicatedEnvironment environment, long free, long max) {
        EnvironmentMutableConfig config = environment.getMutableConfig();
        config.setConfigParam(EnvironmentConfig.FREE_DISK, Long.toString(free));
        config.setConfigParam(EnvironmentConfig.MAX_DISK, Long.toString(max));
        environment.setMutableConfig(config);
    }

    private void measure(ReplicatedEnvironment environment) {
        EnvironmentStats stats = environment.getStats(new StatsConfig().setFast(true));
        long deletable = Math.max(0, stats.getReservedLogSize() - stats.getProtectedLogSize());
        room.logged(stats.getTotalLogSize() - deletable, deletable);
    }

    private static Cleaner cleaner(ReplicatedEnvironment environment) {
        return DbInternal.getNonNullEnvImpl(environment).getCleaner();
    }
}
