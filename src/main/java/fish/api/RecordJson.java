package fish.api;

import com.fasterxml.jackson.core.JsonGenerator;
import fish.json.Json;
import fish.json.Utf8;
import fish.kv.Record;
import fish.kv.Value;
import java.io.IOException;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/** How a record is written in JSON, everywhere. */
public final class RecordJson {
    private RecordJson() {}

    /** The members of a record, into an object that is open; its value as {@code json}, {@code text} or {@code base64}. */
    public static void members(JsonGenerator g, Record record, boolean withValue) throws IOException {
        g.writeStringField("key", record.key().toString());
        g.writeNumberField("revision", record.revision());
        g.writeNumberField("created", record.created());
        Value value = record.value();
        if (!value.contentType().isEmpty()) {
            g.writeStringField("contentType", value.contentType());
        }
        if (!value.contentEncoding().isEmpty()) {
            g.writeStringField("contentEncoding", value.contentEncoding());
        }
        if (record.expiresAtMillis() != Record.NEVER) {
            g.writeStringField(
                    "expires", Instant.ofEpochMilli(record.expiresAtMillis()).toString());
        }
        if (withValue) {
            value(g, value);
        }
    }

    private static void value(JsonGenerator g, Value value) throws IOException {
        String type = mediaType(value.contentType());
        boolean json = type.equals("application/json") || type.endsWith("+json");
        boolean text = type.isEmpty() || type.startsWith("text/") || type.equals("application/x-www-form-urlencoded");
        Optional<String> decoded =
                value.contentEncoding().isEmpty() && (json || text) ? Utf8.decode(value.bytes()) : Optional.empty();
        if (decoded.isPresent() && json && Json.valid(decoded.get())) {
            g.writeFieldName("json");
            g.writeRawValue(oneLine(decoded.get()));
        } else if (decoded.isPresent() && text) {
            g.writeStringField("text", decoded.get());
        } else {
            g.writeFieldName("base64");
            g.writeBinary(value.bytes());
        }
    }

    private static String mediaType(String contentType) {
        int semicolon = contentType.indexOf(';');
        String type = semicolon < 0 ? contentType : contentType.substring(0, semicolon);
        return type.strip().toLowerCase(Locale.ROOT);
    }

    /** Line ends stand only between tokens of valid JSON; a line of an event stream can hold none. */
    private static String oneLine(String json) {
        return json.replace('\n', ' ').replace('\r', ' ');
    }
}
