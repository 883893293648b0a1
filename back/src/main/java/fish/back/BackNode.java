package fish.back;

import fish.api.ChangeHandler;
import fish.api.ChangeJson;
import fish.api.MasterRoute;
import fish.conf.NodeSettings;
import fish.conf.ProgramException;
import fish.contract.NodeStatus;
import fish.contract.NodeType;
import fish.group.Candidacy;
import fish.group.Tenure;
import fish.group.Timeouts;
import fish.home.Entry;
import fish.home.Home;
import fish.http.HttpFace;
import fish.http.Route;
import fish.link.LinkLimits;
import fish.link.LinkServer;
import fish.node.Faces;
import fish.node.Followers;
import fish.node.GroupSeat;
import fish.node.NodeReport;
import fish.node.PeerRoutes;
import fish.node.Reporter;
import fish.run.EventLog;
import fish.run.Node;
import fish.store.MemberRecord;
import fish.store.master.PenLimits;
import fish.store.watch.ChangeFeed;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The back-end, wired: its seat in the group, and what it serves from there. */
public final class BackNode implements Node {
    private static final Duration HAND_OVER = Duration.ofSeconds(3);

    private final BackSettings settings;
    private final GroupSeat seat;
    private final BackService service;
    private final ChangeFeed changes;
    private final HttpFace face;
    private final LinkServer link;
    private final Reporter reporter;

    /**
     * @param failed told why the node cannot go on
     */
    public BackNode(BackSettings settings, Home home, Entry entry, EventLog events, Consumer<String> failed) {
        NodeSettings node = settings.node();
        this.settings = settings;
        this.seat = new GroupSeat(node, home, entry, events, failed);
        this.service = new BackService(seat, node.name());
        this.changes = new ChangeFeed(seat::replica, new ChangeJson());
        this.link = new LinkServer(service, LinkLimits.DEFAULT);
        this.reporter =
                new Reporter(seat, new Followers(System::nanoTime), Clock.systemUTC(), this::status, node.group());
        List<Route> routes = new ArrayList<>(PeerRoutes.all(reporter::report, this::heard));
        routes.add(MasterRoute.of(
                new HandOver(node.name(), seat, reporter.peers(), reporter.followers(), reporter.timer())));
        routes.add(ChangeHandler.route(changes, ChangeHandler.STALL_MAX));
        routes.add(Route.upgrade(LinkServer.PATH, LinkServer.PROTOCOL, link.handler()));
        this.face = Faces.make(node, service, new BackHealth(seat), reporter.survey(), routes);
    }

    @Override
    public void start() throws ProgramException {
        changes.start();
        Faces.start(face, settings.node());
        service.start();
        reporter.start();
        Timeouts timeouts = new Timeouts(
                settings.node().heartbeat(),
                settings.feederTimeout(),
                settings.node().replicaTimeout(),
                settings.electionTimeout(),
                settings.ackTimeout());
        GroupSeat.Terms terms = new GroupSeat.Terms(
                settings.priority(),
                settings.freeDisk().bytes(),
                settings.maxDisk().bytes(),
                timeouts);
        seat.enter(terms, Optional.of(candidacy()));
        reporter.announce();
    }

    private Candidacy candidacy() {
        PenLimits standard = PenLimits.DEFAULT;
        PenLimits limits = new PenLimits(
                settings.batchOperations(),
                settings.batchBytes().bytes(),
                settings.queueOperations(),
                standard.queueBytes(),
                standard.readers());
        MemberRecord self = new MemberRecord(
                settings.node().name(), settings.node().address().toString(), httpUrl(), settings.priority());
        return new Candidacy(self, settings.durability(), limits, Clock.systemUTC());
    }

    private NodeStatus status() {
        Optional<Tenure> tenure = seat.tenure();
        return new NodeStatus(
                settings.node().name(),
                NodeType.ELECTABLE,
                seat.state(),
                settings.node().address().toString(),
                httpUrl(),
                settings.priority(),
                tenure.map(held -> held.office().term()).orElse(0L),
                reporter.revision(),
                Double.NaN);
    }

    /** Another node announces itself; a back-end is written down, so that it is known while it is down. */
    private void heard(NodeReport report) {
        reporter.followers().heard(report);
        if (report.status().type() == NodeType.ELECTABLE) {
            NodeStatus other = report.status();
            MemberRecord member = new MemberRecord(other.name(), other.address(), other.http(), other.priority());
            seat.tenure().ifPresent(tenure -> tenure.pen().remember(member));
        }
    }

    @Override
    public String httpUrl() {
        return Faces.url(face, settings.node());
    }

    /** Hands the mastership over before anybody is turned away, so that front-ends have where to go. */
    @Override
    public void close() {
        seat.handOver(HAND_OVER);
        reporter.close();
        changes.close();
        face.close();
        link.close();
        service.close();
        seat.close();
    }
}
