package fish.api;

import fish.access.Grant;
import fish.contract.Code;
import fish.http.Call;
import fish.http.Params;
import fish.http.Problem;
import fish.json.Json;
import fish.kv.Durability;
import fish.kv.Key;
import fish.kv.OpResult;
import fish.kv.Operation;
import fish.kv.Query;
import fish.kv.ReadOutcome;
import fish.kv.Scope;
import fish.kv.Span;
import fish.kv.Txn;
import fish.kv.TxnResult;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** {@code GET /kv} and {@code DELETE /kv}: many records at once. */
final class ListHandler {
    /** About where a page stops, in bytes of JSON. */
    private static final int PAGE_BYTES = 4 << 20;

    private static final int LIMIT = 100;
    private static final Set<String> PARAMS = Set.of(
            "prefix",
            "start",
            "end",
            "limit",
            "reverse",
            "keys",
            "count",
            "cursor",
            "timeout",
            "consistency",
            "after",
            "max-lag");

    private static final Set<String> COUNT_ALONE = Set.of("limit", "reverse", "keys", "cursor");
    private static final Set<String> DELETE_PARAMS = Set.of("prefix", "start", "end", "limit", "timeout", "durability");

    private final Reads reads;
    private final Writes writes;
    private final int bodyBytesMax;

    ListHandler(Reads reads, Writes writes, int bodyBytesMax) {
        this.bodyBytesMax = bodyBytesMax;
        this.reads = reads;
        this.writes = writes;
    }

    void list(Call call) {
        Params params = call.params(PARAMS);
        if (params.flag("count")) {
            count(call, params);
            return;
        }
        boolean withValues = !params.flag("keys");
        Query query = range(params);
        reads.submit(
                call,
                Reads.read(query, params, call.deadlineNanos(params)),
                found -> call.jsonInPieces(page(found, params, withValues)));
    }

    private void count(Call call, Params params) {
        COUNT_ALONE.stream().sorted().forEach(name -> params.refuse(name, "is not for a count"));
        Query query = new Query.Count(low(params), high(params));
        reads.submit(
                call,
                Reads.read(query, params, call.deadlineNanos(params)),
                found -> call.jsonHeld(counted(found.result())));
    }

    private static byte[] counted(TxnResult result) {
        long count = ((OpResult.Counted) result.results().get(0)).count();
        return Json.bytes(g -> {
            g.writeStartObject();
            g.writeNumberField("revision", result.revision());
            g.writeNumberField("count", count);
            g.writeEndObject();
        });
    }

    /** All that a range holds, or its first part, in one commit. */
    void delete(Call call) {
        Params params = call.params(DELETE_PARAMS);
        HeaderMap headers = call.exchange().getRequestHeaders();
        if (headers.contains(Headers.IF_MATCH) || headers.contains(Headers.IF_NONE_MATCH)) {
            throw Problem.badRequest("If-Match and If-None-Match are of one record; here are many");
        }
        if (Stream.of("prefix", "start", "end")
                .allMatch(name -> params.text(name).isEmpty())) {
            throw Problem.badParameter("prefix", "or start or end says what to delete, and is not empty");
        }
        int limit = (int) params.number("limit", 1, Operation.DeleteRange.LIMIT_MAX, Operation.DeleteRange.LIMIT_MAX);
        Operation delete = new Operation.DeleteRange(low(params), high(params), limit);
        Durability durability = Writes.durability(params);
        long deadline = call.deadlineNanos(params);
        String idempotencyKey = IdempotencyKeys.key(call.exchange());
        if (!call.grant().known() && !idempotencyKey.isEmpty()) {
            throw new Problem(Code.STARTING, Grant.notYet().detail()).exception();
        }
        call.body(
                bodyBytesMax,
                body -> writes.submit(
                        call,
                        Txn.of(delete),
                        durability,
                        deadline,
                        IdempotencyKeys.of(
                                idempotencyKey,
                                call.exchange(),
                                path(call.grant().scope()),
                                params,
                                body),
                        result -> call.json(200, deleted(result))));
    }

    /** What it deletes depends on who asks: the same request of another is another request. */
    private static String path(Scope scope) {
        StringBuilder path = new StringBuilder("/kv");
        if (!scope.isAll()) {
            scope.prefixes().forEach(prefix -> path.append('\0').append(new String(prefix, StandardCharsets.UTF_8)));
        }
        return path.toString();
    }

    private static byte[] deleted(TxnResult result) {
        OpResult.DeletedRange range = (OpResult.DeletedRange) result.results().get(0);
        return Json.bytes(g -> {
            g.writeStartObject();
            g.writeNumberField("deleted", range.deleted());
            g.writeNumberField("revision", result.revision());
            if (range.more()) {
                g.writeBooleanField("more", true);
            }
            g.writeEndObject();
        });
    }

    private static byte[] low(Params params) {
        return max(bound(params, "prefix"), bound(params, "start"));
    }

    private static byte[] high(Params params) {
        return min(Span.prefixEnd(bound(params, "prefix")), bound(params, "end"));
    }

    private static Query.Range range(Params params) {
        boolean reverse = params.flag("reverse");
        byte[] low = low(params);
        byte[] high = high(params);
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

    private static JsonPieces page(ReadOutcome.Found found, Params params, boolean withValues) {
        List<OpResult> results = found.result().results();
        boolean more = found.more() && !results.isEmpty();
        String next = more
                ? "],\"next\":\""
                        + Cursor.after(
                                ((OpResult.Got) results.get(results.size() - 1))
                                        .key()
                                        .bytes(),
                                params) + "\"}"
                : "]}";
        return new JsonPieces(
                "{\"revision\":" + found.result().revision() + ",\"records\":[",
                results,
                (g, result) -> {
                    g.writeStartObject();
                    RecordJson.members(g, ((OpResult.Got) result).record(), withValues);
                    g.writeEndObject();
                },
                next);
    }
}
