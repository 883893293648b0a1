package fish.tls;

import fish.conf.NodeSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * What a home has to prove itself with, and whom it believes.
 *
 * @param chain its own certificate first
 * @param trust believes certificates of the group's CA alone
 */
record NodeCertificate(List<X509Certificate> chain, PrivateKey key, X509ExtendedTrustManager trust) {
    /** In a home: where they lie. */
    static final String DIRECTORY = NodeSettings.TLS;

    /** Its certificate and key. */
    static final String OWN = "node.pem";

    /** The certificates of the CAs that are believed; several while one is replaced. */
    static final String TRUSTED = "ca.crt";

    private static final int FILE_BYTES_MAX = 1 << 20;

    NodeCertificate {
        chain = List.copyOf(chain);
    }

    /** @throws IOException that says what is wrong with what lies there */
    static NodeCertificate read(Path directory) throws IOException {
        Pem own = pem(directory.resolve(OWN));
        Pem trusted = pem(directory.resolve(TRUSTED));
        PrivateKey key = own.privateKey().orElseThrow(() -> new IOException(OWN + " holds no private key"));
        if (own.certificates().isEmpty()) {
            throw new IOException(OWN + " holds no certificate");
        }
        if (trusted.certificates().isEmpty()) {
            throw new IOException(TRUSTED + " holds no certificate");
        }
        NodeCertificate read = new NodeCertificate(own.certificates(), key, trust(trusted.certificates()));
        read.requireWhole();
        return read;
    }

    private static Pem pem(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException("there is no " + file);
        }
        if (Files.size(file) > FILE_BYTES_MAX) {
            throw new IOException(file + " has more than " + FILE_BYTES_MAX + " bytes");
        }
        try {
            return Pem.parse(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new IOException(file.getFileName() + ": " + e.getMessage(), e);
        }
    }

    static X509ExtendedTrustManager trust(List<X509Certificate> certificates) throws IOException {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            for (int i = 0; i < certificates.size(); i++) {
                store.setCertificateEntry("ca-" + i, certificates.get(i));
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(store);
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509ExtendedTrustManager trust) {
                    return trust;
                }
            }
            throw new IOException("this Java believes no certificates");
        } catch (GeneralSecurityException e) {
            throw new IOException("the CA's certificate cannot be used: " + e.getMessage(), e);
        }
    }

    /** Half of what is renewed may be on disk. */
    private void requireWhole() throws IOException {
        Pem.requirePair(chain.get(0), key, OWN);
        requireNow(Instant.now());
        X509Certificate[] own = chain.toArray(X509Certificate[]::new);
        try {
            trust.checkClientTrusted(own, key.getAlgorithm().equals("EC") ? "EC" : "RSA");
            trust.checkServerTrusted(own, "UNKNOWN");
        } catch (GeneralSecurityException e) {
            throw new IOException(
                    "the certificate in " + OWN + " is not one that the CA in " + TRUSTED + " vouches for now: "
                            + e.getMessage(),
                    e);
        }
    }

    /** Which of both it is, since one of them is a matter of the clock. */
    void requireNow(Instant now) throws IOException {
        Instant begins = own().getNotBefore().toInstant();
        if (now.isBefore(begins)) {
            throw new IOException(
                    "the certificate in %s begins at %s, and the clock here says %s".formatted(OWN, begins, now));
        }
        if (now.isAfter(ends())) {
            throw new IOException(
                    "the certificate in %s ended at %s, and the clock here says %s".formatted(OWN, ends(), now));
        }
    }

    X509Certificate own() {
        return chain.get(0);
    }

    Instant ends() {
        return own().getNotAfter().toInstant();
    }
}
