package fish.testing.load;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * As much of the contract as the workloads need, in memory, under one lock. Some requests fail, with a
 * true outcome; a flaw makes it break one promise now and then.
 */
final class TinyFish implements AutoCloseable {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final int THREADS = 8;

    /** A promise that is broken. */
    enum Flaw {
        NONE,
        LOSES_WRITES,
        READS_STALE,
        TEARS_SNAPSHOTS,
        APPLIES_TWICE,
        APPLIES_WHAT_IT_REFUSES,
        HIDES_THE_OUTCOME
    }

    private final Flaw flaw;
    private final Random random = new Random(5);
    private final TreeMap<String, Entry> records = new TreeMap<>();
    private final TreeMap<String, Entry> stale = new TreeMap<>();
    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    private long revision;

    private record Entry(String value, long revision) {}

    private record Reply(int status, long revision, String body) {}

    TinyFish(Flaw flaw) throws IOException {
        this.flaw = flaw;
        // Else each answer waits 40 ms for a delayed acknowledgement.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
        server.setExecutor(threads);
        server.createContext("/", this::serve);
    }

    void start() {
        server.start();
    }

    URI url() {
        return URI.create("http://localhost:" + server.getAddress().getPort());
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void serve(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        Reply reply = answer(exchange, body);
        if (reply.revision > 0) {
            exchange.getResponseHeaders().set("ETag", "\"" + reply.revision + "\"");
        }
        byte[] bytes = reply.body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(reply.status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private synchronized Reply answer(HttpExchange exchange, String body) throws IOException {
        String method = exchange.getRequestMethod();
        // Transactions of gets, and the one without a condition, by which the bank opens, never fail.
        boolean isWrite = !method.equals("GET") && (body.contains("\"if\"") || !method.equals("POST"));
        int dice = random.nextInt(100);
        boolean answersAll = flaw != Flaw.NONE && flaw != Flaw.HIDES_THE_OUTCOME;
        if (!isWrite || dice >= 16 || (answersAll && dice >= 8)) {
            return execute(exchange, method, body);
        }
        if (dice < 8) {
            if (flaw == Flaw.APPLIES_WHAT_IT_REFUSES) {
                execute(exchange, method, body);
            }
            return new Reply(503, 0, "{\"code\":\"no-master\",\"outcome\":\"not-applied\"}");
        }
        if (random.nextBoolean()) {
            execute(exchange, method, body);
        }
        String outcome = flaw == Flaw.HIDES_THE_OUTCOME ? "" : ",\"outcome\":\"unknown\"";
        return new Reply(504, 0, "{\"code\":\"unknown-outcome\"" + outcome + "}");
    }

    private Reply execute(HttpExchange exchange, String method, String body) throws IOException {
        String path = exchange.getRequestURI().getPath();
        if (path.equals("/txn")) {
            return txn(JsonMapper.builder().build().readTree(body));
        }
        if (path.equals("/kv")) {
            return list(exchange.getRequestURI().getQuery());
        }
        String key = path.substring("/kv/".length());
        if (method.equals("GET")) {
            boolean old = flaw == Flaw.READS_STALE && random.nextInt(20) == 0;
            Entry entry = (old ? stale : records).get(key);
            return entry == null ? new Reply(404, 0, "{}") : new Reply(200, entry.revision, entry.value);
        }
        Entry current = records.get(key);
        String ifMatch = exchange.getRequestHeaders().getFirst("If-Match");
        boolean ifAbsent = exchange.getRequestHeaders().containsKey("If-None-Match");
        boolean fails = ifMatch != null && (current == null || !ifMatch.equals("\"" + current.revision + "\""));
        if (fails || (ifAbsent && current != null)) {
            return new Reply(412, current == null ? 0 : current.revision, "{}");
        }
        if (method.equals("DELETE") && current == null) {
            return new Reply(404, 0, "{}");
        }
        revision++;
        change(key, method.equals("DELETE") ? "" : body);
        return new Reply(200, 0, "{\"revision\":" + revision + "}");
    }

    private Reply list(String query) {
        ArrayNode page = JSON.arrayNode();
        records.forEach((key, entry) -> {
            if (query.contains("prefix=" + key.substring(0, key.lastIndexOf('/') + 1))) {
                page.add(json(key, entry));
            }
        });
        return new Reply(200, 0, "{\"revision\":" + revision + ",\"records\":" + page + "}");
    }

    private void change(String key, String value) {
        Entry old = records.get(key);
        if (old != null) {
            stale.put(key, old);
        }
        if (flaw == Flaw.LOSES_WRITES && random.nextInt(20) == 0) {
            return;
        }
        if (value.isEmpty()) {
            records.remove(key);
        } else {
            records.put(key, new Entry(value, revision));
        }
    }

    private Reply txn(JsonNode txn) {
        for (JsonNode condition : txn.path("if")) {
            Entry entry = records.get(condition.path("key").asText());
            long wanted = condition.path("revision").asLong();
            if (wanted != (entry == null ? 0 : entry.revision)) {
                return new Reply(200, 0, "{\"branch\":\"else\",\"revision\":" + revision + ",\"results\":[]}");
            }
        }
        boolean writes = txn.path("then").findValue("put") != null;
        revision += writes ? 1 : 0;
        ArrayNode results = JSON.arrayNode();
        for (JsonNode operation : txn.path("then")) {
            results.add(apply(operation));
        }
        return new Reply(200, 0, "{\"branch\":\"then\",\"revision\":" + revision + ",\"results\":" + results + "}");
    }

    private ObjectNode apply(JsonNode operation) {
        JsonNode put = operation.path("put");
        if (!put.isMissingNode()) {
            boolean twice = flaw == Flaw.APPLIES_TWICE && random.nextInt(20) == 0;
            ObjectNode json = put.path("json").deepCopy();
            if (twice && json.has("n")) {
                json.put("n", json.path("n").asLong() + 1);
            }
            change(put.path("key").asText(), json.toString());
            return JSON.objectNode();
        }
        String key = operation.path("get").path("key").asText();
        boolean torn = flaw == Flaw.TEARS_SNAPSHOTS && stale.containsKey(key) && random.nextInt(20) == 0;
        Entry entry = (torn ? stale : records).get(key);
        ObjectNode got = entry == null ? JSON.objectNode().put("key", key) : json(key, entry);
        return JSON.objectNode().set("get", got);
    }

    private static ObjectNode json(String key, Entry entry) {
        ObjectNode json = JSON.objectNode().put("key", key).put("revision", entry.revision);
        try {
            return json.set("json", JsonMapper.builder().build().readTree(entry.value));
        } catch (IOException e) {
            return json.put("text", entry.value);
        }
    }
}
