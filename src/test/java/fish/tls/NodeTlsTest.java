package fish.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class NodeTlsTest {
    @TempDir
    private Path homes;

    private final List<String> told = new ArrayList<>();

    private NodeTls open(Path home, Clock clock) throws IOException {
        NodeTls tls = NodeTls.of(home, TlsChoice.standard(), clock);
        tls.tell((name, keysAndValues) -> told.add(name + " " + Arrays.toString(keysAndValues)), List.of("localhost"));
        return tls;
    }

    @Test
    void aRenewedCertificateIsTakenUpOnceItIsWhole() throws Exception {
        Path home = TestCertificates.home(homes.resolve("b0"), "one");
        Path own = home.resolve("tls/node.pem");
        String first = Files.readString(own);
        try (NodeTls tls = open(home, Clock.systemUTC())) {
            X509Certificate before = tls.certificate();
            Path other = TestCertificates.home(homes.resolve("b1"), "one");
            String renewed = Files.readString(other.resolve("tls/node.pem"));

            String key = "-----BEGIN PRIVATE KEY-----";
            PrivateFiles.write(own, first.substring(0, first.indexOf(key)) + renewed.substring(renewed.indexOf(key)));
            tls.look();
            assertThat(tls.certificate()).isEqualTo(before);
            assertThat(told)
                    .singleElement()
                    .asString()
                    .contains("certificate-not-renewed", "not that of its certificate");
            assertThat(tls.trouble()).contains("not be at the next start", "not that of its certificate");
            assertThat(tls.changes()).isZero();

            told.clear();
            PrivateFiles.write(own, renewed);
            tls.look();
            tls.look();
            assertThat(tls.certificate()).isNotEqualTo(before);
            assertThat(told).singleElement().asString().contains("certificate-renewed");
            assertThat(tls.trouble()).isEmpty();
            assertThat(tls.changes()).isEqualTo(1);
        }
    }

    @Test
    void aFileThatIsBackAgainIsNoTroubleAnyMore() throws Exception {
        Path home = TestCertificates.home(homes.resolve("b0"), "one");
        Path own = home.resolve("tls/node.pem");
        try (NodeTls tls = open(home, Clock.systemUTC())) {
            Path aside = Files.move(own, homes.resolve("aside"));
            tls.look();
            assertThat(tls.trouble()).contains("not be at the next start", "there is no");
            Files.move(aside, own);
            tls.look();
            assertThat(tls.trouble()).isEmpty();
            Files.delete(own);
            tls.look();
            assertThat(told).hasSize(2).allSatisfy(line -> assertThat(line).contains("certificate-not-renewed"));
        }
    }

    @Test
    void aCertificateThatIsNotForItsNodeIsToldWithWhatToDo() throws Exception {
        Path home = TestCertificates.home(homes.resolve("b0"), "one", List.of("m1"), Duration.ofDays(90));
        try (NodeTls tls = open(home, Clock.systemUTC())) {
            tls.look();
            tls.look();
            assertThat(tls.trouble()).contains("is not for localhost", "--tls-renew --tls-host localhost");
            assertThat(told).singleElement().asString().contains("certificate-not-for-this-node", "localhost");
            tls.tell((name, keysAndValues) -> told.add(name), List.of("m1", "0.0.0.0"));
            tls.look();
            assertThat(tls.trouble()).isEmpty();
        }
    }

    @Test
    void anEndAndABeginningAreToldApart() throws Exception {
        Path home = TestCertificates.home(homes.resolve("b0"), "one");
        NodeCertificate read = NodeCertificate.read(home.resolve("tls"));
        read.requireNow(read.ends().minusSeconds(1));
        assertThatThrownBy(() -> read.requireNow(read.ends().plusSeconds(1)))
                .hasMessageContaining("node.pem ended at " + read.ends());
        Instant begins = read.own().getNotBefore().toInstant();
        assertThatThrownBy(() -> read.requireNow(begins.minusSeconds(1)))
                .hasMessageContaining("node.pem begins at " + begins)
                .hasMessageContaining("the clock here says");
    }

    /** As where it could not be read for a moment, or begins later: the file is the same, and good then. */
    @Test
    void whatCouldNotBeUsedIsTriedAgainThoughItIsTheSameFile() throws Exception {
        Path home = TestCertificates.home(homes.resolve("b0"), "one");
        Path own = home.resolve("tls/node.pem");
        try (NodeTls tls = open(home, Clock.systemUTC())) {
            X509Certificate before = tls.certificate();
            Path other = TestCertificates.home(homes.resolve("b1"), "one");
            byte[] renewed = Files.readAllBytes(other.resolve("tls/node.pem"));
            byte[] unusable = new byte[renewed.length];
            FileTime time = FileTime.from(Instant.parse("2026-01-31T12:00:00Z"));

            Files.write(own, unusable);
            Files.setLastModifiedTime(own, time);
            tls.look();
            tls.look();
            assertThat(told).singleElement().asString().contains("certificate-not-renewed");

            told.clear();
            Files.write(own, renewed);
            Files.setLastModifiedTime(own, time);
            tls.look();
            assertThat(tls.certificate()).isNotEqualTo(before);
            assertThat(told).singleElement().asString().contains("certificate-renewed");
        }
    }

    @Test
    void anotherCasCertificateIsNotTakenUp() throws Exception {
        Path home = TestCertificates.home(homes.resolve("b0"), "one");
        Path other = TestCertificates.home(homes.resolve("b1"), "other");
        try (NodeTls tls = open(home, Clock.systemUTC())) {
            X509Certificate before = tls.certificate();
            Files.copy(
                    other.resolve("tls/node.pem"), home.resolve("tls/node.pem"), StandardCopyOption.REPLACE_EXISTING);
            tls.look();
            assertThat(tls.certificate()).isEqualTo(before);
            assertThat(told).singleElement().asString().contains("not one that the CA in ca.crt vouches for");
        }
        assertThatThrownBy(() -> open(home, Clock.systemUTC())).hasMessageContaining("ca.crt");
    }

    /** The session would let it in without a certificate being looked at, by the server's memory or by the client's ticket. */
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void noSessionIsResumedOnceItsCaIsTakenOut(String protocol) throws Exception {
        Path home = TestCertificates.home(homes.resolve("b0"), "one");
        Path trusted = home.resolve("tls/ca.crt");
        String one = Files.readString(trusted);
        Path other = TestCertificates.home(homes.resolve("b1"), "other");
        PrivateFiles.write(trusted, one + Files.readString(other.resolve("tls/ca.crt")));
        SSLContext client = TestCertificates.identity(other, "one");
        try (NodeTls tls = open(home, Clock.systemUTC());
                ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            SSLContext kept = tls.context();
            long first = session(kept, tls, listening, client, protocol);
            assertThat(session(kept, tls, listening, client, protocol))
                    .as("resumed")
                    .isEqualTo(first);

            PrivateFiles.write(trusted, one);
            tls.look();
            assertThatThrownBy(() -> session(kept, tls, listening, client, protocol))
                    .isInstanceOf(IOException.class);
            assertThat(told).anyMatch(line -> line.startsWith("peer-refused"));
        }
    }

    /** Shakes hands and says a byte each way; returns when the session was made. */
    private static long session(
            SSLContext server, NodeTls tls, ServerSocket listening, SSLContext client, String protocol)
            throws Exception {
        CompletableFuture<Integer> served = CompletableFuture.supplyAsync(() -> {
            try (Socket accepted = listening.accept();
                    SSLSocket socket = (SSLSocket)
                            server.getSocketFactory().createSocket(accepted, "localhost", accepted.getPort(), true)) {
                socket.setUseClientMode(false);
                socket.setSSLParameters(tls.serverParameters(true));
                int said = socket.getInputStream().read();
                socket.getOutputStream().write(said);
                return said;
            } catch (IOException e) {
                return -1;
            }
        });
        try (SSLSocket socket =
                (SSLSocket) client.getSocketFactory().createSocket("localhost", listening.getLocalPort())) {
            socket.setSoTimeout(20_000);
            socket.setEnabledProtocols(new String[] {protocol});
            socket.getOutputStream().write(7);
            if (socket.getInputStream().read() != 7) {
                throw new IOException("it was closed");
            }
            return socket.getSession().getCreationTime();
        } finally {
            served.get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void anEndThatIsNearIsTold() throws Exception {
        Path home = TestCertificates.home(homes.resolve("b0"), "one");
        Instant ends;
        try (NodeTls tls = open(home, Clock.systemUTC())) {
            ends = tls.ends();
            tls.look();
            assertThat(tls.ending()).isEmpty();
        }
        assertThat(told).isEmpty();
        Instant near = ends.minus(Duration.ofDays(29)).minusSeconds(1);
        try (NodeTls tls = open(home, Clock.fixed(near, ZoneOffset.UTC))) {
            assertThat(tls.ending()).contains("in 29 days");
            tls.look();
            tls.look();
        }
        assertThat(told)
                .singleElement()
                .asString()
                .startsWith("certificate-ends-soon")
                .contains("in 29 days");
        try (NodeTls tls = open(home, Clock.fixed(ends.plusSeconds(1), ZoneOffset.UTC))) {
            assertThat(tls.ending()).startsWith("ended");
        }
    }

    @Test
    void keysAreTheirOwnersAloneAndHalfAHomeIsNone() throws Exception {
        Path home = TestCertificates.home(homes.resolve("b0"), "one");
        TestCertificates.ca("one").write(homes);
        for (Path file : List.of(home.resolve("tls/node.pem"), homes.resolve("ca.pem"))) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
        }
        assertThat(homes.resolve("ca.crt")).content().doesNotContain("PRIVATE");
        assertThat(NodeTls.isIn(home)).isTrue();
        assertThat(NodeTls.isIn(homes)).isFalse();
        Files.delete(home.resolve("tls/node.pem"));
        assertThat(NodeTls.isIn(home)).isTrue();
        assertThatThrownBy(() -> open(home, Clock.systemUTC())).hasMessageContaining("there is no");
    }

    @Test
    void caFilesAreReadOrSayWhatIsWrong() throws Exception {
        CertificateAuthority made = TestCertificates.ca("one");
        made.write(homes);
        CertificateAuthority read = CertificateAuthority.read(homes.resolve("ca.pem"), "");
        read.certify(Files.createDirectory(homes.resolve("x")), "x", List.of("h.example"), Duration.ofDays(40));
        assertThat(CertificateAuthority.hostsOf(homes.resolve("x"))).containsExactly("h.example");
        assertThatThrownBy(() -> CertificateAuthority.read(homes.resolve("ca.crt"), ""))
                .hasMessageContaining("no private key");
        assertThatThrownBy(() -> CertificateAuthority.read(homes.resolve("none"), ""))
                .hasMessageContaining("no such file");
        Path node = homes.resolve("x/tls/node.pem");
        assertThatThrownBy(() -> CertificateAuthority.read(node, "")).hasMessageContaining("not that of a CA");
        Path sec1 = Files.writeString(
                homes.resolve("sec1"), "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n");
        assertThatThrownBy(() -> CertificateAuthority.read(sec1, "")).hasMessageContaining("openssl pkcs8");
        Path garbage = Files.writeString(homes.resolve("garbage"), "neither");
        assertThatThrownBy(() -> CertificateAuthority.read(garbage, "")).hasMessageContaining("cannot be used as a CA");
    }

    @Test
    void aCaMayLieInAPkcs12File() throws Exception {
        Path file = homes.resolve("ca.p12");
        CertificateAuthority.make().write(homes);
        Pem pem = Pem.parse(Files.readAllBytes(homes.resolve("ca.pem")));
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(
                "ca",
                pem.privateKey().orElseThrow(),
                "secret".toCharArray(),
                pem.certificates().toArray(X509Certificate[]::new));
        try (var out = Files.newOutputStream(file)) {
            store.store(out, "secret".toCharArray());
        }
        CertificateAuthority.read(file, "secret")
                .certify(Files.createDirectory(homes.resolve("x")), "x", List.of("::1"), Duration.ofDays(40));
        assertThat(CertificateAuthority.hostsOf(homes.resolve("x"))).containsExactly("0:0:0:0:0:0:0:1");
        assertThatThrownBy(() -> CertificateAuthority.read(file, "wrong"))
                .hasMessageContaining("cannot be used as a CA");
    }

    @ParameterizedTest
    @CsvSource({
        "localhost,true",
        "LocalHost,true",
        "b0.example,true",
        "example,false",
        "a.b0.example,false",
        "127.0.0.1,true",
        "127.0.0.2,false",
        "::1,true",
        "0:0:0:0:0:0:0:1,true",
        "fd00::1,false"
    })
    void aCertificateIsForItsHosts(String host, boolean covered) {
        CertificateNames names = new CertificateNames(List.of("localhost", "*.example"), List.of("127.0.0.1", "::1"));
        assertThat(names.covers(host)).isEqualTo(covered);
    }

    @Test
    void whatJavaDoesNotKnowIsRefused() {
        List<String> ciphers = TlsChoice.standard().ciphers();
        assertThatThrownBy(() -> new TlsChoice(List.of("TLSv1.1"), ciphers)).hasMessageContaining("TLSv1.1");
        assertThatThrownBy(() -> new TlsChoice(List.of("TLSv1.2"), List.of("TLS_NONE")))
                .hasMessageContaining("TLS_NONE");
        assertThat(new TlsChoice(List.of("TLSv1.2"), ciphers).ofClient().getProtocols())
                .containsExactly("TLSv1.2");
    }
}
