package fish.measure;

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
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Writes, and what became of them. */
final class Puts {
    /** Puts as fast as they are answered. */
    static final int FULL_SPEED = 0;

    private static final Duration ANSWER_MAX = Duration.ofSeconds(20);
    private static final int KEYS_EACH = 10;
    private static final int VALUE_BYTES = 1024;

    private final List<URI> fronts;
    private final int watchers;
    private final AtomicLong sequences = new AtomicLong();
    final Map<Long, Put> answered = new ConcurrentHashMap<>();
    final Set<Long> unknown = ConcurrentHashMap.newKeySet();
    final Queue<String> errors = new ConcurrentLinkedQueue<>();
    private volatile boolean ending;

    /** One that was answered: when, by {@link System#nanoTime}. */
    record Put(int watcher, String key, long sequence, long nanos) {}

    interface Meanwhile {
        void run() throws Exception;
    }

    Puts(List<URI> fronts, int watchers) {
        this.fronts = fronts;
        this.watchers = watchers;
    }

    /** Writes for as long as {@code meanwhile} runs. */
    void run(int rate, int connections, Meanwhile meanwhile) throws Exception {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            long everyNanos = rate == FULL_SPEED ? 0 : connections * 1_000_000_000L / rate;
            Thread thread = new Thread(() -> connection(everyNanos), "put-" + i);
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
        try {
            meanwhile.run();
        } finally {
            ending = true;
        }
        for (Thread thread : threads) {
            thread.join(ANSWER_MAX.multipliedBy(2).toMillis());
        }
    }

    /** One write after the other, each when it is due or, if that is past, at once. */
    private void connection(long everyNanos) {
        int front = 0;
        long due = System.nanoTime();
        while (!ending) {
            URI to = fronts.get(front++ % fronts.size());
            try (Socket socket = new Socket(to.getHost(), to.getPort())) {
                socket.setTcpNoDelay(true);
                socket.setSoTimeout((int) ANSWER_MAX.toMillis());
                InputStream in = new BufferedInputStream(socket.getInputStream());
                for (; !ending; due += everyNanos) {
                    long early = due - System.nanoTime();
                    if (early > 0) {
                        Eventually.pause(Duration.ofNanos(early));
                    }
                    put(to, socket, in);
                }
            } catch (IOException e) {
                Eventually.pause(Duration.ofMillis(20));
            }
        }
    }

    private void put(URI to, Socket socket, InputStream in) throws IOException {
        int watcher = ThreadLocalRandom.current().nextInt(watchers);
        String key = "w" + watcher + "/k" + ThreadLocalRandom.current().nextInt(KEYS_EACH);
        long sequence = sequences.incrementAndGet();
        String value = (sequence + " ").repeat(VALUE_BYTES).substring(0, VALUE_BYTES);
        String request = "PUT /kv/" + key + " HTTP/1.1\r\nHost: " + to.getAuthority() + "\r\nContent-Length: "
                + VALUE_BYTES + "\r\n\r\n" + value;
        String head = "";
        try {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            head = head(in);
            String body = new String(in.readNBytes((int) number(head, "content-length: ")), StandardCharsets.UTF_8);
            long now = System.nanoTime();
            if (head.startsWith("http/1.1 20")) {
                answered.put(number(head, "fish-revision: "), new Put(watcher, key, sequence, now));
            } else {
                failed(sequence, body, body.contains("\"outcome\":\"unknown\""));
            }
        } catch (IOException e) {
            failed(sequence, e + " " + head, true);
            throw e;
        }
    }

    private void failed(long sequence, String why, boolean unknownOutcome) {
        errors.add(why);
        if (unknownOutcome) {
            unknown.add(sequence);
        }
    }

    /** How often each was answered, or happened to a connection. */
    Map<String, Long> errorCounts() {
        return errors.stream()
                .map(error -> error.replaceAll("\\d+(\\.\\d+)?", "N"))
                .collect(Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()));
    }

    static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.length() < 4 || head.lastIndexOf("\r\n\r\n") != head.length() - 4) {
            int read = in.read();
            if (read < 0) {
                throw new IOException("no whole answer");
            }
            head.append((char) read);
        }
        return head.toString().toLowerCase(Locale.ROOT);
    }

    static long number(String head, String name) {
        int at = head.indexOf(name) + name.length();
        return Long.parseLong(head, at, head.indexOf('\r', at), 10);
    }
}
