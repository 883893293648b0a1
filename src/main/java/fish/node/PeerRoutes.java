package fish.node;

import fish.http.Problem;
import fish.http.Route;
import io.undertow.util.Methods;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** {@code /node}: a node's report on itself, and on a back-end the announcements of others. */
public final class PeerRoutes {
    private PeerRoutes() {}

    /** For {@code GET}. */
    public static Route report(Supplier<NodeReport> self) {
        return Route.read(Methods.GET, Peers.PATH, call -> {
            call.params(Set.of());
            call.json(200, self.get().toJson());
        });
    }

    /** For {@code POST}; {@code heard} must not block. */
    public static Route announcements(Supplier<NodeReport> self, Consumer<NodeReport> heard) {
        return Route.read(Methods.POST, Peers.PATH, call -> {
            call.params(Set.of());
            call.body(NodeReport.BYTES_MAX, body -> {
                try {
                    NodeReport report = NodeReport.fromJson(body);
                    if (!report.group().equals(self.get().group())) {
                        throw new IOException(
                                "this is a node of group " + self.get().group());
                    }
                    heard.accept(report);
                    call.json(200, "{}".getBytes(StandardCharsets.UTF_8));
                } catch (IOException e) {
                    throw Problem.badRequest(String.valueOf(e.getMessage()));
                }
            });
        });
    }

    /** Both, for a back-end. */
    public static List<Route> all(Supplier<NodeReport> self, Consumer<NodeReport> heard) {
        return List.of(report(self), announcements(self, heard));
    }
}
