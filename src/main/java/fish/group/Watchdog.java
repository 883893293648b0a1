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
    private final long staleNanos;
    private final boolean off = System.getProperty(SWITCH, "on").equals("off");
    private long aloneSince;
    private boolean alone;
    private boolean everInTouch;

    /**
     * @param patience without a majority; the others must not be able to elect another master sooner
     * @param stale how old at most the sign of life is that counts as being in touch: as much of the patience
     *     is over when there is none any more
     */
    Watchdog(Duration patience, Duration stale) {
        this.patienceNanos = patience.toNanos();
        this.staleNanos = stale.toNanos();
    }

    /**
     * To be told again and again.
     *
     * @return whether it is time to leave
     */
    boolean mustLeave(boolean majority, long nowNanos) {
        if (majority) {
            everInTouch = true;
            alone = false;
            return false;
        }
        if (!alone) {
            alone = true;
            aloneSince = everInTouch ? nowNanos - staleNanos : nowNanos;
        }
        return !off && nowNanos - aloneSince >= patienceNanos;
    }
}
