package fish.api;

import fish.kv.Key;
import fish.kv.Operation;
import fish.kv.Value;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** One {@code put} of a transaction. */
final class PutJson {
    private final TxnJson json;
    private final int valueBytesMax;
    private final List<Key> key = new ArrayList<>(1);
    private final List<byte[]> values = new ArrayList<>(1);
    private String typeByKind = "";
    private String contentType = "";
    private String contentEncoding = "";
    private long ttlMillis = Operation.NO_TTL;

    PutJson(TxnJson json, int valueBytesMax) {
        this.json = json;
        this.valueBytesMax = valueBytesMax;
    }

    void member(String name) throws IOException {
        switch (name) {
            case "key" -> key.add(json.key());
            case "json" -> value(json.json(), "application/json");
            case "text" -> value(json.utf8(), "text/plain; charset=utf-8");
            case "base64" -> value(json.base64(), "");
            case "contentType" -> contentType = header();
            case "contentEncoding" -> contentEncoding = header();
            case "ttl" -> ttlMillis = json.ttlMillis();
            default ->
                throw json.unknown(
                        name, "the value is json, text or base64; beside it key, contentType, contentEncoding, ttl");
        }
    }

    private void value(byte[] bytes, String type) {
        if (bytes.length > valueBytesMax) {
            throw json.tooLarge("a value has at most " + valueBytesMax + " bytes");
        }
        values.add(bytes);
        typeByKind = type;
    }

    private String header() throws IOException {
        String text = json.string();
        try {
            return new Value(new byte[0], text, "").contentType();
        } catch (IllegalArgumentException e) {
            throw json.bad("this can be no header: too long, or with characters that none can carry");
        }
    }

    Operation operation() {
        if (key.isEmpty()) {
            throw json.bad("'key' is missing");
        }
        if (values.size() != 1) {
            throw json.bad("a put has exactly one of json, text and base64");
        }
        String type = contentType.isEmpty() ? typeByKind : contentType;
        return new Operation.Put(key.get(0), new Value(values.get(0), type, contentEncoding), ttlMillis);
    }
}
