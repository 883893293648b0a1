package fish.tool.bulk;

import fish.api.RecordJson;
import fish.json.Json;
import fish.kv.StoredRecord;

/** A record as one line, as the HTTP API writes it in lists. */
final class ExportLine {
    private ExportLine() {}

    /** Without a newline at its end, nor inside. */
    static byte[] of(StoredRecord record) {
        return Json.bytes(g -> {
            g.writeStartObject();
            RecordJson.members(g, record, true);
            g.writeEndObject();
        });
    }
}
