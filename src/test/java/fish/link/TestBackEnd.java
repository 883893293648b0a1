package fish.link;

import fish.kv.Service;
import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import org.xnio.Options;

/** A real HTTP server with a link server on it. */
public final class TestBackEnd implements AutoCloseable {
    private static final Duration PATIENT = Duration.ofMinutes(1);

    private final LinkServer links;
    private final Undertow http;

    public TestBackEnd(Service service, LinkLimits limits) {
        this(new LinkServer(service, limits));
    }

    TestBackEnd(LinkServer links) {
        this(links, PATIENT);
    }

    /** @param httpTimeout as against idle HTTP clients: it must not end an upgraded connection */
    TestBackEnd(LinkServer links, Duration httpTimeout) {
        this.links = links;
        int millis = Math.toIntExact(httpTimeout.toMillis());
        http = Undertow.builder()
                .addHttpListener(0, "localhost")
                .setIoThreads(1)
                .setWorkerThreads(1)
                .setServerOption(UndertowOptions.NO_REQUEST_TIMEOUT, millis)
                .setServerOption(UndertowOptions.REQUEST_PARSE_TIMEOUT, millis)
                .setServerOption(UndertowOptions.IDLE_TIMEOUT, millis)
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
