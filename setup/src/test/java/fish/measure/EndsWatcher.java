package fish.measure;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Follows the deletes of numbered records on one stream, and remembers when it was told of each, by the clock of
 * this machine. Parses by hand: it must not be what is waited for.
 */
final class EndsWatcher implements AutoCloseable {
    private static final byte[] DELETE = "{\"delete\":{\"key\":\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ID = "id: ".getBytes(StandardCharsets.US_ASCII);
    private static final int BUFFER_BYTES = 1 << 20;

    private final String prefix;
    private final Socket socket;
    private final AtomicLongArray toldMillis;
    private final AtomicIntegerArray times;
    private final Thread thread;
    private final AtomicInteger told = new AtomicInteger();
    private final AtomicInteger doubled = new AtomicInteger();
    private final AtomicInteger disordered = new AtomicInteger();
    private volatile boolean open;
    private volatile String failure = "";
    private long position;

    EndsWatcher(URI front, String prefix, int records) throws IOException {
        this.prefix = prefix;
        this.toldMillis = new AtomicLongArray(records);
        this.times = new AtomicIntegerArray(records);
        this.socket = new Socket(front.getHost(), front.getPort());
        String request = "GET /changes?prefix=" + prefix + " HTTP/1.1\r\nHost: " + front.getAuthority()
                + "\r\nAccept: text/event-stream\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        this.thread = new Thread(this::run, "ends-watcher");
        thread.setDaemon(true);
        thread.start();
    }

    /** Whether it is sent what happens from now on. */
    boolean isOpen() {
        return open;
    }

    /** Records of whose delete it was told. */
    int told() {
        return told.get();
    }

    /** Deletes that it was told of again. */
    int doubled() {
        return doubled.get();
    }

    /** Revisions that were not greater than the one before. */
    int disordered() {
        return disordered.get();
    }

    /** Why it could not go on; empty while it does. */
    String failure() {
        return failure;
    }

    /** Since the epoch; 0 for never. */
    long toldMillis(int record) {
        return toldMillis.get(record);
    }

    private void run() {
        try {
            InputStream in = new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES);
            String head = Puts.head(in);
            if (!head.startsWith("http/1.1 200")) {
                throw new IOException("refused: " + head);
            }
            byte[] events = new byte[BUFFER_BYTES];
            int length = 0;
            for (int size = chunkSize(in); size > 0; size = chunkSize(in)) {
                in.readNBytes(events, length, size);
                in.skipNBytes(2);
                length = take(events, length + size);
            }
        } catch (IOException | RuntimeException e) {
            failure = e.toString();
        }
    }

    private static int chunkSize(InputStream in) throws IOException {
        int size = 0;
        for (int next = in.read(); next != '\r'; next = in.read()) {
            if (next < 0) {
                throw new IOException("the stream ended");
            }
            size = 16 * size + Character.digit(next, 16);
        }
        in.skipNBytes(1);
        return size;
    }

    /** Takes whole lines, and moves what is left to the front. */
    private int take(byte[] events, int length) {
        long now = System.currentTimeMillis();
        int from = 0;
        for (int i = 0; i < length; i++) {
            if (events[i] == '\n') {
                line(events, from, i, now);
                from = i + 1;
            }
        }
        System.arraycopy(events, from, events, 0, length - from);
        return length - from;
    }

    private void line(byte[] events, int from, int to, long now) {
        if (startsWith(events, from, to, ID)) {
            long revision = number(events, from + ID.length, to);
            disordered.addAndGet(revision < position ? 1 : 0);
            position = revision;
            open = true;
            return;
        }
        for (int i = from; i < to; i++) {
            if (events[i] == '{' && startsWith(events, i, to, DELETE)) {
                int key = i + DELETE.length + prefix.length();
                int record = (int) number(events, key, to);
                toldMillis.set(record, now);
                if (times.incrementAndGet(record) > 1) {
                    doubled.incrementAndGet();
                } else {
                    told.incrementAndGet();
                }
            }
        }
    }

    private static boolean startsWith(byte[] bytes, int from, int to, byte[] start) {
        return to - from >= start.length && Arrays.equals(bytes, from, from + start.length, start, 0, start.length);
    }

    private static long number(byte[] bytes, int from, int to) {
        long number = 0;
        for (int i = from; i < to && bytes[i] >= '0' && bytes[i] <= '9'; i++) {
            number = 10 * number + bytes[i] - '0';
        }
        return number;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
