package fish.system;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** PUTs of 1 KiB to random keys, one after the other on each of some connections, for a while. */
final class PutLoad {
    private static final int VALUE_BYTES = 1024;
    private static final int KEYS = 100_000;
    private static final int SOCKET_TIMEOUT_MILLIS = 20_000;
    private static final int HEAD_BYTES_MAX = 8192;

    private PutLoad() {}

    /**
     * The PUTs that were answered per second.
     *
     * @throws IOException if one failed
     */
    static double run(URI to, int connections, Duration length) throws IOException {
        ExecutorService threads = Executors.newFixedThreadPool(connections);
        try {
            long began = System.nanoTime();
            List<Future<Long>> all = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                all.add(threads.submit(() -> connection(to, began + length.toNanos())));
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

    private static long connection(URI to, long endNanos) throws IOException {
        byte[] value = new byte[VALUE_BYTES];
        ThreadLocalRandom.current().nextBytes(value);
        long done = 0;
        try (Socket socket = new Socket(to.getHost(), to.getPort())) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(SOCKET_TIMEOUT_MILLIS);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            for (; System.nanoTime() - endNanos < 0; done++) {
                out.write(request(to, value));
                readAnswer(in);
            }
        }
        return done;
    }

    private static byte[] request(URI to, byte[] value) {
        String head = "PUT /kv/key-" + ThreadLocalRandom.current().nextInt(KEYS) + " HTTP/1.1\r\nHost: "
                + to.getAuthority() + "\r\nContent-Length: " + value.length + "\r\n\r\n";
        byte[] request = new byte[head.length() + value.length];
        System.arraycopy(head.getBytes(StandardCharsets.US_ASCII), 0, request, 0, head.length());
        System.arraycopy(value, 0, request, head.length(), value.length);
        return request;
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
