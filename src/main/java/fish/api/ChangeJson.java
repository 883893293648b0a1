package fish.api;

import fish.json.Json;
import fish.kv.ChangeEncoder;
import fish.kv.ChangeEvent;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** How commits and their changes are written in JSON, in pages and in streams. Holds no line ends. */
public final class ChangeJson implements ChangeEncoder {
    @Override
    public byte[] change(ChangeEvent change) {
        return Json.bytes(g -> {
            g.writeStartObject();
            if (change instanceof ChangeEvent.Put put) {
                g.writeObjectFieldStart("put");
                RecordJson.members(g, put.record(), true);
            } else if (change instanceof ChangeEvent.Superseded superseded) {
                g.writeObjectFieldStart("put");
                g.writeStringField("key", superseded.key().toString());
                g.writeNumberField("revision", superseded.revision());
                g.writeBooleanField("superseded", true);
            } else {
                g.writeObjectFieldStart("delete");
                g.writeStringField("key", change.key().toString());
            }
            g.writeEndObject();
            g.writeEndObject();
        });
    }

    @Override
    public byte[] commit(long revision, List<byte[]> changes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(256);
        out.writeBytes(ascii("{\"revision\":" + revision + ",\"changes\":"));
        array(out, changes);
        out.write('}');
        return out.toByteArray();
    }

    /** A page of commits that are encoded already. */
    static byte[] page(List<byte[]> commits, long revision) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(256);
        out.writeBytes(ascii("{\"commits\":"));
        array(out, commits);
        out.writeBytes(ascii(",\"revision\":" + revision + "}"));
        return out.toByteArray();
    }

    private static void array(ByteArrayOutputStream out, List<byte[]> elements) {
        out.write('[');
        for (int i = 0; i < elements.size(); i++) {
            if (i > 0) {
                out.write(',');
            }
            out.writeBytes(elements.get(i));
        }
        out.write(']');
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
