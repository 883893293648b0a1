package fish.tool.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Locale;

/** Reads answers of HTTP/1.1 as their bytes come, one after the other. One thread. */
final class AnswerParser {
    private static final int HEAD_BYTES_MAX = 64 << 10;
    private static final int BODY_START_MAX = 512;

    /** Takes the bytes of a body. */
    interface Sink {
        /** Takes none. */
        Sink NONE = b -> {};

        void body(byte b);
    }

    private enum State {
        HEAD,
        LENGTH,
        CHUNK_SIZE,
        CHUNK,
        CHUNK_END,
        TRAILER,
        UNTIL_CLOSE,
        DONE
    }

    private final Sink sink;
    private final StringBuilder line = new StringBuilder();
    private final StringBuilder bodyStart = new StringBuilder();
    private State state = State.HEAD;
    private int headBytes;
    private int status;
    private long left;
    private boolean chunked;
    private boolean closes;
    private boolean lengthTold;

    AnswerParser(Sink sink) {
        this.sink = sink;
    }

    void begin() {
        state = State.HEAD;
        headBytes = 0;
        status = 0;
        left = 0;
        chunked = false;
        closes = false;
        lengthTold = false;
        line.setLength(0);
        bodyStart.setLength(0);
    }

    int status() {
        return status;
    }

    /** The first {@value #BODY_START_MAX} bytes, each as a character. */
    String bodyStart() {
        return bodyStart.toString();
    }

    /** Whether the connection ends with this answer. */
    boolean closes() {
        return closes;
    }

    /**
     * Takes what there is of the answer and leaves the rest. Returns whether the answer is whole.
     *
     * @throws IOException where it is none of HTTP/1.1
     */
    boolean take(ByteBuffer in) throws IOException {
        while (state != State.DONE && in.hasRemaining()) {
            switch (state) {
                case LENGTH, UNTIL_CLOSE, CHUNK -> body(in);
                default -> {
                    byte b = in.get();
                    if (b == '\n') {
                        endOfLine();
                    } else if (b != '\r') {
                        line.append((char) (b & 0xff));
                        if (++headBytes > HEAD_BYTES_MAX) {
                            throw new IOException("a head or a line that does not end");
                        }
                    }
                }
            }
        }
        return state == State.DONE;
    }

    private void body(ByteBuffer in) {
        int count = state == State.UNTIL_CLOSE ? in.remaining() : (int) Math.min(left, in.remaining());
        int end = in.position() + count;
        while (in.position() < end && (sink != Sink.NONE || bodyStart.length() < BODY_START_MAX)) {
            byte b = in.get();
            if (bodyStart.length() < BODY_START_MAX) {
                bodyStart.append((char) (b & 0xff));
            }
            sink.body(b);
        }
        in.position(end);
        if (state != State.UNTIL_CLOSE) {
            left -= count;
            if (left == 0) {
                state = state == State.LENGTH ? State.DONE : State.CHUNK_END;
            }
        }
    }

    private void endOfLine() throws IOException {
        String text = line.toString();
        line.setLength(0);
        switch (state) {
            case HEAD -> {
                if (!text.isEmpty()) {
                    head(text);
                } else if (status >= 200) {
                    beginBody();
                } else {
                    status = 0;
                }
            }
            case CHUNK_SIZE -> {
                left = number(text.split(";", 2)[0].strip(), 16);
                headBytes = 0;
                state = left == 0 ? State.TRAILER : State.CHUNK;
            }
            case CHUNK_END -> state = State.CHUNK_SIZE;
            case TRAILER -> state = text.isEmpty() ? State.DONE : State.TRAILER;
            default -> throw new IOException("a line in state " + state);
        }
    }

    private void head(String text) throws IOException {
        if (status == 0) {
            if (!text.startsWith("HTTP/1.") || text.length() < 12) {
                throw new IOException("this is no answer of HTTP/1.1");
            }
            status = (int) number(text.substring(9, 12), 10);
            return;
        }
        String header = text.toLowerCase(Locale.ROOT);
        if (header.startsWith("content-length:")) {
            left = number(header.substring(15).strip(), 10);
            lengthTold = true;
        } else if (header.startsWith("transfer-encoding:")) {
            chunked = header.endsWith("chunked");
        } else if (header.startsWith("connection:")) {
            closes = header.endsWith("close");
        }
    }

    private void beginBody() {
        if (chunked) {
            state = State.CHUNK_SIZE;
        } else if (lengthTold) {
            state = left == 0 ? State.DONE : State.LENGTH;
        } else if (status == 204 || status == 304) {
            state = State.DONE;
        } else {
            closes = true;
            state = State.UNTIL_CLOSE;
        }
    }

    private static long number(String text, int radix) throws IOException {
        try {
            return Long.parseLong(text, radix);
        } catch (NumberFormatException e) {
            throw new IOException("this is no number: " + text, e);
        }
    }
}
