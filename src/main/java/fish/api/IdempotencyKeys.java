package fish.api;

import fish.http.Params;
import fish.http.Problem;
import fish.http.ProblemException;
import fish.kv.Idempotency;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Map;

/** The client's {@code Idempotency-Key}, and the digest of the request that it stands for. */
final class IdempotencyKeys {
    private static final HttpString[] HEADERS = {
        Headers.IF_MATCH, Headers.IF_NONE_MATCH, Headers.CONTENT_TYPE, Headers.CONTENT_ENCODING
    };

    private IdempotencyKeys() {}

    /**
     * The key, or empty where there is none.
     *
     * @throws ProblemException {@code bad-request}
     */
    static String key(HttpServerExchange exchange) {
        HeaderValues values = exchange.getRequestHeaders().get(FishHeaders.IDEMPOTENCY_KEY);
        if (values == null) {
            return "";
        }
        if (values.size() > 1) {
            throw Problem.badRequest("Idempotency-Key came " + (values.size() == 2 ? "twice" : values.size() + " times")
                    + ": a request has one");
        }
        String key = values.getFirst();
        boolean visible = key.chars().allMatch(c -> c > ' ' && c < 0x7f);
        if (key.isEmpty() || key.length() > Idempotency.KEY_CHARS_MAX || !visible) {
            throw Problem.badRequest(
                    "Idempotency-Key is 1 to " + Idempotency.KEY_CHARS_MAX + " visible ASCII characters");
        }
        return key;
    }

    /**
     * The digest covers all that makes the request what it is, but {@code timeout}. It is stored: what it is made
     * of must not change.
     *
     * @param path the key for what is about one record, so that its spelling does not count
     */
    static Idempotency of(String key, HttpServerExchange exchange, String path, Params params, byte[] body) {
        if (key.isEmpty()) {
            return Idempotency.NONE;
        }
        MessageDigest digest = sha256();
        add(digest, exchange.getRequestMethod().toString());
        add(digest, path);
        for (Map.Entry<String, String> param : params.all().entrySet()) {
            if (!param.getKey().equals("timeout")) {
                add(digest, param.getKey());
                add(digest, param.getValue());
            }
        }
        for (HttpString name : HEADERS) {
            HeaderValues values = exchange.getRequestHeaders().get(name);
            add(digest, name.toString());
            add(digest, values == null ? "" : String.join(",", values));
        }
        digest.update(body);
        return new Idempotency(key, digest.digest());
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** With its length before it, so that no two lists of texts give the same bytes. */
    static void add(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update(new byte[] {
            (byte) (bytes.length >>> 24), (byte) (bytes.length >>> 16), (byte) (bytes.length >>> 8), (byte) bytes.length
        });
        digest.update(bytes);
    }
}
