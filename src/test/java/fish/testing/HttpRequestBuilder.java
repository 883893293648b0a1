package fish.testing;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One request of an {@link HttpProbe}, built up and sent once. Not thread-safe. */
public final class HttpRequestBuilder {
    private final HttpClient client;
    private final String method;
    private final URI base;
    private final Duration timeout;
    private final StringBuilder path;
    private final List<String> headers = new ArrayList<>();
    private byte[] body = {};

    HttpRequestBuilder(HttpClient client, String method, URI base, String path, Duration timeout) {
        this.client = client;
        this.method = method;
        this.base = base;
        this.path = new StringBuilder(path);
        this.timeout = timeout;
    }

    public HttpRequestBuilder param(String name, String value) {
        path.append(path.indexOf("?") < 0 ? '?' : '&').append(name).append('=').append(HttpProbe.encode(value));
        return this;
    }

    public HttpRequestBuilder header(String name, String value) {
        headers.add(name);
        headers.add(value);
        return this;
    }

    public HttpRequestBuilder ifMatch(long revision) {
        return header("If-Match", "\"" + revision + "\"");
    }

    public HttpRequestBuilder ifAbsent() {
        return header("If-None-Match", "*");
    }

    public HttpRequestBuilder body(byte[] bytes) {
        body = bytes.clone();
        return this;
    }

    /**
     * The whole answer, whatever its status.
     *
     * @throws java.net.ConnectException or {@link java.net.http.HttpConnectTimeoutException}: the node
     *     was not reached, so nothing was sent
     * @throws IOException the node may have acted
     */
    public HttpAnswer send() throws IOException {
        HttpRequest.BodyPublisher publisher = body.length == 0 && !method.equals("PUT") && !method.equals("POST")
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofByteArray(body);
        HttpRequest.Builder request =
                HttpRequest.newBuilder(base.resolve(path.toString())).method(method, publisher);
        request.timeout(timeout);
        if (!headers.isEmpty()) {
            request.headers(headers.toArray(String[]::new));
        }
        return await(client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofByteArray()));
    }

    private HttpAnswer await(CompletableFuture<HttpResponse<byte[]>> sent) throws IOException {
        try {
            HttpResponse<byte[]> response = sent.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            return new HttpAnswer(response.statusCode(), response.headers(), response.body());
        } catch (TimeoutException e) {
            sent.cancel(true);
            HttpTimeoutException late = new HttpTimeoutException("no answer within " + timeout);
            late.initCause(e);
            throw late;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IOException(e.getCause());
        } catch (InterruptedException e) {
            sent.cancel(true);
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
