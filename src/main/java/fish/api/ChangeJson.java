package fish.api;

import fish.json.Json;
import fish.kv.ChangeEncoder;
import fish.kv.ChangeEvent;
import fish.kv.EncodedCommit;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** How commits and their changes are written in JSON, in pages and in streams. Holds no line ends. */
public final class ChangeJson implements ChangeEncoder {
    /** A commit up to this size is one piece. */
    private static final int SMALL_BYTES = 16 << 10;

    private static final byte[] COMMA = ascii(",");
    private static final byte[] END = ascii("]}");

    @Override
    public byte[] change(ChangeEvent change) {
        if (change instanceof ChangeEvent.Deleted) {
            return PlainJson.deleteOf(change.key());
        }
        return Json.bytes(g -> {
            g.writeStartObject();
            g.writeObjectFieldStart("put");
            if (change instanceof ChangeEvent.Put put) {
                RecordJson.members(g, put.record(), true);
            } else {
                ChangeEvent.Superseded superseded = (ChangeEvent.Superseded) change;
                g.writeStringField("key", superseded.key().toString());
                g.writeNumberField("revision", superseded.revision());
                g.writeBooleanField("superseded", true);
            }
            g.writeEndObject();
            g.writeEndObject();
        });
    }

    @Override
    public EncodedCommit commit(long revision, List<byte[]> changes) {
        byte[] head = ascii("{\"revision\":" + revision + ",\"changes\":[");
        long bytes = head.length;
        List<byte[]> pieces = new ArrayList<>(2 * changes.size() + 1);
        pieces.add(head);
        for (byte[] change : changes) {
            if (pieces.size() > 1) {
                pieces.add(COMMA);
            }
            pieces.add(change);
            bytes += change.length;
        }
        pieces.add(END);
        bytes += END.length + (long) COMMA.length * Math.max(0, changes.size() - 1);
        // Large ones are never copied into one, however much of them there is.
        return new EncodedCommit(bytes <= SMALL_BYTES ? List.of(joined(pieces, (int) bytes)) : pieces);
    }

    /** A page of commits that are encoded already, in pieces that follow each other. */
    static List<byte[]> page(List<EncodedCommit> commits, long revision) {
        List<byte[]> pieces = new ArrayList<>();
        pieces.add(ascii("{\"commits\":["));
        for (EncodedCommit commit : commits) {
            if (pieces.size() > 1) {
                pieces.add(COMMA);
            }
            pieces.addAll(commit.pieces());
        }
        pieces.add(ascii("],\"revision\":" + revision + "}"));
        return pieces;
    }

    private static byte[] joined(List<byte[]> pieces, int bytes) {
        ByteBuffer out = ByteBuffer.allocate(bytes);
        pieces.forEach(out::put);
        return out.array();
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
