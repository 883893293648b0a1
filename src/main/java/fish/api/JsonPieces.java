package fish.api;

import com.fasterxml.jackson.core.JsonGenerator;
import fish.contract.JsonSize;
import fish.json.Json;
import fish.kv.OpResult;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * A document with a list of results in it, in pieces that are each made when they are asked for: most of
 * them of some 64 KiB, and none with more than one large value. One use.
 */
final class JsonPieces implements Iterator<ByteBuffer> {
    private static final int PIECE_BYTES = 64 << 10;
    private static final int EXTRA_BYTES = 512;

    /** Writes what stands between two commas. */
    interface Element {
        void write(JsonGenerator g, OpResult result) throws IOException;
    }

    private final List<OpResult> results;
    private final Element element;
    private final String tail;
    private String head;
    private int next;
    private boolean ended;

    /**
     * @param head up to the list's first element
     * @param tail from behind its last one
     */
    JsonPieces(String head, List<OpResult> results, Element element, String tail) {
        this.head = head;
        this.results = results;
        this.element = element;
        this.tail = tail;
    }

    @Override
    public boolean hasNext() {
        return !ended;
    }

    @Override
    public ByteBuffer next() {
        if (ended) {
            throw new NoSuchElementException();
        }
        Piece piece = new Piece(capacity());
        piece.add(head);
        head = "";
        while (next < results.size() && piece.size() < PIECE_BYTES) {
            if (next > 0) {
                piece.write(',');
            }
            OpResult result = results.get(next++);
            Json.write(piece, g -> element.write(g, result));
        }
        if (next == results.size()) {
            piece.add(tail);
            ended = true;
        }
        return piece.bytes();
    }

    /** About what the next piece takes, so that it need not grow by doubling. */
    private int capacity() {
        long bytes = (long) head.length() + tail.length() + EXTRA_BYTES;
        for (int i = next; i < results.size() && bytes < PIECE_BYTES; i++) {
            bytes +=
                    EXTRA_BYTES + (results.get(i) instanceof OpResult.Got got ? JsonSize.about(got.record(), true) : 0);
        }
        return (int) Math.min(bytes, Integer.MAX_VALUE / 2);
    }

    /** Bytes that are not copied once more. */
    private static final class Piece extends ByteArrayOutputStream {
        Piece(int capacity) {
            super(capacity);
        }

        void add(String ascii) {
            writeBytes(ascii.getBytes(StandardCharsets.US_ASCII));
        }

        ByteBuffer bytes() {
            return ByteBuffer.wrap(buf, 0, count);
        }
    }
}
