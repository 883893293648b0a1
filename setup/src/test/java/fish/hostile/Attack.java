package fish.hostile;

import fish.testing.Eventually;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;

/** A thread that does one hostile thing after the other until it is closed. */
abstract class Attack implements AutoCloseable {
    private static final Duration END_MAX = Duration.ofSeconds(60);

    final Findings findings;
    final Chance chance;
    private final Thread thread;
    private final Duration pause;
    private volatile boolean closed;

    /**
     * What an attacker has.
     *
     * @param pause at most, between one thing and the next
     * @param timer cuts connections that take too long
     */
    record Arms(
            String name,
            Findings findings,
            Documented documented,
            Chance chance,
            Duration pause,
            ScheduledExecutorService timer) {}

    Attack(Arms arms) {
        this.findings = arms.findings();
        this.chance = arms.chance();
        this.pause = arms.pause();
        this.thread = new Thread(this::run, arms.name());
        thread.setDaemon(true);
    }

    /** One thing, of a few seconds at most. */
    abstract void strike() throws IOException;

    /** Lets go of what it holds. */
    void end() {}

    final void start() {
        thread.start();
    }

    final String name() {
        return thread.getName();
    }

    final boolean isClosed() {
        return closed;
    }

    private void run() {
        while (!closed) {
            try {
                strike();
            } catch (IOException e) {
                findings.count(name().replaceAll("-\\d+$", "") + " cut off");
            } catch (RuntimeException e) {
                findings.wrong("the test itself", name() + ": " + e + " at " + e.getStackTrace()[0]);
            }
            Eventually.pause(Duration.ofMillis(chance.below((int) pause.toMillis() + 1)));
        }
        end();
    }

    @Override
    public final void close() {
        closed = true;
        try {
            thread.join(END_MAX.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            findings.wrong("the test itself", name() + " does not end");
        }
    }
}
