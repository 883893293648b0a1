package fish.measure;

import fish.hostile.Latencies;
import fish.testing.Eventually;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/** Small PUTs and GETs in turn on each of some connections, at a pace or as fast as they are answered. */
final class RequestLoad {
    private static final int KEYS = 10_000;
    private static final int VALUE_BYTES = 100;
    private static final int ANSWER_MILLIS_MAX = 20_000;
    private static final int STACK_BYTES = 256 << 10;
    private static final Duration AFTER_REFUSAL = Duration.ofMillis(10);

    private final URI to;
    private final int connections;
    private final Duration every;
    private final Duration afterRefusal;
    private final Latencies served = new Latencies();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong broken = new AtomicLong();
    private volatile boolean measured;
    private volatile boolean ended;

    /**
     * What came of it.
     *
     * @param perSecond answered with success
     * @param refused answered 429 or 503
     * @param broken got no answer, or any other
     */
    record Result(double perSecond, Latencies served, long refused, long broken) {
        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%7.0f/s, %s, refused %d, broken %d", perSecond, served, refused, broken);
        }
    }

    /** @param every one on each connection; zero: the next as soon as the one before is answered */
    RequestLoad(URI to, int connections, Duration every) {
        this(to, connections, every, AFTER_REFUSAL);
    }

    /** @param afterRefusal until a connection whose request was refused sends its next one */
    RequestLoad(URI to, int connections, Duration every, Duration afterRefusal) {
        this.to = to;
        this.connections = connections;
        this.every = every;
        this.afterRefusal = afterRefusal;
    }

    /** Once. What is answered in the first part does not count. */
    Result run(Duration warmUp, Duration length) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            Thread thread = new Thread(null, this::connection, "load-" + i, STACK_BYTES);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
        Eventually.pause(warmUp);
        measured = true;
        long began = System.nanoTime();
        Eventually.pause(length);
        measured = false;
        double seconds = (System.nanoTime() - began) / 1e9;
        ended = true;
        for (Thread thread : threads) {
            thread.join(ANSWER_MILLIS_MAX);
        }
        return new Result(served.count() / seconds, served, refused.get(), broken.get());
    }

    private void connection() {
        while (!ended) {
            try (Socket socket = new Socket(to.getHost(), to.getPort())) {
                socket.setTcpNoDelay(true);
                socket.setSoTimeout(ANSWER_MILLIS_MAX);
                InputStream in = new BufferedInputStream(socket.getInputStream());
                long due = System.nanoTime() + ThreadLocalRandom.current().nextLong(every.toNanos() + 1);
                for (boolean put = true; !ended; put = !put, due += every.toNanos()) {
                    Eventually.pause(Duration.ofNanos(Math.max(0, due - System.nanoTime())));
                    due = every.isZero() ? System.nanoTime() : due;
                    one(socket, in, put, due);
                }
            } catch (IOException e) {
                count(broken);
                Eventually.pause(AFTER_REFUSAL);
            }
        }
    }

    /** Its time counts from when it was due, so that one that waits for the one before is late. */
    private void one(Socket socket, InputStream in, boolean put, long due) throws IOException {
        String key = "/kv/load/" + ThreadLocalRandom.current().nextInt(KEYS);
        String request = (put ? "PUT " : "GET ") + key + " HTTP/1.1\r\nHost: " + to.getAuthority() + "\r\n"
                + (put ? "Content-Length: " + VALUE_BYTES + "\r\n\r\n" + "v".repeat(VALUE_BYTES) : "\r\n");
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        String head = Puts.head(in);
        in.skipNBytes(Puts.number(head, "content-length: "));
        int status = Integer.parseInt(head.substring(9, 12));
        if (status < 300 || status == 404) {
            if (measured) {
                served.add(System.nanoTime() - due);
            }
        } else if (status == 429 || status == 503) {
            count(refused);
            Eventually.pause(afterRefusal);
        } else {
            count(broken);
        }
    }

    private void count(AtomicLong what) {
        if (measured) {
            what.incrementAndGet();
        }
    }
}
