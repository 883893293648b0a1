package fish.system;

import com.fasterxml.jackson.databind.JsonNode;
import fish.testing.HttpAnswer;
import fish.testing.HttpProbe;
import fish.testing.HttpRequestBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Writes through a front-end and keeps account of what must be there. For one thread. */
final class OldHomesLedger {
    private final Map<String, OldHomes.Stored> records = new TreeMap<>();
    private final TreeSet<String> absent = new TreeSet<>();
    private final List<OldHomes.Told> commits = new ArrayList<>();
    private final List<OldHomes.Done> requests = new ArrayList<>();

    /** What is written; texts are empty where nothing is given. */
    record Put(String key, String base64, int times, String contentType, String contentEncoding, String ttl) {
        static Put of(String key, byte[] value, String contentType) {
            return new Put(key, Base64.getEncoder().encodeToString(value), 1, contentType, "", "");
        }

        static Put text(String key, String value, String contentType) {
            return of(key, value.getBytes(StandardCharsets.UTF_8), contentType);
        }

        byte[] value() {
            return OldHomes.repeated(base64, times);
        }

        Put encoded(String encoding) {
            return new Put(key, base64, times, contentType, encoding, ttl);
        }

        Put ending(String after) {
            return new Put(key, base64, times, contentType, contentEncoding, after);
        }

        Put repeated(int often) {
            return new Put(key, base64, often, contentType, contentEncoding, ttl);
        }
    }

    void put(HttpProbe front, Put put) throws IOException {
        HttpRequestBuilder request = front.put(put.key, "").body(put.value());
        if (!put.contentType.isEmpty()) {
            request.header("Content-Type", put.contentType);
        }
        if (!put.contentEncoding.isEmpty()) {
            request.header("Content-Encoding", put.contentEncoding);
        }
        if (!put.ttl.isEmpty()) {
            request.param("ttl", put.ttl);
        }
        HttpAnswer answer = acknowledged(request.send());
        String expires = front.get(put.key).send().header("Fish-Expires");
        stored(put, answer.json(), expires);
        commits.add(new OldHomes.Told(answer.revision(), List.of(put.key), List.of()));
    }

    void delete(HttpProbe front, String key) throws IOException {
        deleted(acknowledged(front.delete(key).send()), key);
    }

    /** A transaction of puts and deletes; {@code puts} says what its puts are. */
    void txn(HttpProbe front, String json, List<Put> puts, List<String> deletes) throws IOException {
        committed(acknowledged(front.txn(json).send()), puts, deletes);
    }

    /** A PUT without a type that has an idempotency key. */
    void putOnce(HttpProbe front, String idempotencyKey, Put put) throws IOException {
        String body = new String(put.value(), StandardCharsets.UTF_8);
        HttpAnswer answer = once(front, idempotencyKey, "PUT", "/kv/" + put.key, put.contentType, body);
        stored(put, answer.json(), "");
        commits.add(new OldHomes.Told(answer.revision(), List.of(put.key), List.of()));
    }

    void deleteOnce(HttpProbe front, String idempotencyKey, String key) throws IOException {
        deleted(once(front, idempotencyKey, "DELETE", "/kv/" + key, "", ""), key);
    }

    void txnOnce(HttpProbe front, String idempotencyKey, String json, List<Put> puts) throws IOException {
        committed(once(front, idempotencyKey, "POST", "/txn", "application/json", json), puts, List.of());
    }

    /** Nothing was ever written under this key that counts. */
    void never(String key) {
        absent.add(key);
    }

    OldHomes close(List<OldHomes.Node> nodes, String ended) {
        return new OldHomes(
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                ended,
                nodes,
                commits.get(commits.size() - 1).revision(),
                List.copyOf(records.values()),
                List.copyOf(absent),
                List.copyOf(commits),
                List.copyOf(requests));
    }

    private HttpAnswer once(HttpProbe front, String key, String method, String path, String type, String body)
            throws IOException {
        HttpRequestBuilder request = front.request(method, path).header("Idempotency-Key", key);
        if (!type.isEmpty()) {
            request.header("Content-Type", type);
        }
        HttpAnswer answer =
                acknowledged(request.body(body.getBytes(StandardCharsets.UTF_8)).send());
        long revision = answer.json().path("revision").asLong();
        requests.add(new OldHomes.Done(key, method, path, type, body, answer.status(), revision));
        return answer;
    }

    private void committed(HttpAnswer answer, List<Put> puts, List<String> deletes) {
        Map<String, JsonNode> answered = new TreeMap<>();
        answer.json().path("results").forEach(result -> {
            JsonNode put = result.path("put");
            answered.put(put.path("key").asText(), put);
        });
        puts.forEach(put -> stored(put, answered.getOrDefault(put.key, answer.json()), ""));
        deletes.forEach(this::gone);
        List<String> keys = puts.stream().map(Put::key).toList();
        commits.add(new OldHomes.Told(answer.json().path("revision").asLong(), keys, deletes));
    }

    private void deleted(HttpAnswer answer, String key) {
        gone(key);
        commits.add(new OldHomes.Told(answer.json().path("revision").asLong(), List.of(), List.of(key)));
    }

    private void gone(String key) {
        records.remove(key);
        absent.add(key);
    }

    private void stored(Put put, JsonNode answer, String expires) {
        absent.remove(put.key);
        records.put(
                put.key,
                new OldHomes.Stored(
                        put.key,
                        put.contentType.isEmpty() ? "application/octet-stream" : put.contentType,
                        put.contentEncoding,
                        put.base64,
                        put.times,
                        answer.path("revision").asLong(),
                        answer.path("created").asLong(),
                        expires));
    }

    private static HttpAnswer acknowledged(HttpAnswer answer) {
        if (!answer.isSuccess()) {
            throw new AssertionError(answer.toString());
        }
        return answer;
    }
}
