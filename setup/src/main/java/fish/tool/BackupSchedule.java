package fish.tool;

import fish.conf.ProgramException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Does something now and then again and again, each time so long after the last one was due, however long it took. What failed is done again after a
 * minute. Ends with the process.
 */
final class BackupSchedule {
    private static final Duration AGAIN = Duration.ofMinutes(1);

    /** What is done. */
    interface Task {
        void run() throws ProgramException;
    }

    /** Time, as it passes. */
    interface Clock {
        long nanos();

        /** @return false: this is the end */
        boolean sleep(long nanos);
    }

    private final long everyNanos;
    private final Task task;
    private final Consumer<String> tell;
    private final Clock clock;

    BackupSchedule(Duration every, Task task, Consumer<String> tell) {
        this(every, task, tell, new Clock() {
            @Override
            public long nanos() {
                return System.nanoTime();
            }

            @Override
            public boolean sleep(long nanos) {
                try {
                    TimeUnit.NANOSECONDS.sleep(nanos);
                    return true;
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return false;
                }
            }
        });
    }

    BackupSchedule(Duration every, Task task, Consumer<String> tell, Clock clock) {
        this.everyNanos = every.toNanos();
        this.task = task;
        this.tell = tell;
        this.clock = clock;
    }

    void run() {
        long due = clock.nanos();
        boolean on = true;
        while (on) {
            long wait;
            boolean done = done();
            long now = clock.nanos();
            if (done) {
                // Those that it was too late for are left out.
                due += everyNanos * (Math.floorDiv(now - due, everyNanos) + 1);
                wait = due - now;
            } else {
                wait = Math.min(AGAIN.toNanos(), everyNanos);
            }
            on = clock.sleep(wait);
        }
    }

    private boolean done() {
        try {
            task.run();
            return true;
        } catch (ProgramException e) {
            tell.accept(e.getMessage() + "; it is tried again in a minute");
            return false;
        }
    }
}
