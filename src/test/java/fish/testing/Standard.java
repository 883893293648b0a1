package fish.testing;

import fish.access.Tokens;
import fish.api.BackupHandler;
import fish.api.ChangeHandler;
import fish.api.ClusterSource;
import fish.api.GroupCommands;
import fish.api.Health;
import fish.api.MetricsSource;
import fish.api.NodeView;
import fish.api.Routes;
import fish.api.Upkeep;
import fish.api.VerifyHandler;
import fish.contract.Cluster;
import fish.contract.NodeState;
import fish.contract.NodeStatus;
import fish.contract.NodeType;
import fish.group.Timeouts;
import fish.http.Call;
import fish.http.HttpConfig;
import fish.http.Route;
import fish.kv.ChangeSource;
import fish.kv.Failure;
import fish.kv.Reason;
import fish.kv.Service;
import fish.metrics.Metrics;
import fish.metrics.TimeSeries;
import fish.store.master.PenLimits;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Values for tests that do not care, near to what the programs are set to. */
public final class Standard {
    /** A group for the eyes of those who ask for one. */
    public static final Cluster GROUP = new Cluster(
            "fish",
            "b0",
            List.of(
                    new NodeStatus(
                            "b0",
                            NodeType.ELECTABLE,
                            NodeState.MASTER,
                            "localhost:9000",
                            "http://localhost:5000",
                            10,
                            3,
                            1250,
                            0.0),
                    new NodeStatus(
                            "r0",
                            NodeType.SECONDARY,
                            NodeState.UNREACHABLE,
                            "localhost:9002",
                            "",
                            0,
                            0,
                            0,
                            Double.NaN)));

    private Standard() {}

    public static Timeouts timeouts() {
        return new Timeouts(
                Duration.ofMillis(250),
                Duration.ofSeconds(2),
                Duration.ofSeconds(4),
                Duration.ofMillis(300),
                Duration.ofSeconds(6));
    }

    public static PenLimits penLimits() {
        return new PenLimits(1000, 8 << 20, 20_000, PenLimits.QUEUE_BYTES, PenLimits.READERS);
    }

    /** At a free port of loopback. */
    public static HttpConfig http() {
        return http(
                new HttpConfig.Bounds(1 << 20, 64 << 20, 10_000, 10_000),
                new HttpConfig.Times(
                        Duration.ofSeconds(10),
                        Duration.ofMinutes(5),
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(10)));
    }

    /** At a free port of loopback. */
    public static HttpConfig http(HttpConfig.Bounds bounds, HttpConfig.Times times) {
        return new HttpConfig(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 2, bounds, times);
    }

    /** All routes over a service, of a node that is well, in a group that nobody changes. */
    public static List<Route> routes(Service service) {
        return routes(service, noChanges(), List.of());
    }

    public static List<Route> routes(Service service, ChangeSource changes, List<Route> betweenNodes) {
        return routes(service, WELL, answer -> answer.accept(GROUP), changes, betweenNodes);
    }

    public static List<Route> routes(
            Service service, Health health, ClusterSource cluster, ChangeSource changes, List<Route> betweenNodes) {
        return Routes.of(
                1 << 20,
                new Routes.Parts(
                        service,
                        new NodeView(health, cluster, NOTHING_COUNTED, Standard::emptyReport),
                        new ChangeHandler(changes, ChangeHandler.STALL_MAX),
                        new GroupCommands(
                                (node, call, deadline) -> call.answer(() -> {
                                    throw new IllegalStateException("nobody to hand the mastership to");
                                }),
                                (node, force, call, deadline) -> call.answer(() -> {
                                    throw new IllegalStateException("nobody to remove");
                                }),
                                new Upkeep(BackupHandler.none(), VerifyHandler.none()),
                                new Tokens(known -> known, Clock.systemUTC())),
                        betweenNodes));
    }

    /** A node that has no changes to tell. */
    public static ChangeSource noChanges() {
        return (since, prefix, sink) -> sink.failed(new Failure(Reason.STARTING, "no changes here"));
    }

    private static void emptyReport(Call call) {
        long unused = call.deadlineNanos(call.params(Set.of("timeout")));
        call.json(200, "{}".getBytes(StandardCharsets.UTF_8));
    }

    private static final MetricsSource NOTHING_COUNTED = new MetricsSource() {
        @Override
        public void text(Consumer<? super byte[]> answer) {
            answer.accept(new Metrics().text());
        }

        @Override
        public void history(boolean fine, long afterMillis, Consumer<? super History> answer) {
            TimeSeries none = new TimeSeries(fine ? 1 : 5, 1);
            answer.accept(new History("b0", none.stepSeconds(), none.since(afterMillis), List.of(), List.of()));
        }
    };

    private static final Health WELL = new Health() {
        @Override
        public List<Check> checks() {
            return List.of();
        }

        @Override
        public boolean master() {
            return true;
        }
    };
}
