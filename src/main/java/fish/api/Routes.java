package fish.api;

import static io.undertow.util.Methods.DELETE;
import static io.undertow.util.Methods.GET;
import static io.undertow.util.Methods.POST;
import static io.undertow.util.Methods.PUT;

import fish.http.HttpConfig;
import fish.http.Route;
import fish.kv.RequestIds;
import fish.kv.Service;
import java.util.ArrayList;
import java.util.List;

/** The table of what every node serves. */
public final class Routes {
    private Routes() {}

    /** @param more what a node serves besides */
    public static List<Route> of(
            HttpConfig config, Service service, Health health, ClusterSource cluster, List<Route> more) {
        Reads reads = new Reads(service);
        Writes writes = new Writes(service, new RequestIds());
        KvHandler kv = new KvHandler(reads, writes, config.valueBytesMax());
        ListHandler lists = new ListHandler(reads);
        TxnHandler txn = new TxnHandler(reads, writes, config.valueBytesMax());
        HealthHandler healths = new HealthHandler(health);
        ClusterHandler clusters = new ClusterHandler(cluster);

        List<Route> routes = new ArrayList<>(List.of(
                Route.read(GET, "/kv/*", kv::get),
                Route.write(PUT, "/kv/*", kv::put),
                Route.write(DELETE, "/kv/*", kv::delete),
                Route.read(GET, "/kv", lists::list),
                Route.write(POST, "/txn", txn::run),
                Route.read(GET, "/cluster", clusters::get),
                Route.read(GET, "/health/live", healths::live),
                Route.read(GET, "/health/ready", healths::ready)));
        routes.addAll(more);
        return routes;
    }
}
