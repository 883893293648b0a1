package fish.tool.bulk;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * Lines of bytes, numbered from 1; a line ends at a newline, which is not part of it, or where the input does. What is
 * longer than a line may be is passed over and not held. One thread.
 */
final class LineReader {
    /** A transaction of 8 MiB is the largest; more than that no line can be worth. */
    static final int LINE_BYTES_MAX = 12 << 20;

    private static final int BUFFER_BYTES = 64 << 10;

    private final InputStream in;
    private final int lineBytesMax;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int at;
    private int end;
    private long number;
    private long bytesRead;

    /**
     * @param bytes without the newline; none of a line that is too long
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record RawLine(long number, byte[] bytes, boolean tooLong) {}

    LineReader(InputStream in, int lineBytesMax) {
        this.in = in;
        this.lineBytesMax = lineBytesMax;
    }

    /** How much of the input lies before the next line. */
    long bytesRead() {
        return bytesRead;
    }

    /** The next line; empty at the end of the input. */
    Optional<RawLine> next() throws IOException {
        ByteArrayOutputStream longLine = new ByteArrayOutputStream(0);
        boolean begun = false;
        boolean tooLong = false;
        while (true) {
            if (at == end && !fill()) {
                return begun ? Optional.of(line(longLine.toByteArray(), tooLong)) : Optional.empty();
            }
            begun = true;
            int newline = newline();
            int stop = newline < 0 ? end : newline;
            tooLong |= longLine.size() + stop - at > lineBytesMax;
            if (tooLong) {
                longLine.reset();
            } else {
                longLine.write(buffer, at, stop - at);
            }
            bytesRead += stop - at + (newline < 0 ? 0 : 1);
            at = newline < 0 ? end : newline + 1;
            if (newline >= 0) {
                return Optional.of(line(longLine.toByteArray(), tooLong));
            }
        }
    }

    private RawLine line(byte[] bytes, boolean tooLong) {
        return new RawLine(++number, bytes, tooLong);
    }

    private int newline() {
        for (int i = at; i < end; i++) {
            if (buffer[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    private boolean fill() throws IOException {
        at = 0;
        end = Math.max(0, in.read(buffer));
        return end > 0;
    }
}
