package fish.tool;

import com.fasterxml.jackson.databind.JsonNode;
import fish.kv.Key;
import fish.run.Threads;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** {@code GET /cluster/digest} and {@code /cluster/verify}, each of all nodes side by side. */
final class NodeDigests implements DataComparison.Digests, AutoCloseable {
    private static final int TRIES = 20;
    private static final long AGAIN_MILLIS = 500;

    private final NodeHttp http;
    private final Map<String, URI> nodes;
    private final ExecutorService threads;

    /** What a node's log files are like. */
    record Logs(int files, long bytes, Map<String, String> damaged) {}

    /** What one node is asked. */
    interface Question<T> {
        T ask(URI node) throws NodeFailedException;
    }

    /**
     * @param nodes by name; at least one
     */
    NodeDigests(NodeHttp http, Map<String, URI> nodes) {
        this.http = http;
        this.nodes = Map.copyOf(nodes);
        this.threads = Executors.newFixedThreadPool(nodes.size(), Threads.named("fish-check"));
    }

    @Override
    public Map<String, DataComparison.Part> ask(DataComparison.Range range) throws NodeFailedException {
        String target = "/cluster/digest?timeout=50s&limit=" + range.limit() + "&start=" + encoded(range.start())
                + "&end=" + encoded(range.end()) + "&after=" + range.after() + (range.listed() ? "&keys" : "");
        return all(node -> part(patiently(node, target)));
    }

    /** Of one node: reads through all of it. */
    Logs logs(URI node) throws NodeFailedException {
        int files = 0;
        long bytes = 0;
        Map<String, String> damaged = new LinkedHashMap<>();
        String from = "";
        do {
            JsonNode some = patiently(node, "/cluster/verify?timeout=50s&from=" + from);
            if (!some.path("files").isInt()) {
                throw new NodeFailedException("bad-answer", "it does not answer as a node of Fish does", null);
            }
            files += some.path("files").asInt();
            bytes += some.path("bytes").asLong();
            for (JsonNode damage : some.path("damaged")) {
                damaged.put(damage.path("file").asText(), damage.path("reason").asText());
            }
            from = some.path("next").asText("");
        } while (!from.isEmpty());
        return new Logs(files, bytes, damaged);
    }

    private static DataComparison.Part part(JsonNode json) throws NodeFailedException {
        if (!json.has("digest")) {
            throw new NodeFailedException("bad-answer", "it does not answer as a node of Fish does", null);
        }
        SortedMap<Key, DataComparison.Held> records = new TreeMap<>();
        for (JsonNode record : json.path("records")) {
            records.put(
                    Key.of(record.path("key").asText()),
                    new DataComparison.Held(
                            record.path("revision").asLong(),
                            record.path("digest").asText()));
        }
        return new DataComparison.Part(
                json.path("revision").asLong(),
                json.path("count").asLong(),
                json.path("digest").asText(),
                json.path("next").asText(""),
                records);
    }

    /** A node that is asked by others too, or is behind, is asked again. */
    private JsonNode patiently(URI node, String target) throws NodeFailedException {
        for (int i = 1; ; i++) {
            try {
                return http.get(node, target);
            } catch (NodeFailedException e) {
                if (!e.passes() || i == TRIES) {
                    throw e;
                }
                pause();
            }
        }
    }

    private static void pause() throws NodeFailedException {
        try {
            TimeUnit.MILLISECONDS.sleep(AGAIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NodeFailedException("interrupted", "interrupted", e);
        }
    }

    /** Asks all of them at once, and waits for all. */
    <T> Map<String, T> all(Question<T> question) throws NodeFailedException {
        Map<String, Future<T>> asked = new HashMap<>();
        nodes.forEach((name, node) -> asked.put(name, threads.submit(() -> question.ask(node))));
        Map<String, T> answers = new LinkedHashMap<>();
        for (Map.Entry<String, Future<T>> one : asked.entrySet()) {
            try {
                answers.put(one.getKey(), one.getValue().get());
            } catch (ExecutionException e) {
                if (e.getCause() instanceof NodeFailedException failed) {
                    throw new NodeFailedException(failed.code(), one.getKey() + ": " + failed.said(), e);
                }
                throw new NodeFailedException("failed", one.getKey() + ": " + e.getCause(), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new NodeFailedException("interrupted", "interrupted", e);
            }
        }
        return answers;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
