package fish.testing;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * A plain client of one node, HTTP/1.1 with connections kept alive: it neither retries nor follows, and
 * no request outlasts its timeout. Thread-safe.
 */
public final class HttpProbe {
    private final Access access;
    private final HttpClient client;
    private final URI base;
    private final Duration timeout;

    HttpProbe(Access access, HttpClient client, URI base, Duration timeout) {
        this.access = access;
        this.client = client;
        this.base = base;
        this.timeout = timeout;
    }

    /**
     * Of a node that lets everybody in.
     *
     * @param timeout of each request, connecting and body included
     */
    public static HttpProbe of(URI base, Duration timeout) {
        return Access.OPEN.probe(base, timeout);
    }

    /** The same with connections and a timeout of its own. */
    public HttpProbe own(Duration otherTimeout) {
        return access.probe(base, otherTimeout);
    }

    /** The same for another node, sharing this one's connections. */
    public HttpProbe at(URI other) {
        return new HttpProbe(access, client, other, timeout);
    }

    public URI base() {
        return base;
    }

    public HttpRequestBuilder put(String key, String value) {
        return request("PUT", "/kv/" + encode(key)).body(value.getBytes(StandardCharsets.UTF_8));
    }

    public HttpRequestBuilder get(String key) {
        return request("GET", "/kv/" + encode(key));
    }

    public HttpRequestBuilder delete(String key) {
        return request("DELETE", "/kv/" + encode(key));
    }

    /** {@code GET /kv}; add {@code prefix}, {@code limit} … as parameters. */
    public HttpRequestBuilder list() {
        return request("GET", "/kv");
    }

    public HttpRequestBuilder txn(String json) {
        return request("POST", "/txn")
                .header("Content-Type", "application/json")
                .body(json.getBytes(StandardCharsets.UTF_8));
    }

    /** Any other request; {@code path} is sent as it is. */
    public HttpRequestBuilder request(String method, String path) {
        HttpRequestBuilder request = new HttpRequestBuilder(client, method, base, path, timeout);
        access.token().ifPresent(token -> request.header("Authorization", "Bearer " + token));
        return request;
    }

    /** Whether {@code GET path} answers 200. */
    public boolean isOk(String path) {
        try {
            return request("GET", path).send().status() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("%2F", "/");
    }
}
