package fish.measure;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** Writes of 1 KiB, one after the other on each of some connections, for a while. */
final class PutLoad {
    private static final int VALUE_BYTES = 1024;
    /** As many as make every write one of a key of its own, nearly. */
    static final int KEYS = 100_000;

    private static final int SOCKET_TIMEOUT_MILLIS = 20_000;
    private static final int HEAD_BYTES_MAX = 8192;

    private PutLoad() {}

    /** What is written. */
    enum Kind {
        PUT,
        /** A transaction that reads the key and puts it. */
        TRANSACTION
    }

    /** {@link #run} of PUTs to random keys. */
    static double run(URI to, int connections, Duration length) throws IOException {
        return run(to, Kind.PUT, KEYS, connections, length);
    }

    /**
     * The writes that were answered per second.
     *
     * @param keys one of so many each time, at random
     * @throws IOException if one failed
     */
    static double run(URI to, Kind kind, int keys, int connections, Duration length) throws IOException {
        ExecutorService threads = Executors.newFixedThreadPool(connections);
        try {
            long began = System.nanoTime();
            List<Future<Long>> all = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                all.add(threads.submit(() -> connection(to, kind, keys, began + length.toNanos())));
            }
            long done = 0;
            for (Future<Long> one : all) {
                done += one.get(length.toSeconds() + 60, TimeUnit.SECONDS);
            }
            return done / ((System.nanoTime() - began) / 1e9);
        } catch (Exception e) {
            throw new IOException("the load did not end well: " + e, e);
        } finally {
            threads.shutdownNow();
        }
    }

    private static long connection(URI to, Kind kind, int keys, long endNanos) throws IOException {
        byte[] value = new byte[VALUE_BYTES];
        ThreadLocalRandom.current().nextBytes(value);
        long done = 0;
        try (Socket socket = new Socket(to.getHost(), to.getPort())) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(SOCKET_TIMEOUT_MILLIS);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            for (; System.nanoTime() - endNanos < 0; done++) {
                out.write(request(to, kind, "key-" + ThreadLocalRandom.current().nextInt(keys), value));
                readAnswer(in);
            }
        }
        return done;
    }

    private static byte[] request(URI to, Kind kind, String key, byte[] value) {
        boolean put = kind == Kind.PUT;
        byte[] body = put ? value : transaction(key, value);
        String head = (put ? "PUT /kv/" + key : "POST /txn") + " HTTP/1.1\r\nHost: " + to.getAuthority()
                + "\r\nContent-Length: " + body.length + "\r\n\r\n";
        byte[] request = new byte[head.length() + body.length];
        System.arraycopy(head.getBytes(StandardCharsets.US_ASCII), 0, request, 0, head.length());
        System.arraycopy(body, 0, request, head.length(), body.length);
        return request;
    }

    private static byte[] transaction(String key, byte[] value) {
        String base64 = Base64.getEncoder().encodeToString(value);
        String body = "{\"then\":[{\"get\":{\"key\":\"%s\"}},{\"put\":{\"key\":\"%s\",\"base64\":\"%s\"}}]}"
                .formatted(key, key, base64);
        return body.getBytes(StandardCharsets.US_ASCII);
    }

    private static void readAnswer(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.length() < 4 || head.lastIndexOf("\r\n\r\n") != head.length() - 4) {
            int read = in.read();
            if (read < 0 || head.length() == HEAD_BYTES_MAX) {
                throw new IOException("no whole answer: " + head);
            }
            head.append((char) read);
        }
        if (!head.toString().startsWith("HTTP/1.1 20")) {
            throw new IOException("refused: " + head);
        }
        String lower = head.toString().toLowerCase(Locale.ROOT);
        int at = lower.indexOf("content-length:") + "content-length:".length();
        in.skipNBytes(
                Long.parseLong(lower.substring(at, lower.indexOf('\r', at)).trim()));
    }
}
