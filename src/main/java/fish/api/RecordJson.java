package fish.api;

import com.fasterxml.jackson.core.JsonGenerator;
import fish.contract.ValueForm;
import fish.json.Json;
import fish.json.Utf8;
import fish.kv.StoredRecord;
import fish.kv.Value;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/** How a record is written in JSON, everywhere. */
public final class RecordJson {
    private RecordJson() {}

    /** The members of a record, into an object that is open; its value as {@code json}, {@code text} or {@code base64}. */
    public static void members(JsonGenerator g, StoredRecord record, boolean withValue) throws IOException {
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
        if (record.expiresAtMillis() != StoredRecord.NEVER) {
            g.writeStringField(
                    "expires", Instant.ofEpochMilli(record.expiresAtMillis()).toString());
        }
        if (withValue) {
            value(g, value);
        }
    }

    private static void value(JsonGenerator g, Value value) throws IOException {
        boolean json = ValueForm.mayBeJson(value);
        boolean text = ValueForm.mayBeText(value);
        Optional<String> decoded = json || text ? Utf8.decode(value.bytes()) : Optional.empty();
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

    /** Line ends stand only between tokens of valid JSON; a line of an event stream can hold none. */
    private static String oneLine(String json) {
        return json.replace('\n', ' ').replace('\r', ' ');
    }
}
