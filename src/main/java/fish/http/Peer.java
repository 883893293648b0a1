package fish.http;

import io.undertow.server.HttpServerExchange;
import io.undertow.server.SSLSessionInfo;
import java.net.InetSocketAddress;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/** Who is at the other end of a request's connection. */
public final class Peer {
    private Peer() {}

    /** The certificate that it proved to have, of the CA that this node believes; empty where it has none. */
    public static Optional<X509Certificate> certificate(HttpServerExchange exchange) {
        SSLSessionInfo info = exchange.getConnection().getSslSessionInfo();
        SSLSession session = info == null ? null : info.getSSLSession();
        if (session == null) {
            return Optional.empty();
        }
        try {
            Certificate[] chain = session.getPeerCertificates();
            return chain.length > 0 && chain[0] instanceof X509Certificate own ? Optional.of(own) : Optional.empty();
        } catch (SSLPeerUnverifiedException e) {
            return Optional.empty();
        }
    }

    /** Its address, without the port. */
    public static String host(HttpServerExchange exchange) {
        InetSocketAddress address = exchange.getSourceAddress();
        return address == null || address.getAddress() == null
                ? "unknown"
                : address.getAddress().getHostAddress();
    }
}
