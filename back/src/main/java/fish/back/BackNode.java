package fish.back;

import fish.access.GuardedService;
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
import fish.group.MasterRole;
import fish.group.Mastership;
import fish.group.Timeouts;
import fish.home.Entry;
import fish.home.Home;
import fish.http.HttpServer;
import fish.http.Route;
import fish.link.LinkLimits;
import fish.link.LinkServer;
import fish.node.Announcements;
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
import fish.store.MasterRecord;
import fish.store.MemberRecord;
import fish.store.Store;
import fish.store.master.PenLimits;
import fish.store.master.PenStats;
import fish.store.watch.ChangeFeed;
import fish.tls.NodeTransport;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** The back-end, wired: its seat in the group, and what it serves from there. */
public final class BackNode implements Node {
    private static final Duration HAND_OVER = Duration.ofSeconds(3);
    private static final Duration ASK_TIMEOUT = Duration.ofSeconds(1);

    /** Where all nodes are stopped at once, those to hand over to are leaving, and have said so by then. */
    private static final long OTHERS_LEAVE_NANOS = 150_000_000;

    private final BackSettings settings;
    private final HeapBudget budget;
    private final Guard guard;
    private final GroupMember groupMember;
    private final FullDisks fullDisks;
    private final BackService service;
    private final ChangeFeed changes;
    private final HttpServer server;
    private final LinkServer link;
    private final Reporter reporter;
    private final NodeUpkeep upkeep;
    private final NodeRemoval removal;
    private final NodeMetrics metrics;
    private final PenStats penStats = new PenStats();
    private final Tokens tokens;

    /**
     * @param failed told why the node cannot go on
     */
    public BackNode(BackSettings settings, Home home, Entry entry, EventLog events, Consumer<String> failed)
            throws ProgramException {
        NodeSettings node = settings.node();
        NodeTransport transport = Transports.of(node);
        this.settings = settings;
        this.guard = new Guard(failed);
        this.budget = HeapBudget.ofThisProcess(node.get(NodeSettings.CACHE).bytes());
        this.groupMember = new GroupMember(node, home, entry, events, transport, failed);
        Followers followers = new Followers(System::nanoTime);
        this.fullDisks = new FullDisks(groupMember, followers, events);
        this.tokens = TokenCopy.of(groupMember);
        this.service = new BackService(groupMember, fullDisks, node.name(), tokens::nodeProof);
        this.changes = new ChangeFeed(groupMember::store, new ChangeJson(), guard);
        GuardedService guarded = new GuardedService(service, tokens);
        this.link = new LinkServer(
                        guarded,
                        LinkLimits.DEFAULT,
                        LinkServer.Budgets.of(budget.of(Share.REQUESTS), budget.of(Share.ANSWERS)),
                        Math.toIntExact(node.get(NodeSettings.VALUE_MAX).bytes()),
                        upgrade -> PeerRoutes.caller(upgrade, tokens))
                .identifiedBy(groupMember::groupId);
        this.reporter = new Reporter(groupMember, followers, Clock.systemUTC(), this::status, node.group());
        this.removal = new NodeRemoval(node.name(), groupMember, followers);
        Announcements announcements =
                new Announcements(groupMember::connected, followers, this::writeDown, System::nanoTime);
        this.metrics = new NodeMetrics(node.name(), events.recent(), Clock.systemUTC());
        ChangeHandler watchers = new ChangeHandler(changes, ChangeHandler.STALL_MAX);
        NodesOnly nodes = new NodesOnly(transport);
        List<Route> betweenNodes = nodes.routes(
                PeerRoutes.report(reporter::report, tokens),
                PeerRoutes.revision(service, tokens, ASK_TIMEOUT.toNanos()),
                PeerRoutes.announcements(node.group(), tokens, nodes, announcements::heard),
                Route.upgrade(LinkServer.PATH, LinkServer.PROTOCOL, link.handler()));
        this.upkeep = new NodeUpkeep(groupMember, node.group(), NodeType.ELECTABLE);
        this.server = HttpServers.make(
                node,
                new Routes.Parts(
                        guarded,
                        new NodeView(
                                new BackHealth(groupMember, reporter.clocks()),
                                reporter.survey(),
                                metrics,
                                new Diagnosis(node, reporter::report, events.recent(), groupMember::store)::tell),
                        watchers,
                        new GroupCommands(
                                new MasterTransfer(
                                        node.name(), groupMember, reporter.peers(), followers, reporter.timer()),
                                removal,
                                upkeep.routes(),
                                tokens),
                        betweenNodes),
                budget,
                transport);
        new NodeFigures(groupMember, reporter, service::lagSeconds)
                .register(metrics, NodeType.ELECTABLE, new NodeFigures.Serving(server, changes, watchers, budget));
        new MasterFigures(groupMember, penStats, link).register(metrics);
    }

