package fish.api;

import com.fasterxml.jackson.core.JsonGenerator;
import fish.http.Call;
import fish.http.LargeBodies;
import fish.http.Params;
import fish.http.Problem;
import fish.http.ProblemException;
import fish.kv.Durability;
import fish.kv.OpResult;
import fish.kv.Query;
import fish.kv.StoredRecord;
import fish.kv.Txn;
import fish.kv.TxnResult;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import java.io.IOException;
import java.time.Instant;
import java.util.Set;

/** {@code POST /txn}. */
final class TxnHandler {
    private static final Set<String> PARAMS = Set.of("timeout", "durability", "consistency", "after", "max-lag");

    /** What a body, its text, and what is made of it take while it is parsed, as a multiple of the body. */
    private static final int PARSING_FACTOR = 4;

    /** Of a body that is parsed beside the threads that serve connections. */
    private static final int LARGE_BYTES = 256 << 10;

    private final Reads reads;
    private final Writes writes;
    private final int valueBytesMax;
    private final LargeBodies large = new LargeBodies("fish-large-txns");

    TxnHandler(Reads reads, Writes writes, int valueBytesMax) {
        this.reads = reads;
        this.writes = writes;
        this.valueBytesMax = valueBytesMax;
    }

    /** A small body comes first: only it says whether a failure is one of a read or of a write. */
    void run(Call call) {
        call.body(Txn.BYTES_MAX, body -> {
            if (body.length <= LARGE_BYTES) {
                run(call, body, parse(call, body));
            } else {
                large.make(call, () -> parse(call, body), txn -> run(call, body, txn));
            }
        });
    }

    private void run(Call call, byte[] body, Txn txn) {
        call.bodyTakes(body.length + (long) txn.heapBytes());
        if (txn.readOnly()) {
            call.treatAsRead();
        }
        if (call.refusal().isPresent()) {
            throw call.refusal().get().exception();
        }
        HeaderMap headers = call.exchange().getRequestHeaders();
        if (headers.contains(Headers.IF_MATCH) || headers.contains(Headers.IF_NONE_MATCH)) {
            throw Problem.badRequest("If-Match and If-None-Match are of one record; a transaction has \"if\"");
        }
        if (txn.readOnly()) {
            read(call, txn);
        } else {
            write(call, txn, body);
        }
    }

    /** What is refused anyhow is refused for that, whatever its body. */
    private Txn parse(Call call, byte[] body) {
        call.bodyTakes((long) PARSING_FACTOR * body.length);
        try {
            return TxnJson.parse(body, valueBytesMax);
        } catch (ProblemException e) {
            throw call.refusal().map(Problem::exception).orElse(e);
        }
    }

    private void read(Call call, Txn txn) {
        Params params = call.params(PARAMS);
        params.refuse("durability", "is not for a transaction of gets alone");
        reads.submit(
                call,
                Reads.read(new Query.Reads(txn), params, call.deadlineNanos(params)),
                found -> call.jsonInPieces(json(found.result())));
    }

    private void write(Call call, Txn txn, byte[] body) {
        Params params = call.params(PARAMS);
        for (String name : new String[] {"consistency", "after", "max-lag"}) {
            params.refuse(name, "is not for a transaction that changes something");
        }
        Durability durability = Writes.durability(params);
        String key = IdempotencyKeys.key(call.exchange());
        writes.submit(
                call,
                txn,
                durability,
                call.deadlineNanos(params),
                IdempotencyKeys.of(key, call.exchange(), "/txn", params, body),
                result -> call.jsonInPieces(json(result)));
    }

    private static JsonPieces json(TxnResult result) {
        String branch = result.conditionsHeld() ? "then" : "else";
        return new JsonPieces(
                "{\"branch\":\"" + branch + "\",\"revision\":" + result.revision() + ",\"results\":[",
                result.results(),
                (g, op) -> {
                    g.writeStartObject();
                    write(g, op);
                    g.writeEndObject();
                },
                "]}");
    }

    private static void write(JsonGenerator g, OpResult result) throws IOException {
        if (result instanceof OpResult.Put put) {
            g.writeObjectFieldStart("put");
            g.writeStringField("key", put.key().toString());
            g.writeNumberField("revision", put.revision());
            g.writeNumberField("created", put.created());
            expires(g, put.expiresAtMillis());
        } else if (result instanceof OpResult.Touched touched) {
            g.writeObjectFieldStart("touch");
            g.writeStringField("key", touched.key().toString());
            if (touched.exists()) {
                g.writeNumberField("revision", touched.revision());
                expires(g, touched.expiresAtMillis());
            } else {
                g.writeBooleanField("exists", false);
            }
        } else if (result instanceof OpResult.Deleted deleted) {
            g.writeObjectFieldStart("delete");
            g.writeStringField("key", deleted.key().toString());
            g.writeBooleanField("deleted", deleted.deleted());
        } else if (result instanceof OpResult.Got got) {
            g.writeObjectFieldStart("get");
            RecordJson.members(g, got.record(), true);
        } else {
            g.writeObjectFieldStart("get");
            g.writeStringField("key", ((OpResult.Absent) result).key().toString());
            g.writeBooleanField("exists", false);
        }
        g.writeEndObject();
    }

    private static void expires(JsonGenerator g, long expiresAtMillis) throws IOException {
        if (expiresAtMillis != StoredRecord.NEVER) {
            g.writeStringField("expires", Instant.ofEpochMilli(expiresAtMillis).toString());
        }
    }
}
