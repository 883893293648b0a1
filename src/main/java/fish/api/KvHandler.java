package fish.api;

import fish.contract.Code;
import fish.http.Call;
import fish.http.Params;
import fish.http.Problem;
import fish.http.ProblemException;
import fish.kv.Condition;
import fish.kv.Durability;
import fish.kv.Key;
import fish.kv.OpResult;
import fish.kv.Operation;
import fish.kv.Query;
import fish.kv.StoredRecord;
import fish.kv.Txn;
import fish.kv.TxnResult;
import fish.kv.Value;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** {@code /kv/{key}}. */
final class KvHandler {
    static final Set<String> READ_PARAMS = Set.of("timeout", "consistency", "after", "max-lag");
    private static final Set<String> PUT_PARAMS = Set.of("timeout", "durability", "ttl");
    private static final Set<String> DELETE_PARAMS = Set.of("timeout", "durability");
    private static final byte[] NOTHING = {};
    private static final HttpString NO_SNIFFING = new HttpString("X-Content-Type-Options");
    private static final HttpString SECURITY_POLICY = new HttpString("Content-Security-Policy");

    private final Reads reads;
    private final Writes writes;
    private final int valueBytesMax;

    KvHandler(Reads reads, Writes writes, int valueBytesMax) {
        this.reads = reads;
        this.writes = writes;
        this.valueBytesMax = valueBytesMax;
    }

    void get(Call call) {
        Key key = KeyPath.key(call.rest());
        Params params = call.params(READ_PARAMS);
        HeaderMap headers = call.exchange().getRequestHeaders();
        ETags match = ETags.parse(headers, Headers.IF_MATCH);
        ETags noneMatch = ETags.parse(headers, Headers.IF_NONE_MATCH);
        boolean matchGiven = headers.contains(Headers.IF_MATCH);
        Query query = new Query.Get(key, true);
        reads.submit(call, Reads.read(query, params, call.deadlineNanos(params)), found -> {
            if (!(found.result().results().get(0) instanceof OpResult.Got got)) {
                throw notFound(key);
            }
            StoredRecord record = got.record();
            if (matchGiven && !match.strongly(record.revision())) {
                throw preconditionFailed(call, record.revision());
            }
            send(call, record, noneMatch.weakly(record.revision()));
        });
    }

    private static void send(Call call, StoredRecord record, boolean unchanged) {
        HeaderMap headers = call.exchange().getResponseHeaders();
        headers.put(Headers.ETAG, ETags.of(record.revision()));
        headers.put(FishHeaders.REVISION, Long.toString(record.revision()));
        headers.put(FishHeaders.CREATED, Long.toString(record.created()));
        if (record.expiresAtMillis() != StoredRecord.NEVER) {
            headers.put(
                    FishHeaders.EXPIRES,
                    Instant.ofEpochMilli(record.expiresAtMillis()).toString());
        }
        if (unchanged) {
            call.send(304, NOTHING);
            return;
        }
        Value value = record.value();
        headers.put(
                Headers.CONTENT_TYPE, value.contentType().isEmpty() ? "application/octet-stream" : value.contentType());
        if (!value.contentEncoding().isEmpty()) {
            headers.put(Headers.CONTENT_ENCODING, value.contentEncoding());
        }
        // Whatever was stored, in a browser it is nothing but bytes to look at.
        headers.put(NO_SNIFFING, "nosniff");
        headers.put(SECURITY_POLICY, "sandbox");
        call.sendHeld(200, value.bytes());
    }

    void put(Call call) {
        Key key = KeyPath.key(call.rest());
        Writes.requireWithin(call, key);
        if (call.exchange().getRequestHeaders().contains(Headers.CONTENT_RANGE)) {
            throw Problem.badRequest(
                    "a PUT with Content-Range is refused: what it brings is a part, and would replace the whole");
        }
        Params params = call.params(PUT_PARAMS);
        long ttlMillis = ttlMillis(params);
        Durability durability = Writes.durability(params);
        long deadline = call.deadlineNanos(params);
        List<Condition> conditions = ETags.conditions(call.exchange().getRequestHeaders(), key);
        String idempotencyKey = IdempotencyKeys.key(call.exchange());
        String contentType = single(call, Headers.CONTENT_TYPE);
        String contentEncoding = joined(call, Headers.CONTENT_ENCODING);
        call.body(valueBytesMax, body -> {
            Operation.OfKey put = new Operation.Put(key, value(body, contentType, contentEncoding), ttlMillis);
            writes.submit(
                    call,
                    conditional(call, conditions, put),
                    durability,
                    deadline,
                    IdempotencyKeys.of(idempotencyKey, call.exchange(), key.toString(), params, body),
                    result -> sendPut(call, result));
        });
    }

    private static void sendPut(Call call, TxnResult result) {
        if (!result.conditionsHeld()) {
            throw conditionFailed(call, result);
        }
        OpResult.Put put = (OpResult.Put) result.results().get(0);
        describe(call, put.revision());
        call.json(
                put.created() == put.revision() ? 201 : 200,
                PlainJson.put(put.key(), put.revision(), put.created(), put.expiresAtMillis()));
    }