    @Override
    public void start() throws ProgramException {
        metrics.start();
        tokens.start(guard);
        reporter.peers().provedBy(tokens::nodeProof);
        changes.start();
        HttpServers.start(server, settings.node(), groupMember);
        service.start(guard);
        reporter.start();
        removal.start();
        fullDisks.start(reporter.timer());
        Timeouts timeouts = new Timeouts(
                settings.get(NodeSettings.HEARTBEAT),
                settings.get(BackSettings.FEEDER_TIMEOUT),
                settings.get(NodeSettings.REPLICA_TIMEOUT),
                settings.get(BackSettings.ELECTION_TIMEOUT),
                settings.get(BackSettings.ACK_TIMEOUT));
        GroupMember.Options terms = new GroupMember.Options(
                settings.get(BackSettings.PRIORITY),
                settings.get(BackSettings.FREE_DISK).bytes(),
                settings.get(BackSettings.MAX_DISK).bytes(),
                timeouts);
        groupMember.enter(terms, Optional.of(masterRole()), this::askMaster);
        tokens.refresh();
        reporter.announce();
    }

    /** Somebody else may have got the master's port. */
    private CompletableFuture<Long> askMaster(MasterRecord master, Store copy) {
        String proof = TokenCopy.nodeProof(copy);
        String group = settings.node().group();
        return reporter.peers().report(master.http(), ASK_TIMEOUT).thenCompose(report -> {
            boolean same =
                    report.group().equals(group) && report.status().name().equals(master.name());
            return same
                    ? service.masterRevision(master.http(), proof)
                    : CompletableFuture.failedFuture(new IllegalStateException("another node answers there"));
        });
    }

    private MasterRole masterRole() {
        PenLimits limits = new PenLimits(
                settings.get(BackSettings.BATCH_OPERATIONS),
                settings.get(BackSettings.BATCH_BYTES).bytes(),
                settings.get(BackSettings.QUEUE_OPERATIONS),
                budget.bytes(Share.REQUESTS),
                PenLimits.READERS);
        MemberRecord self = new MemberRecord(
                settings.node().name(),
                settings.node().address().toString(),
                httpUrl(),
                settings.get(BackSettings.PRIORITY));
        return new MasterRole(self, settings.get(BackSettings.DURABILITY), limits, Clock.systemUTC(), penStats);
    }

    private NodeStatus status() {
        Optional<Mastership> mastership = groupMember.mastership();
        return new NodeStatus(
                settings.node().name(),
                NodeType.ELECTABLE,
                groupMember.state(),
                settings.node().address().toString(),
                httpUrl(),
                settings.get(BackSettings.PRIORITY),
                mastership.map(held -> held.masterRecord().term()).orElse(0L),
                reporter.revision(),
                Double.NaN,
                reporter.warnings());
    }

    private void writeDown(MemberRecord member) {
        groupMember
                .mastership()
                .ifPresent(mastership -> mastership.pen().group().remember(member));
    }

    @Override
    public String httpUrl() {
        return HttpServers.url(server, settings.node(), groupMember.transport());
    }

    /** Hands the mastership over before anybody is turned away, so that front-ends have where to go. */
    @Override
    public void close() {
        guard.close();
        reporter.leave();
        if (groupMember.mastership().isPresent()) {
            LockSupport.parkNanos(OTHERS_LEAVE_NANOS);
            groupMember.transferMaster(() -> reporter.followers().leaving(), HAND_OVER);
        }
        removal.close();
        upkeep.close();
        tokens.close();
        reporter.close();
        server.refuseNew();
        changes.close();
        server.close();
        link.close();
        service.close();
        metrics.close();
        groupMember.close();
    }
}
