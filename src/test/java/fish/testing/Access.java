package fish.testing;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * How clients get into a group.
 *
 * @param tls whom they believe; null where there is no TLS
 * @param token that they show, if any
 */
public record Access(@Nullable SSLContext tls, Optional<String> token) {
    public static final Access OPEN = new Access(null, Optional.empty());

    /** Who believes the CA whose PEM file this is. */
    static Access believing(Path caCertificate) {
        try (InputStream pem = Files.newInputStream(caCertificate)) {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(pem));
            TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return new Access(context, Optional.empty());
        } catch (IOException | GeneralSecurityException e) {
            throw new AssertionError("cannot believe " + caCertificate, e);
        }
    }

    Access with(String shown) {
        return new Access(tls, Optional.of(shown));
    }

    /** A client with connections of its own; see {@link HttpProbe}. */
    public HttpProbe probe(URI base, Duration timeout) {
        HttpClient.Builder client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(timeout);
        if (tls != null) {
            client.sslContext(tls);
        }
        return new HttpProbe(this, client.build(), base, timeout);
    }
}
