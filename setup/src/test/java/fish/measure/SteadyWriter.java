package fish.measure;

import fish.testing.Eventually;
import fish.testing.HttpAnswer;
import fish.testing.HttpProbe;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A client that writes every 5 ms, or as soon as the last write is answered, and remembers the longest
 * time between two successes.
 */
final class SteadyWriter implements AutoCloseable {
    private static final long EVERY_NANOS = 5_000_000;
    private static final Duration END_MAX = Duration.ofSeconds(30);

    private final HttpProbe probe;
    private final AtomicBoolean ending = new AtomicBoolean();
    private final List<String> errors = Collections.synchronizedList(new ArrayList<>());
    private final Thread thread;
    private volatile long revision;
    private volatile long longest;
    private volatile int written;

    SteadyWriter(HttpProbe probe) {
        this.probe = probe;
        this.thread = new Thread(this::run, "writer");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** What was answered but successes, and connections that broke. */
    List<String> errors() {
        return errors;
    }

    /** Of the last success. */
    long revision() {
        return revision;
    }

    /** Successes so far. */
    int written() {
        return written;
    }

    private void run() {
        long last = System.nanoTime();
        int done = 0;
        while (!ending.get()) {
            long begun = System.nanoTime();
            try {
                HttpAnswer answer =
                        probe.put("writer/" + done % 100, "value " + done).send();
                if (answer.isSuccess()) {
                    longest = Math.max(longest, System.nanoTime() - last);
                    last = System.nanoTime();
                    revision = answer.revision();
                    written = ++done;
                } else {
                    errors.add(answer.toString());
                }
            } catch (IOException e) {
                errors.add(e.toString());
            }
            long left = EVERY_NANOS - (System.nanoTime() - begun);
            if (left > 0) {
                Eventually.pause(Duration.ofNanos(left));
            }
        }
    }

    /** Ends, and tells the longest time between two successes. */
    Duration end() throws InterruptedException {
        ending.set(true);
        thread.join(END_MAX.toMillis());
        return Duration.ofNanos(longest);
    }

    @Override
    public void close() {
        ending.set(true);
    }
}
