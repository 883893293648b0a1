package fish.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** CAs, made once for all tests of a JVM since that takes a second, and homes with certificates of theirs. */
public final class TestCertificates {
    private static final Map<String, CertificateAuthority> MADE = new ConcurrentHashMap<>();
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

    /** A home, made if it is not there, with a certificate for this machine's loopback. */
    public static Path home(Path home, String ca) throws IOException {
        return home(home, ca, HERE, Duration.ofDays(90));
    }

    public static Path home(Path home, String ca, List<String> hosts, Duration validity) throws IOException {
        Files.createDirectories(home);
        ca(ca).certify(home, String.valueOf(home.getFileName()), hosts, validity);
        return home;
    }

    /** How a node of such a home speaks. */
    public static NodeTransport transport(Path home) throws IOException {
        return NodeTransport.of(NodeTls.of(home, TlsChoice.standard(), Clock.systemUTC()));
    }
}
