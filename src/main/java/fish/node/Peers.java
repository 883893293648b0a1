package fish.node;

import com.fasterxml.jackson.databind.ObjectMapper;
import fish.kv.Asker;
import fish.link.LinkServer;
import fish.tls.NodeTransport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Asks other nodes, and tells them, without blocking. Whatever answers there, the wait for it has an end
 * and its answer at most {@link NodeReport#BYTES_MAX} bytes. Thread-safe.
 */
public final class Peers {
    /** Where every node reports, and where the master takes announcements. */
    public static final String PATH = "/node";

    /** Where a back-end says how far the master is, if it is it. */
    public static final String REVISION_PATH = PATH + "/revision";

    /** Header: what only a node that holds the group's data can know. */
    public static final String PROOF = LinkServer.PROOF;

    private static final long BODY_MILLIS = 200;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final NodeTransport transport;
    private final Duration connectTimeout;
    private volatile Client client;
    private volatile Supplier<String> proof = () -> "";

    /**
     * @param connectTimeout for a connection; requests have timeouts of their own
     */
    public Peers(NodeTransport transport, Duration connectTimeout) {
        this.transport = transport;
        this.connectTimeout = connectTimeout;
        this.client = client();
    }

    /** @param change of the transport, after which it was made */
    private record Client(int change, HttpClient http) {}

    private Client client() {
        int change = transport.changes();
        return new Client(
                change, transport.httpClient().connectTimeout(connectTimeout).build());
    }

    /** Connections that are kept show the certificate that was there when they were made. */
    private HttpClient http() {
        Client now = client;
        if (now.change() != transport.changes()) {
            now = client();
            client = now;
        }
        return now.http();
    }

    /** From now on it shows this with each request, unless it is empty: that it comes from a node of the group. */
    public void provedBy(Supplier<String> shown) {
        proof = shown;
    }

    /**
     * What the node at {@code http://host:port}, or {@code https} with TLS, says of itself.
     *
     * @return an exception if it did not answer so in time
     */
    public CompletableFuture<NodeReport> report(String node, Duration timeout) {
        return send(node, PATH, timeout, HttpRequest.BodyPublishers.noBody(), "GET", Asker.NOBODY)
                .thenApply(Peers::parse);
    }

    /**
     * Tells the master about this node.
     *
     * @return why it does not believe that; empty if it does
     */
    public CompletableFuture<String> announce(String master, NodeReport self, Duration timeout) {
        return post(master, PATH, self.toJson(), timeout, Asker.NOBODY).thenApply(Peers::refusal);
    }

    private static String refusal(HttpResponse<byte[]> answer) {
        if (answer.statusCode() == 200) {
            return "";
        }
        String status = "status " + answer.statusCode();
        try {
            return JSON.readTree(answer.body()).path("detail").asText(status);
        } catch (IOException e) {
            return status;
        }
    }

    /**
     * Has another node do what this one was asked to.
     *
     * @param asker by whom
     */
    public CompletableFuture<HttpResponse<byte[]>> post(
            String node, String path, byte[] body, Duration timeout, Asker asker) {
        return send(node, path, timeout, HttpRequest.BodyPublishers.ofByteArray(body), "POST", asker);
    }

    /** Has another node do what this one was asked to, where that is to delete something. */
    public CompletableFuture<HttpResponse<byte[]>> delete(String node, String path, Duration timeout, Asker asker) {
        return send(node, path, timeout, HttpRequest.BodyPublishers.noBody(), "DELETE", asker);
    }

    private CompletableFuture<HttpResponse<byte[]>> send(
            String node, String path, Duration timeout, HttpRequest.BodyPublisher body, String method, Asker asker) {
        if (!transport.speaks(node)) {
            return CompletableFuture.failedFuture(
                    new IOException(node + " is not " + transport.scheme() + ", as this node's group is"));
        }
        try {
            HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(node + path))
                    .timeout(timeout)
                    .method(method, body);
            if (!asker.token().isEmpty()) {
                builder.header("Authorization", "Bearer " + asker.token());
            }
            String shown = proof.get();
            if (!shown.isEmpty()) {
                builder.header(PROOF, shown);
            }
            HttpRequest request = builder.build();
            CompletableFuture<HttpResponse<byte[]>> answer =
                    http().sendAsync(request, BoundedBody.of(NodeReport.BYTES_MAX));
            // The request's own timeout is over with the head of the answer.
            return answer.copy()
                    .orTimeout(timeout.toMillis() + BODY_MILLIS, TimeUnit.MILLISECONDS)
                    .whenComplete((received, failure) -> answer.cancel(true));
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static NodeReport parse(HttpResponse<byte[]> answer) {
        if (answer.statusCode() != 200) {
            throw new CompletionException(new IOException("status " + answer.statusCode()));
        }
        try {
            return NodeReport.fromJson(answer.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
