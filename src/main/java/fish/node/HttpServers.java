package fish.node;

import fish.api.ClusterSource;
import fish.api.Health;
import fish.api.Routes;
import fish.conf.NodeSettings;
import fish.conf.ProgramException;
import fish.http.HttpConfig;
import fish.http.HttpServer;
import fish.http.Route;
import fish.kv.Service;
import java.util.List;

/** A node's HTTP server, by its settings. */
public final class HttpServers {
    private HttpServers() {}

    public static HttpServer make(
            NodeSettings settings, Service service, Health health, ClusterSource cluster, List<Route> more) {
        HttpConfig standard = HttpConfig.defaults(settings.http().resolve());
        HttpConfig config = new HttpConfig(
                standard.address(),
                standard.ioThreads(),
                Math.toIntExact(settings.valueMax().bytes()),
                settings.bodyBytesInFlight().bytes(),
                settings.requestsInFlight(),
                standard.connectionsMax(),
                settings.requestTimeout(),
                standard.idleTimeout(),
                standard.headTimeout(),
                standard.bodyTimeout(),
                standard.sendTimeout(),
                settings.shutdownTimeout());
        return new HttpServer(config, Routes.of(config, service, health, cluster, more));
    }

    /**
     * Serves.
     *
     * @throws ProgramException if it cannot listen where it is to
     */
    public static void start(HttpServer server, NodeSettings settings) throws ProgramException {
        try {
            server.start();
        } catch (RuntimeException e) {
            Throwable reason = e.getCause() == null ? e : e.getCause();
            throw ProgramException.failed("cannot serve HTTP at " + settings.http() + ": " + reason.getMessage())
                    .because(e);
        }
    }

    /** What others are told; the port as it really is. Once started. */
    public static String url(HttpServer server, NodeSettings settings) {
        String host = settings.http().host();
        return "http://" + (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":"
                + server.address().getPort();
    }
}
