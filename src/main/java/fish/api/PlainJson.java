package fish.api;

import fish.kv.Key;
import fish.kv.StoredRecord;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;

/** The answers to a PUT and a DELETE and what watchers are told of a delete, written straight into bytes: they are most of all. */
final class PlainJson {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private byte[] bytes = new byte[128];
    private int length;

    private PlainJson() {}

    /** @param expiresAtMillis since the epoch, or {@link StoredRecord#NEVER} */
    static byte[] put(Key key, long revision, long created, long expiresAtMillis) {
        PlainJson json = new PlainJson()
                .ascii("{\"key\":")
                .text(key.bytes())
                .ascii(",\"revision\":")
                .ascii(Long.toString(revision))
                .ascii(",\"created\":")
                .ascii(Long.toString(created));
        if (expiresAtMillis != StoredRecord.NEVER) {
            json.ascii(",\"expires\":\"" + Instant.ofEpochMilli(expiresAtMillis) + "\"");
        }
        return json.ascii("}").done();
    }

    static byte[] deleted(Key key, long revision) {
        return new PlainJson()
                .ascii("{\"key\":")
                .text(key.bytes())
                .ascii(",\"revision\":")
                .ascii(Long.toString(revision))
                .ascii(",\"deleted\":true}")
                .done();
    }

    /** As watchers are told of it. */
    static byte[] deleteOf(Key key) {
        return new PlainJson()
                .ascii("{\"delete\":{\"key\":")
                .text(key.bytes())
                .ascii("}}")
                .done();
    }

    private byte[] done() {
        return Arrays.copyOf(bytes, length);
    }

    private PlainJson ascii(String text) {
        room(text.length());
        for (int i = 0; i < text.length(); i++) {
            bytes[length++] = (byte) text.charAt(i);
        }
        return this;
    }

    private PlainJson text(byte[] utf8) {
        room(6 * utf8.length + 2);
        bytes[length++] = '"';
        for (byte b : utf8) {
            if (b == '"' || b == '\\') {
                bytes[length++] = '\\';
                bytes[length++] = b;
            } else if (b >= 0 && b < ' ') {
                ascii("\\u00");
                bytes[length++] = HEX[b >> 4];
                bytes[length++] = HEX[b & 15];
            } else {
                bytes[length++] = b;
            }
        }
        bytes[length++] = '"';
        return this;
    }

    private void room(int count) {
        if (length + count > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(length + count, 2 * bytes.length));
        }
    }
}
