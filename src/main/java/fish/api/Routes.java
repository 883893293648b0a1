package fish.api;

import static io.undertow.util.Methods.DELETE;
import static io.undertow.util.Methods.GET;
import static io.undertow.util.Methods.POST;
import static io.undertow.util.Methods.PUT;

import fish.access.Need;
import fish.http.Route;
import fish.kv.RequestIds;
import fish.kv.Service;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The table of what every node serves, complete but for what nodes say to each other. Each line says what it needs of
 * whoever comes; a transaction needs a token that may write once its body shows that it would.
 */
public final class Routes {
    private Routes() {}

    /**
     * What the routes of a node are made of.
     *
     * @param betweenNodes what other nodes alone ask for
     */
    public record Parts(
            Service service, NodeView node, ChangeHandler changes, GroupCommands commands, List<Route> betweenNodes) {}

    /** Whether it reads or writes records; what the group and a node tell of themselves does not. */
    public static boolean isData(Route route) {
        return route.path().startsWith("/kv") || route.path().equals("/txn");
    }

    /** @param valueBytesMax of the body of a PUT, and of a value in a transaction */
    public static List<Route> of(int valueBytesMax, Parts parts) {
        Reads reads = new Reads(parts.service());
        RequestIds ids = new RequestIds();
        Writes writes = new Writes(parts.service(), ids, valueBytesMax);
        KvHandler kv = new KvHandler(reads, writes, valueBytesMax);
        ListHandler lists = new ListHandler(reads, writes, valueBytesMax);
        TxnHandler txn = new TxnHandler(reads, writes, valueBytesMax);
        ChangeHandler changes = parts.changes();
        HealthHandler healths = new HealthHandler(parts.node().health());
        ClusterHandler clusters = new ClusterHandler(parts.node().cluster());
        MetricsHandler metrics = new MetricsHandler(parts.node().metrics());
        MasterRoute master = new MasterRoute(parts.commands().transfer());
        PageHandler page = new PageHandler();
        PageFile openApi = PageFile.ofResource("fish/api/openapi.json");
        NodesRoute nodes = new NodesRoute(parts.commands().removal());
        Upkeep upkeep = parts.commands().upkeep();
        BackupHandler backups = new BackupHandler(upkeep.backups(), BackupHandler.Pace.DEFAULT);
        VerifyHandler verifications = new VerifyHandler(upkeep.verifications());
        TokensRoute tokens =
                new TokensRoute(parts.service(), ids, parts.commands().tokens());

        List<Route> routes = new ArrayList<>(List.of(
                Route.read(GET, "/kv/*", Need.READ, kv::get),
                Route.write(PUT, "/kv/*", Need.WRITE, kv::put),
                Route.write(DELETE, "/kv/*", Need.WRITE, kv::delete),
                Route.write(POST, "/kv/*", Need.WRITE, kv::touch),
                Route.read(GET, "/kv", Need.READ, lists::list),
                Route.write(DELETE, "/kv", Need.WRITE, lists::delete),
                Route.writeOrRead(POST, "/txn", Need.READ, txn::run),
                Route.read(GET, "/changes", Need.READ, changes::get),
                Route.read(GET, "/cluster", Need.ADMIN, clusters::get),
                Route.read(GET, "/cluster/report", Need.ADMIN, parts.node().report()),
                Route.read(POST, MasterRoute.PATH, Need.ADMIN, master::transfer),
                Route.read(DELETE, NodesRoute.PATH + "*", Need.ADMIN, nodes::delete),
                Route.read(GET, "/cluster/backup", Need.ADMIN, backups::get),
                Route.read(GET, "/cluster/digest", Need.ADMIN, verifications::digest),
                Route.read(GET, "/cluster/verify", Need.ADMIN, verifications::verify),
                Route.write(POST, TokensRoute.PATH, Need.ADMIN, tokens::add),
                Route.read(GET, TokensRoute.PATH, Need.ADMIN, tokens::list),
                Route.write(DELETE, TokensRoute.PATH + "/*", Need.ADMIN, tokens::remove),
                Route.read(GET, "/health/live", Need.NOTHING, healths::live),
                Route.read(GET, "/health/ready", Need.NOTHING, healths::ready),
                Route.read(GET, "/", Need.NOTHING, page::page),
                Route.read(GET, PageHandler.FILES + "*", Need.NOTHING, page::file),
                Route.read(GET, "/metrics", Need.ANY, metrics::text),
                Route.read(GET, "/metrics/history", Need.ANY, metrics::history),
                Route.read(GET, "/openapi.json", Need.ANY, call -> {
                    call.deadlineNanos(call.params(Set.of("timeout")));
                    openApi.send(call);
                })));
        routes.addAll(parts.betweenNodes());
        return List.copyOf(routes);
    }
}
