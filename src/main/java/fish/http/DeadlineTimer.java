package fish.http;

import fish.run.Threads;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Tells calls when their time is up, to within {@value #PERIOD_MILLIS} ms. Thread-safe. */
final class DeadlineTimer implements AutoCloseable {
    private static final int PERIOD_MILLIS = 100;

    private final HeadGuards guards;
    private volatile long hurriedNanos;
    private volatile boolean hurried;
    private final Set<Call> calls = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService clock = Threads.timer("fish-http-deadlines");

    DeadlineTimer(HeadGuards guards) {
        this.guards = guards;
    }

    void start() {
        var ignored = clock.scheduleWithFixedDelay(this::look, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** The server closes: from now on clients have little time for what is theirs to do. */
    void hurry() {
        hurriedNanos = System.nanoTime();
        hurried = true;
    }

    boolean isHurried() {
        return hurried;
    }

    void add(Call call) {
        calls.add(call);
    }

    void remove(Call call) {
        calls.remove(call);
    }

    private void look() {
        long now = System.nanoTime();
        for (Call call : calls) {
            if (hurried) {
                call.hurry(now, hurriedNanos);
            }
            call.endIfDue(now);
        }
        guards.look(now);
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
