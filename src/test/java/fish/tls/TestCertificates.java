package fish.tls;

import fish.http.HttpConfig;
import fish.http.HttpServer;
import fish.testing.MemoryService;
import fish.testing.Standard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/** CAs, made once for all tests of a JVM since that takes a second, and homes with certificates of theirs. */
public final class TestCertificates {
    private static final Map<String, CertificateAuthority> MADE = new ConcurrentHashMap<>();
    private static final Map<String, Path> HOMES = new ConcurrentHashMap<>();
    private static final List<String> HERE = List.of("localhost", "127.0.0.1", "::1");

    private TestCertificates() {}

    /** The one of this name. */
    public static CertificateAuthority ca(String name) {
        return MADE.computeIfAbsent(name, unused -> {
            try {
                return CertificateAuthority.make();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    private static Path made(String ca, String name, List<String> hosts, Duration validity) {
        try {
            Path home = Files.createTempDirectory("fish-home-");
            ca(ca).certify(home, name, hosts, validity);
            Path directory = home.resolve(NodeCertificate.DIRECTORY);
            // In the reverse order of this they are deleted.
            home.toFile().deleteOnExit();
            directory.toFile().deleteOnExit();
            for (String file : List.of(NodeCertificate.TRUSTED, NodeCertificate.OWN)) {
                directory.resolve(file).toFile().deleteOnExit();
            }
            return directory;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** A server of a store in memory over the certificate of this home; not started. */
    public static HttpServer server(Path home) throws IOException {
        HttpConfig usual = Standard.http();
        HttpConfig tls = new HttpConfig(usual.address(), 2, usual.bounds(), usual.times(), transport(home));
        return new HttpServer(tls, Standard.routes(new MemoryService(System::currentTimeMillis)));
    }

    /** A home, made if it is not there, with a certificate for this machine's loopback. */
    public static Path home(Path home, String ca) throws IOException {
        return home(home, ca, HERE, Duration.ofDays(90));
    }

    public static Path home(Path home, String ca, List<String> hosts, Duration validity) throws IOException {
        String name = String.valueOf(home.getFileName());
        Path made =
                HOMES.computeIfAbsent(ca + "/" + name + hosts + validity, unused -> made(ca, name, hosts, validity));
        Path directory = Files.createDirectories(home.resolve(NodeCertificate.DIRECTORY));
        for (String file : List.of(NodeCertificate.TRUSTED, NodeCertificate.OWN)) {
            PrivateFiles.write(directory.resolve(file), Files.readString(made.resolve(file)));
        }
        return home;
    }

    /** How a node of such a home speaks. */
    public static NodeTransport transport(Path home) throws IOException {
        return NodeTransport.of(NodeTls.of(home, TlsChoice.standard(), Clock.systemUTC()));
    }

    /** For a client without a certificate, which believes this CA. */
    public static SSLContext clientOf(String ca) throws Exception {
        return context(new KeyManager[0], ca);
    }

    /** For whoever has a home's certificate, and believes servers of another CA. */
    public static SSLContext identity(Path home, String ca) throws Exception {
        NodeCertificate own = NodeCertificate.read(home.resolve("tls"));
        return context(new KeyManager[] {new CurrentKey(() -> own)}, ca);
    }

    /** For whoever believes the CA in this file; {@code home}: with that one's certificate, empty without any. */
    public static SSLContext believing(Path caCertificate, Optional<Path> home) throws Exception {
        KeyManager[] keys = {};
        if (home.isPresent()) {
            NodeCertificate own = NodeCertificate.read(home.get().resolve("tls"));
            keys = new KeyManager[] {new CurrentKey(() -> own)};
        }
        return context(keys, caCertificate);
    }

    private static SSLContext context(KeyManager[] keys, String ca) throws Exception {
        Path written = Files.createTempDirectory("fish-ca-");
        ca(ca).write(written);
        SSLContext context = context(keys, written.resolve(CertificateAuthority.CERTIFICATE));
        Files.delete(written.resolve(CertificateAuthority.FILE));
        Files.delete(written.resolve(CertificateAuthority.CERTIFICATE));
        Files.delete(written);
        return context;
    }

    private static SSLContext context(KeyManager[] keys, Path caCertificate) throws Exception {
        Pem pem = Pem.parse(Files.readAllBytes(caCertificate));
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys, new TrustManager[] {NodeCertificate.trust(pem.certificates())}, null);
        return context;
    }
}
