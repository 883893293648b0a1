package fish.http;

import java.util.concurrent.Executor;

/**
 * For whom a call waits, until when, and what is done then. One thread says so, the call's; any thread may look whether
 * the time is over, and what is then to be done is done on the call's thread, unless it waits for something else by that
 * time: what came in the last moment is not refused any more.
 */
final class Patience {
    private static final long NEVER = Long.MAX_VALUE;

    /** @param untilNanos {@link #NEVER}: it does not end, or its end was told */
    private record Wait(long untilNanos, long sinceNanos, boolean client, Runnable ending) {
        Wait until(long nanos) {
            return new Wait(nanos, sinceNanos, client, ending);
        }
    }

    private final Executor later;
    // Guarded by this.
    private Wait wait;

    /**
     * It waits for nothing yet.
     *
     * @param later runs what is to be done, on the call's thread
     */
    Patience(long nowNanos, Executor later) {
        this.later = later;
        this.wait = new Wait(NEVER, nowNanos, false, () -> {});
    }

    /**
     * Waits for that from now on, and for nothing else any more.
     *
     * @param client whether for the client, and not for the service
     * @param untilNanos by {@link System#nanoTime}
     */
    synchronized void await(boolean client, long nowNanos, long untilNanos, Runnable ending) {
        wait = new Wait(untilNanos == NEVER ? untilNanos - 1 : untilNanos, nowNanos, client, ending);
    }

    synchronized boolean ofClient() {
        return wait.client;
    }

    /** The client has no longer than so long from then on or from when its turn began, whichever is later. */
    synchronized void hurry(long nowNanos, long sinceNanos, long patienceNanos) {
        long began = wait.sinceNanos - sinceNanos > 0 ? wait.sinceNanos : sinceNanos;
        if (wait.client && nowNanos - began >= patienceNanos && wait.untilNanos != NEVER) {
            wait = wait.until(nowNanos);
        }
    }

    /** Has done what is to be done where the time is over; each end is told once. */
    void endIfDue(long nowNanos) {
        Wait told;
        synchronized (this) {
            if (wait.untilNanos == NEVER || nowNanos - wait.untilNanos < 0) {
                return;
            }
            wait = wait.until(NEVER);
            told = wait;
        }
        later.execute(() -> {
            if (isStill(told)) {
                told.ending.run();
            }
        });
    }

    @SuppressWarnings("ReferenceEquality") // the same one, and not one like it
    private synchronized boolean isStill(Wait told) {
        return wait == told;
    }

    /** It waits for nothing any more. */
    synchronized void end() {
        wait = wait.until(NEVER);
    }
}
