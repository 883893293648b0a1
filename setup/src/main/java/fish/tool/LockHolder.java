package fish.tool;

import fish.run.Signals;
import fish.run.Threads;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Holds a lock while a command runs. One thread renews the record; the one that called looks at the clock ten times a
 * second, whatever the other waits for, and ends the command in time. So after a stop of this whole program the first
 * thing it does is to see that its time is over.
 */
final class LockHolder {
    static final int LOST = 76;

    private static final long TICK_MILLIS = 100;

    /** From TERM to KILL, where the lock is another's already. */
    private static final long LOST_GRACE_MILLIS = 500;

    private final LockRecord lock;
    private final LockTimes times;
    private final Uptime uptime;
    private final Consumer<String> tell;
    private final CountDownLatch over = new CountDownLatch(1);
    /** By {@link Uptime}: what the command's time counts from, as its guard knows it. */
    private volatile long since;

    private volatile boolean lost;

    /** Whether the command was told to end. */
    private volatile boolean stopped;

    LockHolder(LockRecord lock, LockTimes times, Uptime uptime, Consumer<String> tell) {
        this.lock = lock;
        this.times = times;
        this.uptime = uptime;
        this.tell = tell;
    }

    /**
     * Runs it, and gives the lock back. Returns its exit code, or {@link #LOST}.
     *
     * @throws IOException where it cannot be started; the lock is given back
     */
    int run(List<String> words, ProcessBuilder.Redirect input) throws IOException, InterruptedException {
        LockedCommand command;
        try {
            since = lock.sentMillis();
            command = LockedCommand.start(words, input, lock.created(), since + times.kill(), uptime);
        } catch (IOException | RuntimeException e) {
            release();
            throw e;
        }
        Runnable asBefore = Signals.replace(List.of("TERM", "INT", "HUP"), command::signal);
        try (command) {
            Threads.daemon("fish-lock", () -> renewAgainAndAgain(command)).start();
            return await(command);
        } finally {
            over.countDown();
            asBefore.run();
        }
    }

    private int await(LockedCommand command) throws InterruptedException {
        long toldAt = -1;
        long endedAt = -1;
        while (true) {
            OptionalInt ended = command.exitCode(TICK_MILLIS);
            long now = uptime.millis();
            long held = now - since;
            if (ended.isPresent()) {
                endedAt = endedAt < 0 ? now : endedAt;
            }
            if (ended.isPresent() && (toldAt >= 0 || allEnded(command, now - endedAt))) {
                return end(command, ended.getAsInt(), toldAt >= 0, held);
            }
            boolean late = held >= times.term();
            if (toldAt < 0 && (late || lost)) {
                toldAt = now;
                stopped = true;
                tell.accept(
                        "the lock " + (lost ? "is lost" : "could not be renewed in time") + ": the command is stopped");
                if (held < times.kill()) {
                    command.signal("TERM");
                }
            }
            boolean graceOver = lost && toldAt >= 0 && now - toldAt >= LOST_GRACE_MILLIS;
            if (toldAt >= 0 && (graceOver || uptime.millis() - since >= times.kill())) {
                command.kill();
            }
            if (ended.isPresent()) {
                TimeUnit.MILLISECONDS.sleep(TICK_MILLIS);
            }
        }
    }

    /** What the command left running has some time to end too, and is killed then: nothing of it outlives the lock. */
    private boolean allEnded(LockedCommand command, long millisSince) {
        if (!command.hasLeftSome()) {
            return true;
        }
        if (millisSince < times.kill()) {
            return false;
        }
        tell.accept("what the command left running is killed");
        command.kill();
        return true;
    }

    private int end(LockedCommand command, int exitCode, boolean stopped, long heldMillis) throws InterruptedException {
        over.countDown();
        boolean tooLate = heldMillis >= times.term() && LockedCommand.canBeLate(exitCode);
        if (stopped || tooLate) {
            // Whatever it started goes with it.
            command.kill();
            if (!lost && heldMillis < times.kill()) {
                release();
            }
            return LOST;
        }
        if (!release()) {
            tell.accept(
                    "the lock could not be given back: it ends by itself within " + LockCommand.inWords(times.ttl()));
        }
        return exitCode;
    }

    private boolean release() {
        return lock.release();
    }

    /** Early: who looks can still do something about it, before the command is stopped. */
    private void tellLate(String what) {
        long left = times.term() - (uptime.millis() - since);
        if (left > 0) {
            tell.accept(what + ", which is tried again: in " + LockCommand.inWords(left) + " the command is stopped");
        }
    }

    private void renewAgainAndAgain(LockedCommand command) {
        Duration timeout =
                Duration.ofMillis(Math.min(LockRecord.TIMEOUT_MAX.toMillis(), Math.max(200, times.ttl() / 4)));
        long pause = Math.min(1_000, Math.max(50, times.ttl() / 20));
        boolean late = false;
        try {
            long next = since + times.renewEvery() - uptime.millis();
            while (!over.await(Math.max(next, 1), TimeUnit.MILLISECONDS)) {
                LockRecord.Renewal renewal = lock.renew(timeout);
                if (renewal == LockRecord.Renewal.LOST) {
                    lost = true;
                    return;
                }
                String trouble = renewal == LockRecord.Renewal.DONE ? moved(command) : "the lock could not be renewed";
                if (trouble.isEmpty()) {
                    next = since + times.renewEvery() - uptime.millis();
                    if (late && !stopped) {
                        tell.accept("the lock is renewed again");
                    }
                } else {
                    next = pause;
                    if (!late) {
                        tellLate(trouble);
                    }
                }
                late = !trouble.isEmpty();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            tell.accept("the lock cannot be renewed any more: " + e);
            lost = true;
        }
    }

    /** The command may go on after a renewal once its guard knows. Returns why that is not so; empty: it is. */
    private String moved(LockedCommand command) {
        long sent = lock.sentMillis();
        try {
            command.mayRunUntil(sent + times.kill());
            since = sent;
            return "";
        } catch (IOException e) {
            return "the command's guard cannot be told the new time (" + e.getMessage() + ")";
        }
    }
}
