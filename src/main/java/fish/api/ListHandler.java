package fish.api;

import fish.http.Call;
import fish.http.Params;
import fish.http.Problem;
import fish.json.Json;
import fish.kv.Key;
import fish.kv.OpResult;
import fish.kv.Query;
import fish.kv.ReadOutcome;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** {@code GET /kv}. */
final class ListHandler {
    /** About where a page stops, in bytes of keys and values. */
    private static final int PAGE_BYTES = 4 << 20;

    private static final int LIMIT = 100;
    private static final Set<String> PARAMS = Set.of(
            "prefix",
            "start",
            "end",
            "limit",
            "reverse",
            "keys",
            "cursor",
            "timeout",
            "consistency",
            "after",
            "max-lag");

    private final Reads reads;

    ListHandler(Reads reads) {
        this.reads = reads;
    }

    void list(Call call) {
        Params params = call.params(PARAMS);
        boolean withValues = !params.flag("keys");
        Query query = range(params);
        reads.submit(
                call,
                Reads.read(query, params, call.deadlineNanos(params)),
                found -> call.jsonHeld(page(found, params, withValues)));
    }

    private static Query.Range range(Params params) {
        boolean reverse = params.flag("reverse");
        byte[] prefix = bound(params, "prefix");
        byte[] low = max(prefix, bound(params, "start"));
        byte[] high = min(prefixEnd(prefix), bound(params, "end"));
        int limit = (int) params.number("limit", 1, Query.Range.LIMIT_MAX, LIMIT);
        if (params.has("cursor")) {
            byte[] last = Cursor.lastKey(params.text("cursor"), params).bytes();
            if (Arrays.compareUnsigned(last, low) < 0 || (high.length > 0 && Arrays.compareUnsigned(last, high) >= 0)) {
                throw Problem.badParameter("cursor", "is outside of what the other parameters name");
            }
            if (reverse) {
                high = last;
            } else {
                low = Arrays.copyOf(last, last.length + 1);
            }
        }
        return new Query.Range(low, high, reverse, !params.flag("keys"), limit, PAGE_BYTES);
    }

    private static byte[] bound(Params params, String name) {
        byte[] bytes = params.text(name).getBytes(StandardCharsets.UTF_8);
        if (bytes.length > Key.BYTES_MAX) {
            throw Problem.badParameter(name, "has at most " + Key.BYTES_MAX + " bytes");
        }
        return bytes;
    }

    /** The first key beyond all that begin so. UTF-8 has no byte 0xff, so its last byte can be counted up. */
    private static byte[] prefixEnd(byte[] prefix) {
        byte[] end = prefix.clone();
        if (end.length > 0) {
            end[end.length - 1]++;
        }
        return end;
    }

    private static byte[] max(byte[] a, byte[] b) {
        return Arrays.compareUnsigned(a, b) >= 0 ? a : b;
    }

    /** Of two high ends, of which an empty one is no end at all. */
    private static byte[] min(byte[] a, byte[] b) {
        if (a.length == 0 || b.length == 0) {
            return a.length == 0 ? b : a;
        }
        return Arrays.compareUnsigned(a, b) <= 0 ? a : b;
    }

    private static byte[] page(ReadOutcome.Found found, Params params, boolean withValues) {
        List<OpResult> results = found.result().results();
        return Json.bytes(g -> {
            g.writeStartObject();
            g.writeNumberField("revision", found.result().revision());
            g.writeArrayFieldStart("records");
            for (OpResult result : results) {
                g.writeStartObject();
                RecordJson.members(g, ((OpResult.Got) result).record(), withValues);
                g.writeEndObject();
            }
            g.writeEndArray();
            if (found.more() && !results.isEmpty()) {
                byte[] last = results.get(results.size() - 1).key().bytes();
                g.writeStringField("next", Cursor.after(last, params));
            }
            g.writeEndObject();
        });
    }
}
