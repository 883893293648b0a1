package fish.tls;

import fish.home.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.naming.ldap.Rdn;

/** A CA: its certificate and its key, with which it makes those of nodes. Blocks for seconds. */
public final class CertificateAuthority {
    /** Beside the homes: with the key, */
    public static final String FILE = "ca.pem";
    /** and the certificate alone, for whoever is to believe it. */
    public static final String CERTIFICATE = "ca.crt";

    /** The longest that every browser takes. */
    public static final Duration NODE_VALIDITY = Duration.ofDays(825);

    private static final Duration CA_VALIDITY = Duration.ofDays(3650);

    /** Clocks differ. */
    private static final String START = "-1H";

    private static final Pattern DNS_NAME =
            Pattern.compile("(\\*\\.)?[A-Za-z0-9]([A-Za-z0-9-]{0,62})(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,62}))*");
    private static final int FILE_BYTES_MAX = 1 << 20;

    private final X509Certificate certificate;
    private final List<X509Certificate> issuers;
    private final PrivateKey key;

    private CertificateAuthority(List<X509Certificate> chain, PrivateKey key) {
        this.certificate = chain.get(0);
        this.issuers = List.copyOf(chain.subList(1, chain.size()));
        this.key = key;
    }

    /** Makes one, and writes nothing. */
    public static CertificateAuthority make() throws IOException {
        byte[] random = new byte[4];
        new SecureRandom().nextBytes(random);
        String name = "CN=Fish CA " + HexFormat.of().formatHex(random);
        try (Keytool keytool = new Keytool()) {
            String store = keytool.file("ca.p12").toString();
            List<String> arguments = new ArrayList<>(newKey(store, name, CA_VALIDITY));
            arguments.addAll(List.of("-startdate", START));
            arguments.addAll(List.of("-ext", "bc:critical=ca:true,pathlen:0"));
            arguments.addAll(List.of("-ext", "ku:critical=keyCertSign,cRLSign"));
            keytool.run(arguments.toArray(String[]::new));
            return new CertificateAuthority(List.of(keytool.certificate("ca.p12")), keytool.key("ca.p12"));
        }
    }

    private static List<String> newKey(String store, String name, Duration validity) {
        return List.of(
                "-genkeypair",
                "-alias",
                Keytool.ALIAS,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                name,
                "-validity",
                Long.toString(validity.toDays()),
                "-keystore",
                store);
    }

    /**
     * Reads one.
     *
     * @param file PEM with the CA's certificate, then those above it if any, and its key in PKCS #8; or PKCS #12
     * @param password of a PKCS #12 file; may be empty
     * @throws IOException if it is none, and why
     */
    public static CertificateAuthority read(Path file, String password) throws IOException {
        try {
            if (Files.size(file) > FILE_BYTES_MAX) {
                throw new IOException("it has more than " + FILE_BYTES_MAX + " bytes");
            }
            byte[] content = Files.readAllBytes(file);
            CertificateAuthority read;
            if (Pem.isPem(content)) {
                Pem pem = Pem.parse(content);
                if (pem.certificates().isEmpty()) {
                    throw new IOException("it holds no certificate");
                }
                read = new CertificateAuthority(
                        pem.certificates(),
                        pem.privateKey().orElseThrow(() -> new IOException("it holds no private key")));
            } else {
                Keytool.Entry entry = Keytool.entry(file, password.toCharArray());
                read = new CertificateAuthority(entry.chain(), entry.key());
            }
            if (read.certificate.getBasicConstraints() < 0) {
                throw new IOException("its first certificate is not that of a CA");
            }
            Pem.requirePair(read.certificate, read.key, String.valueOf(file.getFileName()));
            return read;
        } catch (IOException e) {
            throw new IOException("%s cannot be used as a CA: %s".formatted(file, why(e)), e);
        }
    }

    private static String why(IOException e) {
        return e instanceof NoSuchFileException ? "there is no such file" : String.valueOf(e.getMessage());
    }

    /**
     * Writes it for {@link #read}: the key for its owner alone.
     *
     * @param directory which exists
     */
    public void write(Path directory) throws IOException {
        List<X509Certificate> chain = new ArrayList<>(List.of(certificate));
        chain.addAll(issuers);
        PrivateFiles.write(directory.resolve(FILE), new Pem(chain, key).text());
        writeCertificate(directory);
    }

