package fish.node;

import fish.contract.Code;
import fish.http.Call;
import fish.http.Peer;
import fish.http.Problem;
import fish.http.Route;
import fish.tls.CertificateNames;
import fish.tls.NodeTls;
import fish.tls.NodeTransport;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What nodes alone may ask of each other. With TLS their certificates say that they are nodes; without, such a route
 * is anybody's who reaches it. Thread-safe.
 */
public final class NodesOnly {
    private final NodeTransport transport;

    public NodesOnly(NodeTransport transport) {
        this.transport = transport;
    }

    /** The same routes, for nodes. */
    public List<Route> routes(Route... some) {
        return Stream.of(some).map(this::route).toList();
    }

    private Route route(Route route) {
        Optional<NodeTls> tls = transport.tls();
        if (tls.isEmpty()) {
            return route;
        }
        return new Route(route.method(), route.path(), route.need(), route.write(), route.bodyTells(), call -> {
            if (Peer.certificate(call.exchange()).isEmpty()) {
                tls.get().refused(Peer.host(call.exchange()), route.path(), "no certificate of a node");
                throw new Problem(Code.FORBIDDEN, "this is for nodes, which have a certificate").exception();
            }
            route.handler().handle(call);
        });
    }

    /**
     * Why a node cannot be at these hosts, though it is a node: its certificate is not for them.
     *
     * @param hosts that it says it is at
     */
    Optional<Problem> whyNotAt(Call call, List<String> hosts) {
        Optional<X509Certificate> certificate = Peer.certificate(call.exchange());
        if (certificate.isEmpty()) {
            return Optional.empty();
        }
        CertificateNames names = CertificateNames.of(certificate.get());
        Optional<String> reason = hosts.stream()
                .filter(host -> !names.covers(host))
                .findFirst()
                .map(host -> "the certificate is not for " + host);
        reason.ifPresent(
                why -> transport.tls().ifPresent(tls -> tls.refused(Peer.host(call.exchange()), Peers.PATH, why)));
        return reason.map(why -> new Problem(Code.FORBIDDEN, why));
    }
}
