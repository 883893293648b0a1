package fish.back;

import com.fasterxml.jackson.databind.json.JsonMapper;
import fish.kv.Consistency;
import fish.kv.ReadOutcome;
import fish.kv.Reason;
import fish.kv.TxnResult;
import fish.node.BoundedBody;
import fish.node.Peers;
import fish.tls.NodeTransport;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Strong reads of nothing, which tell a back-end that is not the master how far the master is: it has no
 * link to it, as front-ends have. Thread-safe; does not block.
 */
final class MasterOverHttp {
    private static final String NO_OPERATIONS = "{}";
    private static final int NOT_FOUND = 404;
    private static final int ANSWER_BYTES_MAX = 16 << 10;

    private final JsonMapper json = JsonMapper.builder().build();
    private final NodeTransport transport;
    private final HttpClient http;
    private final Duration timeout;

    /** @param timeout of the whole question */
    MasterOverHttp(NodeTransport transport, Duration timeout) {
        this.timeout = timeout;
        this.transport = transport;
        this.http = transport.httpClient().connectTimeout(timeout).build();
    }

    /**
     * @param master {@code http://host:port}, or {@code https} with TLS
     * @param proof that this is a node of the group; empty where it can show none
     */
    void ask(String master, String proof, Consumer<? super ReadOutcome> answer) {
        if (!transport.speaks(master)) {
            answer.accept(ReadOutcome.failed(
                    Reason.NO_MASTER, master + " is not " + transport.scheme() + ", as this node's group is"));
            return;
        }
        HttpRequest request;
        HttpRequest before;
        try {
            HttpRequest.Builder asking = HttpRequest.newBuilder(URI.create(master + Peers.REVISION_PATH))
                    .timeout(timeout);
            request = (proof.isEmpty() ? asking : asking.header(Peers.PROOF, proof)).build();
            before = HttpRequest.newBuilder(URI.create(master + "/txn?timeout=" + timeout.toMillis() + "ms"))
                    .timeout(timeout)
                    .POST(HttpRequest.BodyPublishers.ofString(NO_OPERATIONS))
                    .build();
        } catch (IllegalArgumentException e) {
            answer.accept(ReadOutcome.failed(Reason.NO_MASTER, "no address: " + master));
            return;
        }
        CompletableFuture<HttpResponse<byte[]>> exchange = send(request);
        // A master of the version before has no such path.
        var unused = exchange.thenCompose(response ->
                        response.statusCode() == NOT_FOUND ? send(before) : CompletableFuture.completedFuture(response))
                .orTimeout(2 * timeout.toMillis(), TimeUnit.MILLISECONDS)
                .handle((response, failure) -> {
                    if (failure != null) {
                        // Else one whose answer has begun and does not end keeps its connection.
                        exchange.cancel(true);
                    }
                    answer.accept(
                            failure == null
                                    ? parse(response)
                                    : ReadOutcome.failed(Reason.NO_MASTER, "the master did not answer: " + failure));
                    return true;
                });
    }

    private CompletableFuture<HttpResponse<byte[]>> send(HttpRequest request) {
        return http.sendAsync(request, BoundedBody.of(ANSWER_BYTES_MAX));
    }

    private ReadOutcome parse(HttpResponse<byte[]> response) {
        try {
            long revision = response.statusCode() == 200
                    ? json.readTree(response.body()).path("revision").asLong(-1)
                    : -1;
            return revision < 0
                    ? ReadOutcome.failed(Reason.NO_MASTER, "the master answered " + response.statusCode())
                    : new ReadOutcome.Found(new TxnResult(true, revision, List.of()), false, Consistency.STRONG, "", 0);
        } catch (IOException e) {
            return ReadOutcome.failed(Reason.NO_MASTER, "the master answered no JSON");
        }
    }
}
