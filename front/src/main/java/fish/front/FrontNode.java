package fish.front;

import fish.access.Tokens;
import fish.api.ChangeHandler;
import fish.api.ChangeJson;
import fish.api.GroupCommands;
import fish.api.NodeView;
import fish.api.Routes;
import fish.budget.HeapBudget;
import fish.budget.Share;
import fish.conf.NodeSettings;
import fish.conf.ProgramException;
import fish.contract.NodeStatus;
import fish.contract.NodeType;
import fish.group.Timeouts;
import fish.home.Entry;
import fish.home.Home;
import fish.http.HttpServer;
import fish.link.LinkConnector;
import fish.link.LinkLimits;
import fish.node.Diagnosis;
import fish.node.Followers;
import fish.node.GroupMember;
import fish.node.HttpServers;
import fish.node.NodeFigures;
import fish.node.NodeMetrics;
import fish.node.NodeUpkeep;
import fish.node.NodesOnly;
import fish.node.PeerRoutes;
import fish.node.Reporter;
import fish.node.TokenCopy;
import fish.node.Transports;
import fish.run.EventLog;
import fish.run.Guard;
import fish.run.Node;
import fish.store.Store;
import fish.store.watch.ChangeFeed;
import fish.tls.NodeTransport;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The front-end, wired: its replica, the way to the master, and what it serves. */
public final class FrontNode implements Node {
    /** Its replica stops following when a quarter of this is left. */
    private static final long FREE_DISK = 64L << 20;

    private final FrontSettings settings;
    private final HeapBudget budget;
    private final EventLog events;
    private final Guard guard;
    private final GroupMember groupMember;
    private final Gateway gateway;
    private final ChangeFeed changes;
    private final HttpServer server;
    private final Reporter reporter;
    private final NodeMetrics metrics;
    private final NodeUpkeep upkeep;
    private final Tokens tokens;
    private volatile @Nullable MasterFinder finder;

    /**
     * @param failed told why the node cannot go on
     */
    public FrontNode(FrontSettings settings, Home home, Entry entry, EventLog events, Consumer<String> failed)
            throws ProgramException {
        NodeSettings node = settings.node();
        NodeTransport transport = Transports.of(node);
        this.settings = settings;
        this.budget = HeapBudget.ofThisProcess(node.get(NodeSettings.CACHE).bytes());
        this.events = events;
        this.guard = new Guard(failed);
        this.groupMember = new GroupMember(node, home, entry, events, transport, failed);
        this.changes = new ChangeFeed(this::filledReplica, new ChangeJson(), guard);
        this.gateway = new Gateway(
                groupMember::store,
                node.name(),
                settings.get(FrontSettings.HELD_REQUESTS),
                Math.min(settings.get(FrontSettings.HELD_BYTES).bytes(), budget.bytes(Share.REQUESTS)));
        this.reporter = new Reporter(
                groupMember, new Followers(System::nanoTime), Clock.systemUTC(), this::status, node.group());
        this.metrics = new NodeMetrics(node.name(), events.recent(), Clock.systemUTC());
        ChangeHandler watchers = new ChangeHandler(changes, ChangeHandler.STALL_MAX);
        this.upkeep = new NodeUpkeep(groupMember, node.group(), NodeType.SECONDARY);
        this.tokens = TokenCopy.of(groupMember);
        reporter.peers().provedBy(tokens::nodeProof);
        this.server = HttpServers.make(
                node,
                new Routes.Parts(
                        gateway,
                        new NodeView(
                                new FrontHealth(groupMember, gateway, reporter.clocks()),
                                reporter.survey(),
                                metrics,
                                new Diagnosis(node, reporter::report, events.recent(), groupMember::store)::tell),
                        watchers,
                        new GroupCommands(
                                new ForwardedMasterTransfer(gateway, reporter.peers()),
                                new ForwardedRemoval(gateway, reporter.peers()),
                                upkeep.routes(),
                                tokens),
                        new NodesOnly(transport).routes(PeerRoutes.report(reporter::report, tokens))),
                budget,
                transport);
        new NodeFigures(groupMember, reporter, gateway::replicaLagSeconds)
                .register(metrics, NodeType.SECONDARY, new NodeFigures.Serving(server, changes, watchers, budget));
        gateway.register(metrics);
    }

    private Store filledReplica() {
        Store store = groupMember.store();
        store.requireFilled();
        return store;
    }

    /** Serves, holding requests, before it has found its group; returns once it has. */
    @Override
    public void start() throws ProgramException {
        metrics.start();
        tokens.start(guard);
        changes.start();
        HttpServers.start(server, settings.node(), groupMember);
        MasterFinder finding = new MasterFinder(
                settings.node().group(),
                groupMember,
                gateway,
                reporter.peers(),
                new LinkConnector(
                                UUID.randomUUID().toString(),
                                server.worker(),
                                LinkLimits.DEFAULT.queueing(budget.bytes(Share.REQUESTS)),
                                groupMember.transport())
                        .provedBy(tokens::nodeProof)
                        .inGroup(groupMember::groupId),
                events,
                guard);
        finder = finding;
        gateway.start(finding::wanted, guard);
        finding.start();
        reporter.start();
        Timeouts timeouts = Timeouts.ofReadOnly(
                settings.node().get(NodeSettings.HEARTBEAT), settings.node().get(NodeSettings.REPLICA_TIMEOUT));
        groupMember.enter(
                new GroupMember.Options(0, FREE_DISK, 0, timeouts),
                Optional.empty(),
                (master, copy) ->
                        CompletableFuture.failedFuture(new IllegalStateException("a front-end asks over its link")));
        tokens.refresh();
        reporter.announce();
    }

    private NodeStatus status() {
        return new NodeStatus(
                settings.node().name(),
                NodeType.SECONDARY,
                groupMember.state(),
                settings.node().address().toString(),
                httpUrl(),
                0,
                0,
                reporter.revision(),
                Double.NaN,
                reporter.warnings());
    }

    @Override
    public String httpUrl() {
        return HttpServers.url(server, settings.node(), groupMember.transport());
    }

    @Override
    public void close() {
        guard.close();
        reporter.close();
        upkeep.close();
        tokens.close();
        MasterFinder finding = finder;
        server.refuseNew();
        // Half of what the server waits for: they are told that nothing has happened, and not cut off.
        gateway.leave(settings.node()
                .get(NodeSettings.SHUTDOWN_TIMEOUT)
                .multipliedBy(3)
                .dividedBy(10));
        changes.close();
        server.close();
        if (finding != null) {
            finding.close();
        }
        gateway.close();
        metrics.close();
        groupMember.close();
    }
}
