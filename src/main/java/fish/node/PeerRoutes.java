package fish.node;

import fish.access.Need;
import fish.http.Problem;
import fish.http.Route;
import io.undertow.util.Methods;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
                Optional<Problem> refusal = heard.apply(report);
                if (refusal.isPresent()) {
                    throw refusal.get().exception();
                }
                call.json(200, "{}".getBytes(StandardCharsets.UTF_8));
            });
        });
    }

    private static NodeReport parsed(byte[] body) {
        try {
            return NodeReport.fromJson(body);
        } catch (IOException e) {
            throw Problem.badRequest(String.valueOf(e.getMessage()));
        }
    }
}
