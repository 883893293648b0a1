package fish.link;

import fish.kv.Service;
import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import java.net.InetSocketAddress;
import java.net.URI;
import org.xnio.Options;

/** A real HTTP server with a link server on it. */
public final class TestBackEnd implements AutoCloseable {
    private static final int HTTP_TIMEOUT_MILLIS = 1500;

    private final LinkServer links;
    private final Undertow http;

    public TestBackEnd(Service service, LinkLimits limits) {
        this(new LinkServer(service, limits));
    }

    TestBackEnd(LinkServer links) {
        this.links = links;
        http = Undertow.builder()
                .addHttpListener(0, "localhost")
                .setIoThreads(1)
                .setWorkerThreads(1)
                // as against idle HTTP clients: they must not end an upgraded connection
                .setServerOption(UndertowOptions.NO_REQUEST_TIMEOUT, HTTP_TIMEOUT_MILLIS)
                .setServerOption(UndertowOptions.REQUEST_PARSE_TIMEOUT, HTTP_TIMEOUT_MILLIS)
                .setServerOption(UndertowOptions.IDLE_TIMEOUT, HTTP_TIMEOUT_MILLIS)
                .setWorkerOption(Options.WORKER_NAME, "test-back-end")
                .setHandler(Handlers.path().addExactPath(LinkServer.PATH, links.handler()))
                .build();
    }

    public TestBackEnd start() {
        http.start();
        return this;
    }

    LinkServer links() {
        return links;
    }

    public URI uri() {
        InetSocketAddress address =
                (InetSocketAddress) http.getListenerInfo().get(0).getAddress();
        return URI.create("http://localhost:" + address.getPort());
    }

    @Override
    public void close() {
        links.close();
        http.stop();
    }
}
