package fish.client;

import fish.contract.Headers;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * One request, the same in every try but for {@code timeout}, which the store does not count as part of it.
 *
 * @param path raw, with its percent signs
 * @param idempotencyKey of a write; empty: it is a read, or sent once
 * @param once it changes something and has no idempotency key: never sent again where it may have arrived
 * @param accepted the statuses that are answers, not failures
 * @param timeout of all tries together
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Request(
        String method,
        String path,
        Map<String, String> params,
        Map<String, String> headers,
        byte[] body,
        String idempotencyKey,
        Set<Integer> accepted,
        Duration timeout,
        boolean once) {
    private static final byte[] NOTHING = {};

    Request {
        params = Map.copyOf(params);
        headers = Map.copyOf(headers);
        accepted = Set.copyOf(accepted);
    }

    Request(
            String method,
            String path,
            Map<String, String> params,
            Map<String, String> headers,
            byte[] body,
            String idempotencyKey,
            Set<Integer> accepted,
            Duration timeout) {
        this(method, path, params, headers, body, idempotencyKey, accepted, timeout, false);
    }

    static Request get(String path, Map<String, String> params, Set<Integer> accepted, Duration timeout) {
        return new Request("GET", path, params, Map.of(), NOTHING, "", accepted, timeout);
    }

    /** Whether its failure must say if it may have happened. */
    boolean changesSomething() {
        return isWrite() || once;
    }

    boolean isWrite() {
        return !idempotencyKey.isEmpty();
    }

    /** As it goes to this front-end. */
    HttpRequest.Builder to(URI base, Map<String, String> moreParams) {
        Map<String, String> all = new LinkedHashMap<>(params);
        all.putAll(moreParams);
        HttpRequest.Builder built = HttpRequest.newBuilder(URI.create(base + path + query(all)))
                .method(method, body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        headers.forEach(built::header);
        if (isWrite()) {
            built.header(Headers.IDEMPOTENCY_KEY, idempotencyKey);
        }
        return built;
    }

    static String query(Map<String, String> params) {
        StringBuilder query = new StringBuilder();
        params.forEach((name, value) -> query.append(query.isEmpty() ? '?' : '&')
                .append(name)
                .append('=')
                .append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
        return query.toString();
    }
}
