package fish.group;

import java.time.Duration;

/**
 * Tells a master that has lost its majority to step down. JE never does: such a master would go on
 * answering, and could outrank its successor when the network heals. Not thread-safe.
 */
final class Watchdog {
    /** For tests that show what is lost without it: {@code off}. */
    static final String SWITCH = "fish.test.watchdog";

    private final long patienceNanos;
    private final boolean off = System.getProperty(SWITCH, "on").equals("off");
    private long aloneSince;
    private boolean alone;

    /**
     * @param patience without a majority; the others must not be able to elect another master sooner
     */
    Watchdog(Duration patience) {
        this.patienceNanos = patience.toNanos();
    }

    /**
     * To be told again and again.
     *
     * @return whether it is time to leave
     */
    boolean mustLeave(boolean majority, long nowNanos) {
        if (majority) {
            alone = false;
            return false;
        }
        if (!alone) {
            alone = true;
            aloneSince = nowNanos;
        }
        return !off && nowNanos - aloneSince >= patienceNanos;
    }
}
