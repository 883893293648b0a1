package fish.back;

import fish.api.ChangeHandler;
import fish.api.ChangeJson;
import fish.api.MasterRoute;
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
import fish.node.Followers;
import fish.node.GroupMember;
import fish.node.HttpServers;
import fish.node.NodeReport;
import fish.node.PeerRoutes;
import fish.node.Reporter;
import fish.run.EventLog;
import fish.run.Node;
import fish.store.MasterRecord;
import fish.store.MemberRecord;
import fish.store.master.PenLimits;
import fish.store.watch.ChangeFeed;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** The back-end, wired: its seat in the group, and what it serves from there. */
public final class BackNode implements Node {
    private static final Duration HAND_OVER = Duration.ofSeconds(3);
    private static final Duration ASK_TIMEOUT = Duration.ofSeconds(1);

    private final BackSettings settings;
    private final GroupMember groupMember;
    private final BackService service;
    private final ChangeFeed changes;
    private final HttpServer server;
    private final LinkServer link;
    private final Reporter reporter;

    /**
     * @param failed told why the node cannot go on
     */
    public BackNode(BackSettings settings, Home home, Entry entry, EventLog events, Consumer<String> failed) {
        NodeSettings node = settings.node();
        this.settings = settings;
        this.groupMember = new GroupMember(node, home, entry, events, failed);
        this.service = new BackService(groupMember, node.name());
        this.changes = new ChangeFeed(groupMember::store, new ChangeJson());
        this.link = new LinkServer(service, LinkLimits.DEFAULT);
        this.reporter = new Reporter(
                groupMember, new Followers(System::nanoTime), Clock.systemUTC(), this::status, node.group());
        List<Route> routes = new ArrayList<>(PeerRoutes.all(reporter::report, this::heard));
        routes.add(MasterRoute.of(new MasterTransfer(
                node.name(), groupMember, reporter.peers(), reporter.followers(), reporter.timer())));
        routes.add(ChangeHandler.route(changes, ChangeHandler.STALL_MAX));
        routes.add(Route.upgrade(LinkServer.PATH, LinkServer.PROTOCOL, link.handler()));
        this.server = HttpServers.make(node, service, new BackHealth(groupMember), reporter.survey(), routes);
    }

    @Override
    public void start() throws ProgramException {
        changes.start();
        HttpServers.start(server, settings.node());
        service.start();
        reporter.start();
        Timeouts timeouts = new Timeouts(
                settings.node().heartbeat(),
                settings.feederTimeout(),
                settings.node().replicaTimeout(),
                settings.electionTimeout(),
                settings.ackTimeout());
        GroupMember.Options terms = new GroupMember.Options(
                settings.priority(),
                settings.freeDisk().bytes(),
                settings.maxDisk().bytes(),
                timeouts);
        groupMember.enter(terms, Optional.of(masterRole()), this::askMaster);
        reporter.announce();
    }

    /** Somebody else may have got the master's port. */
    private CompletableFuture<Long> askMaster(MasterRecord master) {
        String group = settings.node().group();
        return reporter.peers().report(master.http(), ASK_TIMEOUT).thenCompose(report -> {
            boolean same =
                    report.group().equals(group) && report.status().name().equals(master.name());
            return same
                    ? service.masterRevision(master.http())
                    : CompletableFuture.failedFuture(new IllegalStateException("another node answers there"));
        });
    }

    private MasterRole masterRole() {
        PenLimits standard = PenLimits.DEFAULT;
        PenLimits limits = new PenLimits(
                settings.batchOperations(),
                settings.batchBytes().bytes(),
                settings.queueOperations(),
                standard.queueBytes(),
                standard.readers());
        MemberRecord self = new MemberRecord(
                settings.node().name(), settings.node().address().toString(), httpUrl(), settings.priority());
        return new MasterRole(self, settings.durability(), limits, Clock.systemUTC());
    }

    private NodeStatus status() {
        Optional<Mastership> mastership = groupMember.mastership();
        return new NodeStatus(
                settings.node().name(),
                NodeType.ELECTABLE,
                groupMember.state(),
                settings.node().address().toString(),
                httpUrl(),
                settings.priority(),
                mastership.map(held -> held.masterRecord().term()).orElse(0L),
                reporter.revision(),
                Double.NaN);
    }

    /** Another node announces itself; a back-end is written down, so that it is known while it is down. */
    private void heard(NodeReport report) {
        reporter.followers().heard(report);
        if (report.status().type() == NodeType.ELECTABLE) {
            NodeStatus other = report.status();
            MemberRecord member = new MemberRecord(other.name(), other.address(), other.http(), other.priority());
            groupMember.mastership().ifPresent(mastership -> mastership.pen().remember(member));
        }
    }

    @Override
    public String httpUrl() {
        return HttpServers.url(server, settings.node());
    }

    /** Hands the mastership over before anybody is turned away, so that front-ends have where to go. */
    @Override
    public void close() {
        groupMember.transferMaster(HAND_OVER);
        reporter.close();
        changes.close();
        server.close();
        link.close();
        service.close();
        groupMember.close();
    }
}
