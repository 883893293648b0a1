package fish.tls;

import java.net.http.HttpClient;
import java.util.Optional;
import javax.net.ServerSocketFactory;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/** How a node speaks with others: plainly, or with TLS and then with TLS alone. Thread-safe. */
public final class NodeTransport {
    /** Without TLS. */
    public static final NodeTransport PLAIN = new NodeTransport(null);

    private final @Nullable NodeTls tls;

    private NodeTransport(@Nullable NodeTls tls) {
        this.tls = tls;
    }

    public static NodeTransport of(NodeTls tls) {
        return new NodeTransport(tls);
    }

    /** Empty where it speaks plainly. */
    public Optional<NodeTls> tls() {
        return Optional.ofNullable(tls);
    }

    /** {@code http} or {@code https}. */
    public String scheme() {
        return tls == null ? "http" : "https";
    }

    /** Whether the node at this URL is one to talk to: never one without TLS where this one has it. */
    public boolean speaks(String url) {
        return url.startsWith(scheme() + "://");
    }

    /** How often what it speaks with was replaced. */
    public int changes() {
        return tls == null ? 0 : tls.changes();
    }

    /** For questions to other nodes. */
    public HttpClient.Builder httpClient() {
        HttpClient.Builder builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1);
        return tls == null ? builder : builder.sslContext(tls.context()).sslParameters(tls.clientParameters());
    }

    public SocketFactory sockets() {
        return tls == null ? SocketFactory.getDefault() : new NodeSockets(tls);
    }

    /** Whose sockets only nodes can speak to. */
    public ServerSocketFactory serverSockets() {
        return tls == null ? ServerSocketFactory.getDefault() : new NodeServerSockets(tls);
    }

    /** What {@link NodeTls#find} takes; empty where there is none. */
    public String key() {
        return tls == null ? "" : tls.key();
    }
}
