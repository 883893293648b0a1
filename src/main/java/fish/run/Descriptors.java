package fish.run;

import com.sun.management.UnixOperatingSystemMXBean;
import fish.conf.ProgramException;
import java.lang.management.ManagementFactory;

/**
 * How many files and sockets the process may have open, and who gets how many of them.
 *
 * @param limit of the process; what it opens beyond fails, in JE too, which takes it for damage
 */
public record Descriptors(long limit) {
    /** A node refuses to start with less. */
    public static final int LIMIT_MIN = 1024;

    /**
     * Never given to HTTP: 100 log files that JE keeps open and a few more, about 20 of the JVM, 4 sockets per member,
     * those of nodes that copy logs, and what a backup has open.
     */
    public static final int KEPT = 300;

    /** Threads beside those of HTTP that may each open a log file for a moment. */
    public static final int READERS = 16;

    /** This process's; where the system does not say, there is no limit. */
    public static Descriptors ofProcess() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? new Descriptors(unix.getMaxFileDescriptorCount())
                : new Descriptors(Long.MAX_VALUE);
    }

    /** @throws ProgramException if there are too few for a node */
    public void requireEnough() throws ProgramException {
        if (limit < LIMIT_MIN) {
            throw ProgramException.wrong(
                    "this process may open %d files, and a node needs %d: raise the limit (ulimit -n %d, LimitNOFILE=)"
                            .formatted(limit, LIMIT_MIN, 16 * LIMIT_MIN));
        }
    }

    /**
     * How many HTTP connections there is room for, at least 1.
     *
     * @param wanted never more than this
     * @param ioThreads which may each open a log file too
     */
    public int connections(int wanted, int ioThreads) {
        return (int) Math.max(1, Math.min(wanted, limit - KEPT - READERS - ioThreads));
    }
}
