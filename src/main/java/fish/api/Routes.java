package fish.api;

import static io.undertow.util.Methods.DELETE;
import static io.undertow.util.Methods.GET;
import static io.undertow.util.Methods.POST;
import static io.undertow.util.Methods.PUT;

import fish.http.Route;
import fish.kv.ChangeSource;
import fish.kv.RequestIds;
import fish.kv.Service;
import java.util.ArrayList;
import java.util.List;

/** The table of what every node serves, complete but for what nodes say to each other. */
public final class Routes {
    private Routes() {}

    /**
     * What the routes of a node are made of.
     *
     * @param betweenNodes what other nodes alone ask for
     */
    public record Parts(
            Service service,
            Health health,
            ClusterSource cluster,
            ChangeSource changes,
            GroupCommands commands,
            List<Route> betweenNodes) {}

    /** @param valueBytesMax of the body of a PUT, and of a value in a transaction */
    public static List<Route> of(int valueBytesMax, Parts parts) {
        Reads reads = new Reads(parts.service());
        Writes writes = new Writes(parts.service(), new RequestIds(), valueBytesMax);
        KvHandler kv = new KvHandler(reads, writes, valueBytesMax);
        ListHandler lists = new ListHandler(reads, writes, valueBytesMax);
        TxnHandler txn = new TxnHandler(reads, writes, valueBytesMax);
        ChangeHandler changes = new ChangeHandler(parts.changes(), ChangeHandler.STALL_MAX);
        HealthHandler healths = new HealthHandler(parts.health());
        ClusterHandler clusters = new ClusterHandler(parts.cluster());
        MasterRoute master = new MasterRoute(parts.commands().transfer());
        PageHandler page = new PageHandler();
        NodesRoute nodes = new NodesRoute(parts.commands().removal());

        List<Route> routes = new ArrayList<>(List.of(
                Route.read(GET, "/kv/*", kv::get),
                Route.write(PUT, "/kv/*", kv::put),
                Route.write(DELETE, "/kv/*", kv::delete),
                Route.write(POST, "/kv/*", kv::touch),
                Route.read(GET, "/kv", lists::list),
                Route.write(DELETE, "/kv", lists::delete),
                Route.writeOrRead(POST, "/txn", txn::run),
                Route.read(GET, "/changes", changes::get),
                Route.read(GET, "/cluster", clusters::get),
                Route.read(POST, MasterRoute.PATH, master::transfer),
                Route.read(DELETE, NodesRoute.PATH + "*", nodes::delete),
                Route.read(GET, "/health/live", healths::live),
                Route.read(GET, "/health/ready", healths::ready),
                Route.read(GET, "/", page::page),
                Route.read(GET, PageHandler.FILES + "*", page::file)));
        routes.addAll(parts.betweenNodes());
        return List.copyOf(routes);
    }
}
