package fish.client;

import fish.json.Json;
import fish.json.Utf8;
import fish.kv.Value;
import java.nio.charset.StandardCharsets;

/** Values of the usual types. */
public final class Values {
    private Values() {}

    /** @throws IllegalArgumentException where the text has half of a surrogate pair */
    public static Value text(String text) {
        byte[] bytes = Utf8.encode(text)
                .orElseThrow(() -> new IllegalArgumentException("the text has half of a surrogate pair"));
        return new Value(bytes, "text/plain; charset=utf-8", "");
    }

    /** @throws IllegalArgumentException where it is not one JSON document */
    public static Value json(String json) {
        if (!Json.valid(json)) {
            throw new IllegalArgumentException("this is not JSON");
        }
        return new Value(json.getBytes(StandardCharsets.UTF_8), "application/json", "");
    }

    /** Bytes of no type, which must not be changed afterwards. */
    public static Value bytes(byte[] bytes) {
        return new Value(bytes, "", "");
    }

    /** The value as text, whatever its type. */
    public static String asText(Value value) {
        return new String(value.bytes(), StandardCharsets.UTF_8);
    }
}