    private static void describe(Call call, long revision) {
        HeaderMap headers = call.exchange().getResponseHeaders();
        headers.put(Headers.ETAG, ETags.of(revision));
        headers.put(FishHeaders.REVISION, Long.toString(revision));
    }

    void touch(Call call) {
        Key key = KeyPath.key(call.rest());
        Params params = call.params(PUT_PARAMS);
        if (!params.has("ttl")) {
            throw Problem.badParameter("ttl", "says when the record ends: a duration such as 30s, or none");
        }
        long ttlMillis = params.text("ttl").equals("none") ? Operation.NO_TTL : ttlMillis(params);
        change(call, key, params, new Operation.Touch(key, ttlMillis), result -> sendTouched(call, result));
    }

    private static void sendTouched(Call call, TxnResult result) {
        OpResult.Touched touched = (OpResult.Touched) result.results().get(0);
        if (!touched.exists()) {
            throw notFound(touched.key());
        }
        describe(call, touched.revision());
        call.json(200, PlainJson.put(touched.key(), touched.revision(), touched.created(), touched.expiresAtMillis()));
    }

    void delete(Call call) {
        Key key = KeyPath.key(call.rest());
        Params params = call.params(DELETE_PARAMS);
        change(call, key, params, new Operation.Delete(key), result -> sendDeleted(call, result));
    }

    private static void sendDeleted(Call call, TxnResult result) {
        OpResult.Deleted deleted = (OpResult.Deleted) result.results().get(0);
        if (!deleted.deleted()) {
            throw notFound(deleted.key());
        }
        call.json(200, PlainJson.deleted(deleted.key(), result.revision()));
    }

    /** Has this done where the conditions hold; {@code done} answers it. */
    private void change(Call call, Key key, Params params, Operation.OfKey operation, Consumer<TxnResult> done) {
        Writes.requireWithin(call, key);
        Durability durability = Writes.durability(params);
        long deadline = call.deadlineNanos(params);
        List<Condition> conditions = ETags.conditions(call.exchange().getRequestHeaders(), key);
        String idempotencyKey = IdempotencyKeys.key(call.exchange());
        call.body(valueBytesMax, body -> {
            if (body.length > 0 && operation instanceof Operation.Touch) {
                throw Problem.badRequest("this POST says when the record ends, and has no body; a PUT brings a value");
            }
            writes.submit(
                    call,
                    conditional(call, conditions, operation),
                    durability,
                    deadline,
                    IdempotencyKeys.of(idempotencyKey, call.exchange(), key.toString(), params, body),
                    result -> {
                        if (!result.conditionsHeld()) {
                            throw conditionFailed(call, result);
                        }
                        done.accept(result);
                    });
        });
    }

    private static Txn conditional(Call call, List<Condition> conditions, Operation.OfKey operation) {
        if (conditions.isEmpty()) {
            return Txn.of(operation);
        }
        Txn txn = new Txn(conditions, List.of(operation), List.of(new Operation.Get(operation.key(), false)));
        call.bodyTakes(txn.heapBytes());
        return txn;
    }

    /** At least as long as was asked: a record never goes early. */
    private static long ttlMillis(Params params) {
        long milli = TimeUnit.MILLISECONDS.toNanos(1);
        long max = TimeUnit.MILLISECONDS.toNanos(Operation.TTL_MILLIS_MAX);
        long nanos = params.durationNanos("ttl", milli, max, Operation.NO_TTL);
        return (nanos + milli - 1) / milli;
    }

    static Value value(byte[] bytes, String contentType, String contentEncoding) {
        try {
            return new Value(bytes, contentType, contentEncoding);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(String.valueOf(e.getMessage()));
        }
    }

    private static String single(Call call, HttpString name) {
        HeaderValues values = call.exchange().getRequestHeaders().get(name);
        if (values != null && values.size() > 1) {
            throw Problem.badRequest(name + " is given twice");
        }
        return values == null ? "" : values.getFirst();
    }

    private static String joined(Call call, HttpString name) {
        HeaderValues values = call.exchange().getRequestHeaders().get(name);
        return values == null ? "" : String.join(", ", values);
    }

    private static ProblemException notFound(Key key) {
        return new Problem(Code.NOT_FOUND, "no record of key '" + key + "'").exception();
    }

    private static ProblemException conditionFailed(Call call, TxnResult result) {
        boolean exists = result.results().get(0) instanceof OpResult.Got;
        long revision =
                exists ? ((OpResult.Got) result.results().get(0)).record().revision() : 0;
        return preconditionFailed(call, revision);
    }

    /** {@code revision} of the record as it is; 0 where there is none. */
    private static ProblemException preconditionFailed(Call call, long revision) {
        if (revision == 0) {
            return new Problem(Code.PRECONDITION_FAILED, "there is no record").exception();
        }
        call.exchange().getResponseHeaders().put(Headers.ETAG, ETags.of(revision));
        return new Problem(
                        Code.PRECONDITION_FAILED, "the record is at revision " + revision, Map.of("revision", revision))
                .exception();
    }
}
