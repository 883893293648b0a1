package fish.node;

import fish.access.Need;
import fish.access.Tokens;
import fish.api.Statuses;
import fish.contract.Code;
import fish.contract.HostPort;
import fish.contract.HttpUrl;
import fish.contract.NodeStatus;
import fish.http.Call;
import fish.http.Peer;
import fish.http.Problem;
import fish.http.Route;
import fish.json.Json;
import fish.kv.Consistency;
import fish.kv.Query;
import fish.kv.Read;
import fish.kv.ReadOutcome;
import fish.kv.Service;
import fish.link.LinkCaller;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Methods;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * {@code /node}: a node's report on itself, how far the master is, and on a back-end the announcements of others. Where
 * there are tokens, a node shows what only a node can know, and to others as much is told as {@code /health} tells.
 */
public final class PeerRoutes {
    private PeerRoutes() {}

    /** For {@code GET}. */
    public static Route report(Supplier<NodeReport> self, Tokens tokens) {
        return Route.read(Methods.GET, Peers.PATH, Need.NODE, call -> {
            call.params(Set.of());
            NodeReport whole = self.get();
            call.json(200, (isProven(call, tokens) ? whole : bare(whole)).toJson());
        });
    }

    /** Whether this shows that it comes from a node of the group; everything does where there are no tokens. */
    public static boolean isNode(HttpServerExchange request, Tokens tokens) {
        String proof = request.getRequestHeaders().getFirst(Peers.PROOF);
        return tokens.isNode(proof == null ? "" : proof)
                || Peer.certificate(request).isPresent();
    }

    /** Who asks for a link. */
    public static LinkCaller caller(HttpServerExchange upgrade, Tokens tokens) {
        if (!isNode(upgrade, tokens)) {
            return LinkCaller.STRANGER;
        }
        boolean proven = tokens.areThere() || Peer.certificate(upgrade).isPresent();
        return proven ? LinkCaller.NODE : LinkCaller.UNPROVEN;
    }

    /** A node that does not know its tokens yet tells what it is: it holds nothing, and is not master. */
    private static boolean isProven(Call call, Tokens tokens) {
        return isNode(call.exchange(), tokens)
                || call.beyond(Need.ADMIN)
                        .filter(problem -> problem.code() != Code.STARTING)
                        .isEmpty();
    }

    /** Who it is and whether it is master, and nothing else: what one needs who looks for the master to join. */
    private static NodeReport bare(NodeReport whole) {
        NodeStatus status = whole.status();
        NodeStatus least =
                new NodeStatus(status.name(), status.type(), status.state(), "", "", 0, status.term(), 0, Double.NaN);
        return new NodeReport(whole.group(), least, whole.clockMillis(), 0, 0, 0, false, 0, List.of());
    }

    /**
     * For {@code GET /node/revision}: what a strong read of nothing shows, to nodes and admins. It costs the master a
     * commit, and tells how much is written.
     *
     * @param timeoutNanos how long that may take
     */
    public static Route revision(Service service, Tokens tokens, long timeoutNanos) {
        return Route.read(Methods.GET, Peers.REVISION_PATH, Need.NODE, call -> {
            if (!isNode(call.exchange(), tokens)) {
                Optional<Problem> beyond = call.beyond(Need.ADMIN);
                if (beyond.isPresent()) {
                    throw beyond.get().exception();
                }
            }
            call.params(Set.of());
            long deadline = System.nanoTime() + timeoutNanos;
            call.await(
                    deadline,
                    () -> new Problem(Code.NO_MASTER, "no answer in time"),
                    () -> service.read(
                            Read.of(Query.Reads.NOTHING, Consistency.STRONG, deadline),
                            outcome -> call.answer(() -> answer(call, outcome))));
        });
    }

    private static void answer(Call call, ReadOutcome outcome) {
        if (outcome instanceof ReadOutcome.Found found) {
            call.json(200, Json.bytes(g -> {
                g.writeStartObject();
                g.writeNumberField("revision", found.result().revision());
                g.writeEndObject();
            }));
        } else if (outcome instanceof ReadOutcome.Failed failed) {
            call.problem(Statuses.problem(failed));
        }
    }

    /**
     * For {@code POST}.
     *
     * @param heard why it is not believed, if so, given whether it comes from a node that holds the group's data; must
     *     not block
     */
    public static Route announcements(
            String group, Tokens tokens, NodesOnly nodes, BiFunction<NodeReport, Boolean, Optional<Problem>> heard) {
        return Route.read(Methods.POST, Peers.PATH, Need.NODE, call -> {
            call.params(Set.of());
            boolean proven = isProven(call, tokens);
            call.body(NodeReport.ANNOUNCEMENT_BYTES_MAX, body -> {
                NodeReport report = parsed(body);
                if (!report.group().equals(group)) {
                    throw Problem.badRequest("this is a node of group " + group);
                }
                if (report.status().address().isEmpty()) {
                    throw Problem.badRequest("an announcement says the node's address");
                }
                Optional<Problem> refusal =
                        nodes.whyNotAt(call, hosts(report.status())).or(() -> heard.apply(report, proven));
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
