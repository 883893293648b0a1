package fish.http;

import fish.run.Sweeper;
import fish.run.Threads;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Tells calls when their time or their right is over, to within {@value #PERIOD_MILLIS} ms. Thread-safe. */
final class DeadlineTimer implements AutoCloseable {
    private static final int PERIOD_MILLIS = 100;

    private final HeadGuards guards;
    private final Crowd arriving;
    private final Crowd leaving;
    private volatile long hurriedNanos;
    private volatile boolean hurried;
    private final Set<Call> calls = ConcurrentHashMap.newKeySet();
    private final Sweeper sweeper = new Sweeper("fish-http-deadlines", PERIOD_MILLIS);
    private final Set<Lasting> lasting = ConcurrentHashMap.newKeySet();

    DeadlineTimer(HeadGuards guards, Limits limits) {
        this.guards = guards;
        this.arriving = new Crowd(limits.bodies());
        this.leaving = new Crowd(limits.answers());
    }

    void start() {
        sweeper.start(Threads.surviving(this::look));
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

    /** A stream, which has no end of its own. */
    void addLasting(Lasting one) {
        lasting.add(one);
    }

    void removeLasting(Lasting one) {
        lasting.remove(one);
    }

    private void look() {
        long now = System.nanoTime();
        for (Call call : calls) {
            if (hurried) {
                call.hurry(now, hurriedNanos);
            }
            call.endIfDue(now);
            call.endIfRefused();
            call.departure().follow(now);
        }
        lasting.forEach(Lasting::endIfRefused);
        guards.look(now);
        arriving.look(now, calls.stream().map(Call::arrival));
        leaving.look(now, calls.stream().map(Call::departure));
    }

    @Override
    public void close() {
        sweeper.close();
    }
}
