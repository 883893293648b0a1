package fish.faults;

import fish.testing.Eventually;
import fish.testing.HttpProbe;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes through every front-end again and again, to see how long none of them gets an answer. At most
 * {@value #ANSWERS_MAX} answers are remembered. Thread-safe.
 */
final class Availability implements AutoCloseable {
    private static final int ANSWERS_MAX = 1_000_000;
    private static final Duration EVERY = Duration.ofMillis(50);
    private static final Duration ANSWER_MAX = Duration.ofSeconds(10);
    private static final Duration END_MAX = Duration.ofSeconds(30);

    private final List<Thread> threads = new ArrayList<>();
    private final List<Long> answered = new ArrayList<>();
    private volatile boolean closed;

    Availability(List<HttpProbe> fronts) {
        for (HttpProbe front : fronts) {
            HttpProbe probe = front.own(ANSWER_MAX);
            Thread thread =
                    new Thread(() -> ask(probe), "availability-" + front.base().getPort());
            thread.setDaemon(true);
            threads.add(thread);
        }
    }

    void start() {
        threads.forEach(Thread::start);
    }

    /** The longest time after {@code sinceNanos} without an answer, up to now. */
    Duration longestGap(long sinceNanos) {
        long longest = 0;
        long last = sinceNanos;
        synchronized (answered) {
            for (long answer : answered) {
                if (answer - last > 0) {
                    longest = Math.max(longest, answer - last);
                    last = answer;
                }
            }
        }
        return Duration.ofNanos(Math.max(longest, System.nanoTime() - last));
    }

    private void ask(HttpProbe probe) {
        while (!closed) {
            try {
                boolean success = probe.put("availability", "asked")
                        .param("timeout", ANSWER_MAX.toMillis() + "ms")
                        .send()
                        .isSuccess();
                if (success) {
                    remember(System.nanoTime());
                }
            } catch (IOException e) {
                // The front-end is away; the other ones count.
            }
            Eventually.pause(EVERY);
        }
    }

    private void remember(long nanos) {
        synchronized (answered) {
            if (answered.size() < ANSWERS_MAX) {
                answered.add(nanos);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        long deadline = System.nanoTime() + END_MAX.toNanos();
        try {
            for (Thread thread : threads) {
                thread.join(Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
