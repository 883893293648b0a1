package fish.http;

import fish.run.Sweeper;
import fish.run.Threads;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Tells calls when their time or their right is over, to within {@value #PERIOD_MILLIS} ms. Thread-safe. */
final class DeadlineTimer implements AutoCloseable {
    private static final int PERIOD_MILLIS = 100;

    /** Who has just come may have room in a moment. */
    private static final int CROWDED_MIN = 2;

    private final HeadGuards guards;
    private final Limits limits;
    /** How often in a row some body waited for room. The sweeper's alone. */
    private int crowded;

    private volatile long hurriedNanos;
    private volatile boolean hurried;
    private final Set<Call> calls = ConcurrentHashMap.newKeySet();
    private final Sweeper sweeper = new Sweeper("fish-http-deadlines", PERIOD_MILLIS);
    private final Set<Call> lasting = ConcurrentHashMap.newKeySet();

    DeadlineTimer(HeadGuards guards, Limits limits) {
        this.guards = guards;
        this.limits = limits;
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
    void addLasting(Call call) {
        lasting.add(call);
    }

    void removeLasting(Call call) {
        lasting.remove(call);
    }

    private void look() {
        long now = System.nanoTime();
        for (Call call : calls) {
            if (hurried) {
                call.hurry(now, hurriedNanos);
            }
            call.endIfDue(now);
            call.endIfRefused(false);
        }
        lasting.forEach(call -> call.endIfRefused(true));
        guards.look(now);
        makeRoom(now);
    }

    private record Slow(Arrival arrival, long held) {}

    /** Bodies that come too slowly give way where others wait for room, the largest first, as many as that takes. */
    private void makeRoom(long now) {
        long wanted = limits.bodies().wanted();
        crowded = wanted == 0 ? 0 : crowded + 1;
        if (crowded < CROWDED_MIN) {
            return;
        }
        List<Slow> slow = calls.stream()
                .map(Call::arrival)
                .filter(arrival -> arrival.isSlow(now))
                .map(arrival -> new Slow(arrival, arrival.held()))
                .filter(one -> one.held > 0)
                .sorted(Comparator.comparingLong(Slow::held).reversed())
                .toList();
        for (Slow one : slow) {
            if (wanted <= 0) {
                return;
            }
            wanted -= one.held;
            one.arrival.giveWay();
        }
    }

    @Override
    public void close() {
        sweeper.close();
    }
}
