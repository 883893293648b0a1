package fish.node;

import fish.api.Routes;
import fish.budget.HeapBudget;
import fish.budget.Share;
import fish.conf.NodeSettings;
import fish.conf.ProgramException;
import fish.group.GroupEvents;
import fish.http.HttpConfig;
import fish.http.HttpServer;
import fish.run.Descriptors;
import fish.tls.NodeTransport;

/** A node's HTTP server, by its settings. */
public final class HttpServers {
    /** An idle one takes 9 KiB: so that all of them take no more than a fourteenth of the heap. */
    private static final long HEAP_PER_TLS_CONNECTION = 128 << 10;

    private HttpServers() {}

    public static HttpServer make(
            NodeSettings settings, Routes.Parts parts, HeapBudget budget, NodeTransport transport) {
        int valueBytesMax = Math.toIntExact(settings.get(NodeSettings.VALUE_MAX).bytes());
        int ioThreads = Math.max(2, Runtime.getRuntime().availableProcessors());
        HttpConfig config = new HttpConfig(
                settings.http().resolve(),
                ioThreads,
                new HttpConfig.Bounds(
                        valueBytesMax,
                        Math.max(valueBytesMax, budget.bytes(Share.REQUESTS)),
                        settings.get(NodeSettings.REQUESTS_IN_FLIGHT),
                        Descriptors.ofProcess().connections(connectionsMax(transport), ioThreads)),
                new HttpConfig.Times(
                        settings.get(NodeSettings.REQUEST_TIMEOUT),
                        HttpConfig.IDLE_TIMEOUT,
                        HttpConfig.HEAD_TIMEOUT,
                        HttpConfig.BODY_TIMEOUT,
                        HttpConfig.SEND_TIMEOUT,
                        // The mastership and the data take their time as well.
                        settings.get(NodeSettings.SHUTDOWN_TIMEOUT)
                                .multipliedBy(3)
                                .dividedBy(5)),
                transport);
        return new HttpServer(
                config,
                Routes.of(valueBytesMax, parts),
                settings.allowedOrigins(),
                budget.of(Share.REQUESTS),
                budget.of(Share.ANSWERS),
                parts.commands().tokens());
    }

    private static int connectionsMax(NodeTransport transport) {
        long secure = Runtime.getRuntime().maxMemory() / HEAP_PER_TLS_CONNECTION;
        return transport.tls().isPresent()
                ? Math.toIntExact(Math.min(HttpConfig.CONNECTIONS_MAX, secure))
                : HttpConfig.CONNECTIONS_MAX;
    }

    /**
     * Serves, and says how many connections it takes.
     *
     * @param events of which only {@link GroupEvents#event} is used
     * @throws ProgramException if it cannot listen where it is to
     */
    public static void start(HttpServer server, NodeSettings settings, GroupEvents events) throws ProgramException {
        try {
            server.start();
            events.event(
                    "serving-http",
                    "connections-max",
                    server.connectionsMax(),
                    "open-files-max",
                    Descriptors.ofProcess().limit());
        } catch (RuntimeException e) {
            Throwable reason = e.getCause() == null ? e : e.getCause();
            throw ProgramException.failed("cannot serve HTTP at " + settings.http() + ": " + reason.getMessage())
                    .because(e);
        }
    }

    /** What others are told; the port as it really is. Once started. */
    public static String url(HttpServer server, NodeSettings settings, NodeTransport transport) {
        String host = settings.http().host();
        return transport.scheme() + "://" + (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":"
                + server.address().getPort();
    }
}
