package fish.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/** Believes whom the node believes at the moment, and says who was refused. */
final class CurrentTrust extends X509ExtendedTrustManager {
    private final Supplier<NodeCertificate> current;
    private final Refused refused;

    /** Told the peer, where it was refused, and the reason. */
    interface Refused {
        void tell(String peer, String where, String reason);
    }

    CurrentTrust(Supplier<NodeCertificate> current, Refused refused) {
        this.current = current;
        this.refused = refused;
    }

    private interface Check {
        void by(X509ExtendedTrustManager trust) throws CertificateException;
    }

    private void check(X509Certificate[] chain, String peer, String where, Check check) throws CertificateException {
        try {
            check.by(current.get().trust());
        } catch (CertificateException e) {
            String whose = chain.length == 0
                    ? "no certificate"
                    : "a certificate of " + chain[0].getIssuerX500Principal().getName();
            refused.tell(peer, where, whose + ": " + e.getMessage());
            throw e;
        }
    }

    private static String host(SSLEngine engine) {
        String host = engine.getPeerHost();
        return host == null ? "unknown" : host;
    }

    private static String host(Socket socket) {
        return socket.getInetAddress() == null
                ? "unknown"
                : socket.getInetAddress().getHostAddress();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        check(
                chain,
                host(engine),
                engine.getNeedClientAuth() ? "replication" : "http",
                trust -> trust.checkClientTrusted(chain, authType, engine));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        check(chain, host(engine), "answer", trust -> trust.checkServerTrusted(chain, authType, engine));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        check(chain, host(socket), "replication", trust -> trust.checkClientTrusted(chain, authType, socket));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        check(chain, host(socket), "answer", trust -> trust.checkServerTrusted(chain, authType, socket));
    }

    /** Without a connection nothing says that the host is the one that was meant. */
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("certificates are checked on connections alone");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("certificates are checked on connections alone");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return current.get().trust().getAcceptedIssuers();
    }
}
