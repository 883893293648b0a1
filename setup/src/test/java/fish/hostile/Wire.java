package fish.hostile;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** One connection to a node over which anything can be sent, and which ends at its time. Not thread-safe. */
final class Wire implements AutoCloseable {
    private static final int CONNECT_MILLIS = 5_000;
    private static final int HEAD_BYTES_MAX = 64 << 10;
    private static final int BODY_BYTES_MAX = 64 << 20;
    private static final int PIECE_BYTES = 32 << 10;

    private final Socket socket;
    private final InputStream in;
    private final ScheduledFuture<?> end;
    private boolean brokenOff;

    /** An answer; header names in small letters. */
    static final class Answer {
        private final int status;
        private final Map<String, String> headers;
        private final byte[] body;

        Answer(int status, Map<String, String> headers, byte[] body) {
            this.status = status;
            this.headers = headers;
            this.body = body;
        }

        int status() {
            return status;
        }

        /** Not a copy. */
        byte[] body() {
            return body;
        }

        String header(String name) {
            return headers.getOrDefault(name, "");
        }

        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        @Override
        public String toString() {
            String text = text();
            return status + " " + headers + " " + text.substring(0, Math.min(text.length(), 300));
        }
    }

    /**
     * @param lifeMax after which the connection is cut, whatever it is doing
     * @param timer cuts it
     */
    Wire(URI to, Duration lifeMax, ScheduledExecutorService timer) throws IOException {
        this.socket = new Socket();
        this.end = timer.schedule(this::cut, lifeMax.toMillis(), TimeUnit.MILLISECONDS);
        try {
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(to.getHost(), to.getPort()), CONNECT_MILLIS);
            this.in = new BufferedInputStream(socket.getInputStream());
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    /** Sends all of it, or as much as goes until an answer comes that does not wait for the rest; then it is the last. */
    void send(byte[] bytes) throws IOException {
        brokenOff = true;
        for (int at = 0; at < bytes.length; at += PIECE_BYTES) {
            if (at > 0 && in.available() > 0) {
                return;
            }
            socket.getOutputStream().write(bytes, at, Math.min(PIECE_BYTES, bytes.length - at));
        }
        brokenOff = false;
    }

    /** Whether the last request was not sent to its end, so that no other can follow. */
    boolean isBrokenOff() {
        return brokenOff;
    }

    /** Nothing more will be sent. */
    void sentAll() throws IOException {
        socket.shutdownOutput();
    }

    /**
     * The next final answer.
     *
     * @param head whether it has no body
     * @throws IOException if there is none, or one that is not whole
     */
    Answer read(boolean head) throws IOException {
        while (true) {
            Answer answer = readOne(head);
            if (answer.status() >= 200 || answer.status() == 101) {
                return answer;
            }
        }
    }

    /** Reads what there is until the other side, or the end of this connection's life, ends it. */
    void drain() throws IOException {
        byte[] piece = new byte[PIECE_BYTES];
        int read = 0;
        while (read >= 0) {
            read = in.read(piece);
        }
    }

    private Answer readOne(boolean head) throws IOException {
        String first = line();
        if (!first.matches("HTTP/1\\.[01] [1-5][0-9][0-9].*")) {
            throw new MalformedAnswerException("not an answer: " + first);
        }
        int status = Integer.parseInt(first.substring(9, 12));
        Map<String, String> headers = new HashMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            if (colon < 1) {
                throw new MalformedAnswerException("not a header: " + line);
            }
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).trim());
        }
        boolean none = head || status < 200 || status == 204 || status == 304;
        return new Answer(status, headers, none ? new byte[0] : body(headers));
    }

    private byte[] body(Map<String, String> headers) throws IOException {
        if ("chunked".equalsIgnoreCase(headers.get("transfer-encoding"))) {
            return chunks();
        }
        String length = headers.get("content-length");
        if (length == null) {
            return in.readNBytes(BODY_BYTES_MAX);
        }
        return exactly(Integer.parseInt(length));
    }

    private byte[] chunks() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (body.size() <= BODY_BYTES_MAX) {
            int size = Integer.parseInt(line().replaceAll(";.*", "").trim(), 16);
            if (size == 0) {
                while (!line().isEmpty()) {
                    // trailers
                }
                return body.toByteArray();
            }
            body.writeBytes(exactly(size));
            line();
        }
        throw new MalformedAnswerException("an answer of more than " + BODY_BYTES_MAX + " bytes");
    }

    private byte[] exactly(int count) throws IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw new IOException("an answer ended after " + bytes.length + " of " + count + " bytes");
        }
        return bytes;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException(line.length() == 0 ? "closed without an answer" : "closed after " + line);
            }
            if (line.length() == HEAD_BYTES_MAX) {
                throw new MalformedAnswerException("a line of more than " + HEAD_BYTES_MAX + " bytes");
            }
            line.append((char) c);
        }
        return line.toString().stripTrailing();
    }

    private void cut() {
        try {
            socket.close();
        } catch (IOException e) {
            // It is closed all the same.
        }
    }

    @Override
    public void close() {
        end.cancel(false);
        cut();
    }
}