    /** Writes what is for others alone. */
    public void writeCertificate(Path directory) throws IOException {
        WholeFile.write(directory.resolve(CERTIFICATE), new Pem(List.of(certificate), null).text());
    }

    /** Whether a certificate can be for it: a name, with {@code *.} before it or not, or a literal address. */
    public static boolean isHost(String host) {
        return CertificateNames.isLiteral(host)
                ? CertificateNames.isAddress(host)
                : host.length() <= 253 && DNS_NAME.matcher(host).matches();
    }

    /**
     * Makes a node's certificate, or makes it anew. A node that runs takes it up. Whom the node believes stays as it is
     * where that is said already.
     *
     * @param home of the node
     * @param name of the node, for people
     * @param hosts that it is for, each {@link #isHost one}
     * @throws IOException also where the home has CAs to believe, and this is none of them
     */
    public void certify(Path home, String name, List<String> hosts, Duration validity) throws IOException {
        Pem own;
        try (Keytool keytool = new Keytool()) {
            String store = keytool.file("node.p12").toString();
            String request = keytool.file("node.csr").toString();
            String made = keytool.file("node.crt").toString();
            keytool.run(newKey(store, "CN=" + Rdn.escapeValue(name), validity).toArray(String[]::new));
            keytool.run("-certreq", "-alias", Keytool.ALIAS, "-keystore", store, "-file", request);
            List<X509Certificate> chain = new ArrayList<>(List.of(certificate));
            chain.addAll(issuers);
            keytool.store("ca.p12", key, chain);
            List<String> arguments = new ArrayList<>(List.of("-gencert", "-rfc", "-alias", Keytool.ALIAS));
            arguments.addAll(List.of("-keystore", keytool.file("ca.p12").toString()));
            arguments.addAll(List.of("-infile", request, "-outfile", made, "-startdate", START));
            arguments.addAll(List.of("-validity", Long.toString(validity.toDays())));
            arguments.addAll(List.of("-ext", "bc:critical=ca:false"));
            arguments.addAll(List.of("-ext", "ku:critical=digitalSignature"));
            arguments.addAll(List.of("-ext", "eku=serverAuth,clientAuth"));
            arguments.addAll(List.of("-ext", "san=" + alternativeNames(hosts)));
            keytool.run(arguments.toArray(String[]::new));
            X509Certificate node = Pem.parse(Files.readAllBytes(keytool.file("node.crt")))
                    .certificates()
                    .get(0);
            own = new Pem(issuers.isEmpty() ? List.of(node) : List.of(node, certificate), keytool.key("node.p12"));
        }
        Path directory = home.resolve(NodeCertificate.DIRECTORY);
        PrivateFiles.makeDirectory(directory);
        Path trusted = directory.resolve(NodeCertificate.TRUSTED);
        if (Files.exists(trusted)) {
            requireBelieved(own.certificates(), trusted);
        } else {
            PrivateFiles.write(trusted, new Pem(List.of(certificate), null).text());
        }
        PrivateFiles.write(directory.resolve(NodeCertificate.OWN), own.text());
    }

    /** Nobody in the group would believe a certificate of a CA that is not told to all of them first. */
    private static void requireBelieved(List<X509Certificate> chain, Path trusted) throws IOException {
        try {
            NodeCertificate.trust(Pem.parse(Files.readAllBytes(trusted)).certificates())
                    .checkServerTrusted(chain.toArray(X509Certificate[]::new), "UNKNOWN");
        } catch (CertificateException e) {
            throw new IOException(
                    "the CAs in " + trusted + " do not vouch for what this one makes: put its " + CERTIFICATE
                            + " there too, in all homes of the group, before it makes certificates (docs/security.md)",
                    e);
        }
    }

    private static String alternativeNames(List<String> hosts) {
        return String.join(
                ",",
                hosts.stream()
                        .map(host ->
                                (CertificateNames.isLiteral(host) ? "ip:" : "dns:") + host.toLowerCase(Locale.ROOT))
                        .distinct()
                        .toList());
    }

    /** The hosts of the certificate that a home has; none where it has none that can be read. */
    public static List<String> hostsOf(Path home) {
        Path own = home.resolve(NodeCertificate.DIRECTORY).resolve(NodeCertificate.OWN);
        try {
            List<X509Certificate> certificates =
                    Pem.parse(Files.readAllBytes(own)).certificates();
            return certificates.isEmpty()
                    ? List.of()
                    : CertificateNames.of(certificates.get(0)).all();
        } catch (IOException e) {
            return List.of();
        }
    }
}
