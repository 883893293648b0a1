package fish.node;

import fish.access.Need;
import fish.contract.HostPort;
import fish.contract.HttpUrl;
import fish.contract.NodeStatus;
import fish.http.Problem;
import fish.http.Route;
import io.undertow.util.Methods;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/** {@code /node}: a node's report on itself, and on a back-end the announcements of others. */
public final class PeerRoutes {
    private PeerRoutes() {}

    /** For {@code GET}. */
    public static Route report(Supplier<NodeReport> self) {
        return Route.read(Methods.GET, Peers.PATH, Need.NODE, call -> {
            call.params(Set.of());
            call.json(200, self.get().toJson());
        });
    }

    /**
     * For {@code POST}.
     *
     * @param heard why it is not believed, if so; must not block
     */
    public static Route announcements(String group, Function<NodeReport, Optional<Problem>> heard) {
        return Route.read(Methods.POST, Peers.PATH, Need.NODE, call -> {
            call.params(Set.of());
            call.body(NodeReport.ANNOUNCEMENT_BYTES_MAX, body -> {
                NodeReport report = parsed(body);
                if (!report.group().equals(group)) {
                    throw Problem.badRequest("this is a node of group " + group);
                }
                Optional<Problem> refusal =
                        NodesOnly.whyNotAt(call, hosts(report.status())).or(() -> heard.apply(report));
                if (refusal.isPresent()) {
                    throw refusal.get().exception();
                }
                call.json(200, "{}".getBytes(StandardCharsets.UTF_8));
            });
        });
    }

    private static List<String> hosts(NodeStatus status) {
        List<String> hosts = new ArrayList<>();
        hosts.add(HostPort.parse(status.address()).host());
        HttpUrl.parse(status.http()).ifPresent(http -> hosts.add(http.host()));
        return hosts;
    }

    private static NodeReport parsed(byte[] body) {
        try {
            return NodeReport.fromJson(body);
        } catch (IOException e) {
            throw Problem.badRequest(String.valueOf(e.getMessage()));
        }
    }
}
